import type { Context } from 'hono';
import type { Clock } from '../../ports/clock.ts';
import { answer } from '../http/answer.ts';
import { createRepresentations } from '../http/representation.ts';

const limits = { maxBytes: 16 * 1024 * 1024, minAgeMs: 0 };
const mostQuestions = 200;

/** Documents that are made by asking the history: once a version, whoever asks meanwhile waits for it. */
export function createAnswers(clock: Clock) {
  const representations = createRepresentations(clock, limits);
  const texts = new Map<string, { readonly version: string; readonly text: Promise<string> }>();

  async function textOf(
    key: string,
    version: string,
    make: () => Promise<object> | object,
  ): Promise<string> {
    const known = texts.get(key);
    if (known?.version === version) return known.text;
    if (texts.size >= mostQuestions) texts.clear();
    const text = Promise.resolve(make()).then((body) => JSON.stringify(body));
    texts.set(key, { version, text });
    // What failed is asked again.
    text.catch(() => texts.delete(key));
    return text;
  }
  return async (
    c: Context,
    key: string,
    version: string,
    headers: Readonly<Record<string, string>>,
    make: () => Promise<object> | object,
  ): Promise<Response> => {
    const text = await textOf(key, version, make);
    return answer(c, await representations.get(key, version, () => text), headers);
  };
}
