import { once } from 'node:events';
import { systemClock } from '../../services/adapters/clock/system.ts';
import { startLiveTown } from '../support/live-town.ts';
import { createCpuTimer, quantile, startPeer, type Figure } from './measure.ts';

const clients = 5_000;
const changesPerS = 60;
const forS = 10;
/** The most a client gets; in a crowd, and on a busy machine, it gets fewer, so the cost is that of a frame times this. */
const framesPerS = 4;
const sites = 200;
const spacesPerSite = 10;

interface Crowd {
  readonly delaysMs: readonly number[];
  /** Of those that read. */
  readonly framesAClient: number;
  readonly ended: number;
}

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
  const cpuS = createCpuTimer();
  for (let n = 0; n < changesPerS * forS; n += 1) {
    const dueMs = startedAt + (n / changesPerS) * 1000;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const id = `space-${n % sites}-${Math.floor(n / sites) % spacesPerSite}`;
    crowd.send({ key: `${id} occupied`, atMs: performance.timeOrigin + performance.now() });
    town.change(id, 'occupied');
  }
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const spentS = cpuS();
  const tookS = (performance.now() - startedAt) / 1000;
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
      name: `processor time of the server, ${what}, if each got ${framesPerS} frames a second`,
      value: (spentS / framesAClient) * framesPerS * 100,
      unit: '% of one core',
      limit: null,
      target: { atMost: 75 },
    },
    {
      name: `processor time of the server, ${what}, as it was`,
      value: (spentS / tookS) * 100,
      unit: `% of one core (${(framesAClient / tookS).toFixed(1)} frames a second for each)`,
      limit: null,
      target: { atMost: 75 },
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
