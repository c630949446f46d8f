import { buildDashboard } from '../../dashboard/build.ts';
import type { Space } from '../../services/contract/site.ts';
import { launchBrowser } from '../support/browser.ts';
import { startFixtureServer } from '../support/fixture-server.ts';
import { deployment, fixtureNow } from '../support/fixture-town.ts';
import { quantile, type Figure } from './measure.ts';

const count = 50_000;
const seconds = 10;
const statuses = ['vacant', 'occupied', 'unknown'] as const;

interface Measured {
  readonly frames: number[];
  readonly longTasks: number;
}

/** Runs in the page, which knows more of a browser than this program does. */
const watchFrames = `new Promise((resolve) => {
  const frames = [];
  let longTasks = 0;
  new PerformanceObserver((list) => (longTasks += list.getEntries().length)).observe({
    type: 'longtask',
  });
  const start = performance.now();
  let last = start;
  const step = (now) => {
    frames.push(now - last);
    last = now;
    if (now - start < ${seconds * 1000}) requestAnimationFrame(step);
    else resolve({ frames, longTasks });
  };
  requestAnimationFrame(step);
})`;

/** A square full of spaces, 2.5 m by 6 m, around the middle of the map. */
function denseSpaces(): Space[] {
  const columns = 250;
  return Array.from({ length: count }, (_, at) => ({
    id: `space-${at}`,
    siteId: 'kerb-0',
    status: statuses[at % 3]!,
    freshness: 'live',
    since: null,
    lastSeenAt: null,
    lat: deployment.map.lat + (Math.floor(at / columns) - count / columns / 2) * 0.000054,
    lon: deployment.map.lon + ((at % columns) - columns / 2) * 0.000035,
    headingDeg: 0,
    audience: null,
  }));
}

/** Frames of the map with 50,000 spaces loaded and 100 changes a second, in headless Chromium. */
export async function benchMap(): Promise<Figure[]> {
  await buildDashboard();
  const spaces = denseSpaces();
  const server = await startFixtureServer({
    spaces,
    deployment: { ...deployment, map: { ...deployment.map, zoom: 18 } },
  });
  const browser = await launchBrowser();
  const page = await browser.newPage({
    viewport: { width: 412, height: 900 },
    deviceScaleFactor: 2,
  });
  // The whole town counts as visible, so that all of its spaces are loaded and indexed.
  await page.route('**/api/v1/spaces?*', (route) =>
    route.continue({ url: `${server.url}api/v1/spaces?bbox=-180,-90,180,90` }),
  );
  await page.goto(`${server.url}?view=map`);
  while (server.liveUrls().length < 2) await page.waitForTimeout(100);

  let change = 0;
  const sender = setInterval(() => {
    const changed = Array.from({ length: 10 }, () => {
      change += 1;
      const space = spaces[(change * 7919) % count]!;
      return { ...space, status: statuses[change % 3]! };
    });
    const at = new Date(fixtureNow).toISOString();
    server.send({
      type: 'delta',
      cursor: `f.${change}`,
      publishedAt: at,
      sites: [],
      spaces: changed,
    });
  }, 100);
  // Loading, indexing and the first drawing are not what is measured here.
  await page.waitForTimeout(3000);
  const measured = await page.evaluate<Measured>(watchFrames);
  clearInterval(sender);
  await browser.close();
  await server.stop();
  const p95 = quantile(measured.frames.slice(1), 0.95);
  const plain = { limit: null };
  return [
    {
      name: 'map: p95 frame, 50,000 spaces',
      value: p95,
      unit: 'ms',
      ...plain,
      target: { atMost: 20 },
    },
    {
      name: 'map: long tasks in 10 s',
      value: measured.longTasks,
      unit: '',
      ...plain,
      target: { atMost: 0 },
    },
  ];
}
