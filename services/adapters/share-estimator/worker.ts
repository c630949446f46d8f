import { parentPort } from 'node:worker_threads';
import { createShareDays } from '../../domain/planning/share-days.ts';
import { createShareFits } from '../../domain/planning/share-fits.ts';
import { answerShare } from '../../domain/planning/share-question.ts';
import type { ShareAnswer, ShareRequest } from './messages.ts';

const days = createShareDays();
const fits = createShareFits();

/** Runs in the worker thread: one request after the other, in the order they came. */
parentPort?.on('message', (request: ShareRequest) => {
  switch (request.kind) {
    case 'add':
      days.add(request.day);
      return;
    case 'drop':
      days.drop(request.fromMs);
      fits.drop(request.fromMs);
      return;
    case 'estimate': {
      const { id, question } = request;
      const answer: ShareAnswer = { id, estimate: answerShare(question, days.get, fits) };
      parentPort?.postMessage(answer);
    }
  }
});
