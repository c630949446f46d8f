import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { SimulatedUplink } from '../devices/device.ts';
import type { SimulatedInstallation } from '../town/deployment.ts';
import type { HistoryNews } from './history.ts';
import { createHistoryWriter } from './history.ts';
import type { TimeLapse } from '../time-lapse.ts';

/** What the thread is started with. */
export interface StorageThreadData {
  readonly port: number;
  readonly key: string | null;
  readonly retentionMs: number;
  readonly timeLapse: TimeLapse;
  readonly installations: readonly SimulatedInstallation[];
  /** By device. */
  readonly spreadingFactors: readonly number[];
}

/** What it is told: more of the history, up to a time; or to stop. */
export type StorageMessage = { readonly news: HistoryNews; readonly simulatedMs: number } | 'stop';
/** What it tells when it listens. */
export interface StorageReady {
  readonly port: number;
}

export interface StorageThread {
  readonly port: number;
  append(uplink: SimulatedUplink): void;
  /** Everything before this time has been appended. */
  reach(simulatedMs: number): void;
  stop(): Promise<void>;
}

/**
 * The Storage Integration in a thread of its own: writing a month of uplinks as JSON takes nothing from
 * simulating it. A port that is in use is an error here; a later mistake ends the process.
 */
export async function startStorageThread(workerData: StorageThreadData): Promise<StorageThread> {
  const worker = new Worker(new URL('./storage-worker.ts', import.meta.url), { workerData });
  const exited = new Promise((resolve) => worker.once('exit', resolve));
  // An error before it listens is this one's.
  const [{ port }] = (await once(worker, 'message')) as [StorageReady];
  worker.on('error', (error) => {
    throw error;
  });
  const history = createHistoryWriter();
  const tell = (message: StorageMessage): void => worker.postMessage(message);
  return {
    port,
    append: history.append,
    reach: (simulatedMs) => tell({ news: history.news(), simulatedMs }),
    async stop() {
      tell('stop');
      await exited;
    },
  };
}
