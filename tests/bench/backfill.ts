import { waitFor } from '../support/wait-for.ts';
import {
  beginRhythm,
  createCpuTimer,
  delayQuantile,
  perSecond,
  startPeer,
  type Figure,
} from './measure.ts';
import { startInProcess } from './product.ts';

const allUplinks = 1_000_000;
const numberOfSpaces = 1000;
/** Uplinks that come by MQTT meanwhile. */
const livePerS = 100;
const longestS = 900;

/** What the server has, read and thrown away page by page: nobody who asks for it can be faster. */
async function rawRead(url: string, uplinks: number): Promise<number> {
  const path = `${url}/api/v3/as/applications/app/packages/storage/uplink_message`;
  const bounds = `after=${new Date(0).toISOString()}&before=${new Date().toISOString()}&limit=1000`;
  const startedMs = performance.now();
  for (let token: string | null = ''; token !== null;) {
    const response = await fetch(`${path}?${bounds}&continuation_token=${token}`);
    await response.arrayBuffer();
    token = response.headers.get('x-continuation-token');
  }
  return perSecond(uplinks, performance.now() - startedMs);
}

/**
 * A million stored uplinks of The Things Stack, read, logged, understood and recorded, while live ones
 * come and are watched on a WebSocket.
 */
export async function benchBackfill(scale: number): Promise<Figure[]> {
  const uplinks = Math.round(allUplinks * scale);
  const firstMs = Date.now() - uplinks * 50 - 60_000;
  const warehouse = await startPeer('warehouse.ts', [uplinks, numberOfSpaces, firstMs].map(String));
  const url = `http://127.0.0.1:${String(warehouse.said)}`;
  const rawPerS = await rawRead(url, uplinks);
  const live = await startPeer('metronome.ts', [livePerS, longestS, numberOfSpaces].map(String));
  const source = {
    kind: 'tts-mqtt',
    name: 'bench',
    url: `mqtt://127.0.0.1:${String(live.said)}`,
    application: 'app@tenant',
    storage: { url, apiKey: { secret: 'KEY' }, retentionH: 720 },
  } as const;
  const app = await startInProcess(numberOfSpaces, { sources: [source] }, { KEY: 'key' });
  const cpuS = createCpuTimer();
  const startedMs = performance.now();
  const watcher = await startPeer('watcher.ts', [app.port(), 10].map(String));
  await beginRhythm(live.child, watcher.child);
  await waitFor(() => app.status().recorded >= uplinks, {
    what: 'the history to have what was stored',
    timeoutMs: longestS * 1000,
  });
  const perS = perSecond(uplinks, performance.now() - startedMs);
  const perCpuS = app.status().recorded / cpuS();
  const p99Ms = await delayQuantile(watcher.child, 0.99);
  await app.stop();
  for (const { child } of [live, watcher, warehouse]) child.kill();
  const unit = 'uplinks/s';
  return [
    {
      name: `backfill of ${uplinks.toLocaleString('en')} stored uplinks into log and history`,
      value: perS,
      unit,
      limit: { name: 'fetch of the same pages', value: rawPerS },
      target: { atLeast: 15_000 },
    },
    {
      name: 'backfill, by the processor time of the server alone',
      value: perCpuS,
      unit: 'uplinks in a second of CPU',
      limit: null,
      target: null,
    },
    {
      name: `live uplink to frame during the backfill, ${livePerS} uplinks/s, p99`,
      value: p99Ms,
      unit: 'ms',
      limit: null,
      target: { atMost: 500 },
    },
  ];
}
