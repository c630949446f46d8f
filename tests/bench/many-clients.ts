import { once } from 'node:events';
import { systemClock } from '../../services/adapters/clock/system.ts';
import { startLiveTown } from '../support/live-town.ts';
import { quantile, startPeer, type Figure } from './measure.ts';

const clients = 5_000;
const changesPerS = 60;
const forS = 10;
/** The most a client gets; a busy machine sends fewer, so the cost is that of a frame times this. */
const framesPerS = 4;
const sites = 200;
const spacesPerSite = 10;

interface Crowd {
  readonly delaysMs: readonly number[];
  /** Of those that read. */
  readonly framesAClient: number;
  readonly ended: number;
}

/** CPU time of this thread alone, ms. */
const loopMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** Five thousand clients, half WebSockets and half event streams, of one server that hears 60 changes a second. */
export async function benchManyClients(): Promise<Figure[]> {
  const town = await startLiveTown({
    sites,
    spacesPerSite,
    maxClients: clients,
    systemClock: systemClock(),
  });
  town.changeAll('vacant');
  const { child: crowd } = await startPeer('crowd.ts', [String(town.port), String(clients)]);
  const startedAt = performance.now();
  const startedMs = loopMs();
  for (let n = 0; n < changesPerS * forS; n += 1) {
    const dueMs = startedAt + (n / changesPerS) * 1000;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const id = `space-${n % sites}-${Math.floor(n / sites) % spacesPerSite}`;
    crowd.send({ key: `${id} occupied`, atMs: performance.timeOrigin + performance.now() });
    town.change(id, 'occupied');
  }
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const spentMs = loopMs() - startedMs;
  crowd.send('report');
  const [{ delaysMs, framesAClient, ended }] = (await once(crowd, 'message')) as [Crowd];
  const rssMb = process.memoryUsage.rss() / 1024 / 1024;
  crowd.kill();
  await town.stop();
  const what = `${clients} clients, ${changesPerS} changes/s`;
  return [
    {
      name: `change to frame, ${what}, p99`,
      value: quantile(delaysMs, 0.99),
      unit: 'ms',
      limit: null,
      target: { atMost: 1_000 },
    },
    {
      name: `event loop, ${what}, four frames a second for each`,
      value: (spentMs / (framesAClient * clients)) * clients * framesPerS * 0.1,
      unit: '% of one core',
      limit: null,
      target: { atMost: 100 },
    },
    {
      name: `clients lost, ${what}`,
      value: ended,
      unit: 'clients',
      limit: null,
      target: { atMost: 0 },
    },
    {
      name: `memory of the server, ${what}`,
      value: rssMb,
      unit: 'MB',
      limit: null,
      target: { atMost: 1_024 },
    },
  ];
}
