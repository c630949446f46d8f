import type { Context } from 'hono';
import type { Clock } from '../../ports/clock.ts';
import { answer } from '../http/answer.ts';
import { createRepresentations } from '../http/representation.ts';

const usualLimits = { maxBytes: 16 * 1024 * 1024, minAgeMs: 0 };

/** Makes a document, or its JSON text. */
export type Make = () => Promise<object | string> | object;

/** Documents that are made by asking the history: once a version, whoever asks meanwhile waits for it. */
export function createAnswers(clock: Clock, limits = usualLimits) {
  const representations = createRepresentations(clock, limits);
  return async (
    c: Context,
    key: string,
    version: string,
    headers: Readonly<Record<string, string>>,
    make: Make,
  ): Promise<Response> => {
    const made = representations.get(key, version, async () => {
      const document = await make();
      return typeof document === 'string' ? document : JSON.stringify(document);
    });
    return answer(c, await made, headers);
  };
}
