import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { loadConfig } from '../../config/load.ts';
import { systemClock } from '../../services/adapters/clock/system.ts';
import { compose } from '../../services/app/compose.ts';
import { toDeployed } from '../../services/app/inventory.ts';
import { createAdvisor } from '../../services/domain/guidance/advise.ts';
import { createCommitments } from '../../services/domain/guidance/commitments.ts';
import { createSiteForecast } from '../../services/domain/guidance/forecast/site-forecast.ts';
import { createWeekClock } from '../../services/domain/guidance/forecast/week-profile.ts';
import type { LatLon } from '../../services/domain/geometry.ts';
import { toStretchId } from '../../services/domain/ids.ts';
import {
  createStreetGraph,
  type Street,
  type StreetGraph,
} from '../../services/domain/street-graph.ts';
import { noNeeds } from '../../services/domain/guidance/needs.ts';
import { webhookSource } from '../support/composed-town.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { kerbTown } from '../support/towns.ts';
import { ttsUplink } from '../support/tts-uplink.ts';
import { perSecond, quantile, startPeer, type Figure } from './measure.ts';

const sites = 500;
const spacesPerSite = 10;
const requests = 4_000;
const atOnce = 8;

const post = (
  options: { readonly port: number; readonly path: string; readonly agent: Agent },
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> =>
  new Promise((resolve, reject) => {
    request({ ...options, method: 'POST', headers }, (response) => {
      response.resume();
      response.on('end', () => {
        if ((response.statusCode ?? 500) < 300) resolve();
        else reject(new Error(`answered ${response.statusCode}`));
      });
    })
      .on('error', reject)
      .end(body);
  });

/** Sessions begun over HTTP, each ranking all sites, while their sensors are known. */
async function overHttp(): Promise<Figure[]> {
  const env = { WEBHOOK: 'secret' };
  const dir = deploymentFolder(sites * spacesPerSite, {
    history: { kind: 'memory' },
    sources: [webhookSource],
    server: { host: '127.0.0.1', rateLimit: null },
  });
  const app = await compose({
    deployed: toDeployed(loadConfig(dir, new Set(['bosch-tps110']), env)),
    dataDir: temporaryDirectory(),
    port: 0,
    isSimulated: false,
    dashboardDirectory: null,
    clock: systemClock(),
    logger: createRecordingLogger(),
  });
  await app.start();
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const server = { port: app.port(), agent };
  const inParallel = async (count: number, one: (n: number) => Promise<void>): Promise<void> => {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < count) await one(next++);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  };
  const ingest = { ...server, path: '/ingest/tts' };
  await inParallel(sites * spacesPerSite, async (space) => {
    const occupied = (space * 7) % spacesPerSite < 9;
    const uplink = ttsUplink({ space, fCnt: 1, occupied, atMs: Date.now() });
    await post(ingest, uplink, { authorization: `Bearer ${env.WEBHOOK}` });
  });

  const { child: asker } = await startPeer('asker.ts', [String(atOnce)]);
  const bodies = Array.from({ length: 50 }, (_, n) =>
    JSON.stringify({
      destination: { lat: 49.403, lon: 8.69 + n * 0.001 },
      from: { lat: 49.409, lon: 8.7 },
    }),
  );
  const begin = async (count: number): Promise<number> => {
    asker.send({ port: app.port(), path: '/api/v1/guidance', requests: count, bodies });
    const [{ p95Ms }] = (await once(asker, 'message')) as [{ readonly p95Ms: number }];
    return p95Ms;
  };
  await begin(500);
  const startedMs = performance.now();
  const before = process.cpuUsage();
  const p95Ms = await begin(requests);
  const perS = perSecond(requests, performance.now() - startedMs);
  const { user, system } = process.cpuUsage(before);
  asker.kill();
  agent.destroy();
  await app.stop();
  const name = `guidance sessions over HTTP, ${sites} sites`;
  return [
    {
      name,
      value: perS,
      unit: 'answers/s',
      limit: { name: 'the wanted rate', value: 500 },
      target: { ratio: 1 },
    },
    {
      name: `${name}, 95 % within`,
      value: p95Ms,
      unit: 'ms',
      limit: null,
      target: { atMost: 20 },
    },
    {
      // What a busy machine does not change: 500 a second leave 2 ms each.
      name: `${name}, processor time of one`,
      value: (user + system) / 1_000 / requests,
      unit: 'ms',
      limit: null,
      target: { atMost: 2 },
    },
  ];
}

/** All predictions anew in a town where every kerb's traffic changes from tick to tick. */
function refreshing(): Figure {
  const inventory = kerbTown({ sites, spacesPerSite });
  const forecast = createSiteForecast(inventory, createWeekClock('UTC'));
  const tookMs: number[] = [];
  for (let tick = 0; tick < 240; tick += 1) {
    for (let n = tick % 7; n < inventory.spaces.length; n += 7) {
      const id = inventory.spaces[n]?.id;
      if (id) forecast.seeSpace(id, (n + tick) % 3 === 0 ? 'vacant' : 'occupied');
    }
    forecast.advance(30);
    const before = process.cpuUsage();
    forecast.refresh();
    // Each is made when somebody asks.
    for (const { id } of inventory.sites) forecast.chance(id, null, { horizonS: 120, sentCars: 0 });
    const { user, system } = process.cpuUsage(before);
    if (tick >= 20) tookMs.push((user + system) / 1_000);
  }
  return {
    name: `all predictions of ${sites} sites anew, processor time, 95 % within`,
    value: quantile(tookMs, 0.95),
    unit: 'ms',
    limit: null,
    target: { atMost: 10 },
  };
}

/** Streets of a county: a grid of 25,000 two-way blocks, 50,000 directed edges. */
function countyStreets(): readonly Street[] {
  const side = 112;
  const metres = 100;
  const at = (x: number, y: number): LatLon => ({ lat: 48.6 + y * 0.0009, lon: 8.8 + x * 0.00136 });
  const street = (x: number, y: number, toX: number, toY: number): Street => ({
    id: toStretchId(`s-${x}-${y}-${toX}-${toY}`),
    points: [at(x, y), at(toX, toY)],
    lengthM: metres,
    oneway: null,
    roadClass: (x + y) % 5 === 0 ? 'secondary' : 'residential',
    fromNode: `${x}/${y}`,
    toNode: `${toX}/${toY}`,
    maxSpeedKmh: null,
  });
  const cells = Array.from({ length: side * side }, (_, n) => [n % side, Math.floor(n / side)]);
  return cells
    .flatMap(([x = 0, y = 0]) => [
      ...(x + 1 < side ? [street(x, y, x + 1, y)] : []),
      ...(y + 1 < side ? [street(x, y, x, y + 1)] : []),
    ])
    .concat(Array.from({ length: 136 }, (_, n) => street(n % side, 0, (n * 7) % side, side - 1)));
}

function inCounty(): readonly Figure[] {
  const streets = countyStreets();
  const cpuMs = (work: () => void): number => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
  let graph: StreetGraph | undefined;
  const loadMs = cpuMs(() => (graph = createStreetGraph(streets)));
  const ways = Array.from({ length: 60 }, (_, n) =>
    cpuMs(() => graph?.driveFrom([{ node: (n * 197) % 12_000, cost: 0 }])),
  );
  const name = `streets of a county, ${2 * streets.length} edges`;
  const common = { unit: 'ms', limit: null } as const;
  return [
    { ...common, name: `${name}, loaded`, value: loadMs, target: { atMost: 2_000 } },
    {
      ...common,
      name: `${name}, times from one to all, 95 % within`,
      value: quantile(ways.slice(10), 0.95),
      target: { atMost: 20 },
    },
  ];
}

/** One ranking in process, warm. */
function inProcess(): Figure {
  const inventory = kerbTown({ sites, spacesPerSite });
  const forecast = createSiteForecast(inventory, createWeekClock('UTC'));
  for (const [n, { id }] of inventory.spaces.entries())
    forecast.seeSpace(id, n % spacesPerSite < 9 ? 'occupied' : 'vacant');
  forecast.refresh();
  const advisor = createAdvisor({
    inventory,
    forecast,
    commitments: createCommitments(),
    ageS: () => 30,
    random: () => 0.5,
  });
  const trip = { driver: '', target: null, hasFailed: false, avoid: new Set<never>() };
  const tookMs: number[] = [];
  for (let run = 0; run < 2_500; run += 1) {
    const at = { lat: 49.4 + (run % sites) * 0.001, lon: 8.69 };
    const asked = { destination: at, from: inventory.sites[0]?.location ?? at };
    const startedMs = performance.now();
    advisor.advise({ ...asked, arrivalMs: null, needs: noNeeds }, trip, Date.now());
    if (run >= 500) tookMs.push(performance.now() - startedMs);
  }
  return {
    name: `a ranking over ${sites} sites, warm, in process`,
    value: quantile(tookMs, 0.5),
    unit: 'ms',
    limit: null,
    target: { atMost: 1 },
  };
}

/** Advice: one ranking alone, the forecast's tick, a county's streets, and sessions a second over HTTP. */
export async function benchGuidance(): Promise<Figure[]> {
  return [inProcess(), refreshing(), ...inCounty(), ...(await overHttp())];
}
