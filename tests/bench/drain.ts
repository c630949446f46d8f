import { startInfluxd } from '../support/influxd.ts';
import { waitFor } from '../support/wait-for.ts';
import { beginRhythm, delayQuantile, perSecond, startPeer, type Figure } from './measure.ts';
import { startInProcess } from './product.ts';

const livePerS = 500;
const awayS = 60;
const numberOfSpaces = 1000;
const longestS = 900;

/**
 * An InfluxDB that is killed under load and comes back after a minute: how fast the backlog is written
 * while live uplinks go on, and what the live answers notice of it.
 */
export async function benchDrain(scale: number): Promise<Figure[]> {
  const influxd = await startInfluxd();
  const live = await startPeer('metronome.ts', [livePerS, longestS, numberOfSpaces].map(String));
  const app = await startInProcess(numberOfSpaces, {
    sources: [
      {
        kind: 'tts-mqtt',
        name: 'bench',
        url: `mqtt://127.0.0.1:${String(live.said)}`,
        application: 'app@tenant',
      },
    ],
    history: { kind: 'influxdb', url: influxd.url, api: '1', database: 'bench' },
  });
  const watcher = await startPeer('watcher.ts', [app.port(), 10].map(String));
  await beginRhythm(live.child, watcher.child);
  await waitFor(() => app.status().recorded > livePerS, { what: 'the history', timeoutMs: 60_000 });
  await influxd.kill9();
  const killedAt = app.status().lastLogged;
  await waitFor(() => app.status().lastLogged - killedAt >= livePerS * awayS * scale, {
    what: 'a backlog',
    timeoutMs: longestS * 1000,
  });
  await influxd.restart();
  const before = app.status().recorded;
  // The recorder tries again after a pause: the drain begins with its first success.
  await waitFor(() => app.status().recorded > before, { what: 'the history', timeoutMs: 60_000 });
  const startedMs = performance.now();
  const { recorded: from, lastLogged: loggedBefore } = app.status();
  await waitFor(() => app.status().lastLogged - app.status().recorded < livePerS, {
    what: 'the backlog to be drained',
    timeoutMs: longestS * 1000,
  });
  const tookMs = performance.now() - startedMs;
  const { recorded, lastLogged } = app.status();
  const p99Ms = await delayQuantile(watcher.child, 0.99);
  await app.stop();
  for (const { child } of [live, watcher]) child.kill();
  await influxd.stop();
  return [
    {
      name: `drain of a backlog of ${(loggedBefore - before).toLocaleString('en')} into InfluxDB`,
      value: perSecond(recorded - from, tookMs),
      unit: 'uplinks/s',
      limit: {
        name: 'live uplinks meanwhile',
        value: perSecond(lastLogged - loggedBefore, tookMs),
      },
      target: { ratio: 3 },
    },
    {
      name: 'live uplink to frame while the store was down and draining, p99',
      value: p99Ms,
      unit: 'ms',
      limit: null,
      target: { atMost: 500 },
    },
  ];
}
