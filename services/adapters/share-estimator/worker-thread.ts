import { Worker } from 'node:worker_threads';
import type { ShareEstimate } from '../../domain/planning/share-question.ts';
import type { ShareEstimator } from '../../ports/share-estimator.ts';
import type { ShareAnswer, ShareRequest } from './messages.ts';

interface Waiting {
  readonly resolve: (estimate: ShareEstimate) => void;
  readonly reject: (error: Error) => void;
}

/**
 * What the thread may hold beside its columns of numbers, which lie outside of this limit: a county of
 * 5,000 spaces stays below. Beyond it the thread ends and the question fails, not the process.
 */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 };

/** A thread of its own, started with the first day or question; it never keeps the process alive. */
export function workerThreadEstimator(): ShareEstimator {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let lastId = 0;

  const failAll = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  function start(): Worker {
    const started = new Worker(new URL('./worker.ts', import.meta.url), { resourceLimits });
    started.unref();
    started.on('message', ({ id, estimate }: ShareAnswer) => {
      waiting.get(id)?.resolve(estimate);
      waiting.delete(id);
    });
    // A bug in the estimate must not end live operation: the question fails, the next one starts anew.
    started.on('error', (error: Error) => {
      if (worker === started) worker = undefined;
      failAll(error);
    });
    return started;
  }
  const tell = (request: ShareRequest): void => {
    worker ??= start();
    worker.postMessage(request);
  };

  return {
    add: (day) => tell({ kind: 'add', day }),
    // Without a thread there are no days to drop: most installations would keep one for nothing.
    drop: (fromMs) => worker?.postMessage({ kind: 'drop', fromMs } satisfies ShareRequest),
    estimate: (question) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        tell({ kind: 'estimate', id: lastId, question });
      }),
    async close() {
      failAll(new Error('the estimator was closed'));
      await worker?.terminate();
      worker = undefined;
    },
  };
}
