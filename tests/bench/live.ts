import type { State } from '../../services/contract/state.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { startProduct } from '../support/product.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { waitFor } from '../support/wait-for.ts';
import { beginRhythm, delayQuantile, startPeer, type Figure } from './measure.ts';

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
  const source = {
    kind: 'tts-mqtt',
    name: 'bench',
    url: `mqtt://127.0.0.1:${String(publisher.said)}`,
    application: 'app@tenant',
  } as const;
  const folder = deploymentFolder(numberOfSpaces, {
    server: { host: '127.0.0.1', rateLimit: null, maxConnectionsPerAddress: null },
    sources: [source],
  });
  const product = await startProduct(['--config', folder, '--data', temporaryDirectory()]);
  const { port } = new URL(product.url);
  const watcher = await startPeer('watcher.ts', [port, String(clients)]);
  await beginRhythm(publisher.child, watcher.child);
  const recorded = async (): Promise<number> => {
    const { log } = (await product.json('/api/v1/state')) as State;
    return log.last - log.backlogRecords;
  };
  await waitFor(async () => (await recorded()) >= uplinksPerS * forS, {
    what: 'the history',
    timeoutMs: 60_000,
  });
  const p50Ms = await delayQuantile(watcher.child, 0.5);
  const p99Ms = await delayQuantile(watcher.child, 0.99);
  const residentMb = product.residentMb();
  publisher.child.kill();
  watcher.child.kill();
  await product.stop();
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
      name: `memory of the server with its clients, ${numberOfSpaces} spaces`,
      value: residentMb,
      unit: 'MB',
      limit: null,
      target: { atMost: 400 },
    },
  ];
}
