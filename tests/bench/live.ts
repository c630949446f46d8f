import { waitFor } from '../support/wait-for.ts';
import { beginRhythm, delayQuantile, startPeer, type Figure } from './measure.ts';
import { startInProcess } from './product.ts';

const clients = 1000;
const uplinksPerS = 1000;
const forS = 10;
const numberOfSpaces = 10_000;

/**
 * The way of an uplink from the network server's time to the frame on a WebSocket, with a thousand
 * clients and a thousand uplinks a second, and the memory of the server with ten thousand spaces.
 */
export async function benchLive(): Promise<Figure[]> {
  const publisher = await startPeer('metronome.ts', [
    String(uplinksPerS),
    String(forS),
    String(numberOfSpaces),
  ]);
  const app = await startInProcess(numberOfSpaces, {
    sources: [
      {
        kind: 'tts-mqtt',
        name: 'bench',
        url: `mqtt://127.0.0.1:${String(publisher.said)}`,
        application: 'app@tenant',
      },
    ],
  });
  const watcher = await startPeer('watcher.ts', [String(app.port()), String(clients)]);
  await beginRhythm(publisher.child, watcher.child);
  await waitFor(() => app.status().recorded >= uplinksPerS * forS, {
    what: 'the history',
    timeoutMs: 60_000,
  });
  const p50Ms = await delayQuantile(watcher.child, 0.5);
  const p99Ms = await delayQuantile(watcher.child, 0.99);
  const rssMb = process.memoryUsage.rss() / 1024 / 1024;
  publisher.child.kill();
  watcher.child.kill();
  await app.stop();
  return [
    {
      name: `uplink to frame, ${uplinksPerS} uplinks/s, ${clients} clients, p50`,
      value: p50Ms,
      unit: 'ms',
      limit: null,
      target: null,
    },
    {
      name: `uplink to frame, ${uplinksPerS} uplinks/s, ${clients} clients, p99`,
      value: p99Ms,
      unit: 'ms',
      limit: null,
      target: { atMost: 500 },
    },
    {
      name: `memory of the server and this benchmark, ${numberOfSpaces} spaces`,
      value: rssMb,
      unit: 'MB',
      limit: null,
      target: { atMost: 400 },
    },
  ];
}
