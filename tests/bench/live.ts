import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { loadConfig } from '../../config/load.ts';
import { systemClock } from '../../services/adapters/clock/system.ts';
import type { App } from '../../services/app/compose.ts';
import { compose } from '../../services/app/compose.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { waitFor } from '../support/wait-for.ts';
import { quantile, startPeer, type Figure } from './measure.ts';

const clients = 1000;
const uplinksPerS = 1000;
const forS = 10;
const numberOfSpaces = 10_000;

/** What a watcher found: from the network server's time of an uplink to the frame with it, in ms. */
interface Watched {
  readonly delaysMs: readonly number[];
  readonly frames: number;
}

async function startApp(url: string): Promise<App> {
  const dir = deploymentFolder(numberOfSpaces, {
    sources: [{ kind: 'tts-mqtt', name: 'bench', url, application: 'app@tenant' }],
    server: { host: '127.0.0.1', rateLimit: null },
  });
  const app = await compose({
    config: loadConfig(dir, new Set(['bosch-tps110']), {}),
    dataDir: temporaryDirectory(),
    port: 0,
    isSimulated: true,
    dashboardDirectory: null,
    clock: systemClock(),
    logger: createRecordingLogger(),
  });
  await app.start();
  return app;
}

const say = async (child: ChildProcess, what: string): Promise<unknown> => {
  child.send(what);
  const [answer] = (await once(child, 'message')) as [unknown];
  return answer;
};

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
  const app = await startApp(`mqtt://127.0.0.1:${String(publisher.said)}`);
  const watcher = await startPeer('watcher.ts', [String(app.port()), String(clients)]);
  await say(publisher.child, 'go');
  await waitFor(() => app.status().recorded >= uplinksPerS * forS, {
    what: 'the history',
    timeoutMs: 60_000,
  });
  const watched = (await say(watcher.child, 'report')) as Watched;
  const rssMb = process.memoryUsage.rss() / 1024 / 1024;
  publisher.child.kill();
  watcher.child.kill();
  await app.stop();
  const p = (share: number): number => quantile(watched.delaysMs, share);
  return [
    {
      name: `uplink to frame, ${uplinksPerS} uplinks/s, ${clients} clients, p50`,
      value: p(0.5),
      unit: 'ms',
      limit: null,
      target: null,
    },
    {
      name: `uplink to frame, ${uplinksPerS} uplinks/s, ${clients} clients, p99`,
      value: p(0.99),
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
