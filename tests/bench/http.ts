import { createServer, request, Agent } from 'node:http';
import { once } from 'node:events';
import { loadConfig } from '../../config/load.ts';
import { systemClock } from '../../services/adapters/clock/system.ts';
import { compose } from '../../services/app/compose.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { perSecond, type Figure } from './measure.ts';

const requests = 20_000;
const atOnce = 32;
const path = '/api/v1/sites?limit=100';

/** Answers a second of a server on this machine for one path, from a pool of kept connections. */
async function rateOf(port: number): Promise<{ perS: number; bytes: Buffer }> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  let bytes = Buffer.alloc(0);
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      request({ port, path, agent, headers: { 'accept-encoding': 'gzip' } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          bytes = Buffer.concat(chunks);
          if (response.statusCode === 200) resolve();
          else reject(new Error(`answered ${response.statusCode}`));
        });
      })
        .on('error', reject)
        .end();
    });
  const loop = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1) await one();
  };
  await loop(200);
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: atOnce }, () => loop(requests / atOnce)));
  const perS = perSecond(requests, performance.now() - startedMs);
  agent.destroy();
  return { perS, bytes };
}

/** A cached answer against bare node:http with the same bytes. */
export async function benchHttp(): Promise<Figure[]> {
  const dir = deploymentFolder(1000, { server: { host: '127.0.0.1', rateLimit: null } });
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
  const ours = await rateOf(app.port());
  await app.stop();

  const bare = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(ours.bytes);
  }).listen(0, '127.0.0.1');
  await once(bare, 'listening');
  const address = bare.address();
  const limit = await rateOf(typeof address === 'object' && address ? address.port : 0);
  bare.closeAllConnections();
  bare.close();
  return [
    {
      name: `cached HTTP, ${path}`,
      value: ours.perS,
      unit: 'answers/s',
      limit: { name: 'bare node:http with the same bytes', value: limit.perS },
      target: { ratio: 0.5 },
    },
  ];
}
