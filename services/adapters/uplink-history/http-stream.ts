import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getSecure } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const redirects = [301, 302, 303, 307, 308];
const mostRedirects = 20;

/**
 * Asks for a URL and follows redirects, as `fetch` does; the body is a stream that breaks off with an
 * error when the connection does, and with its reason when `signal` is aborted. `fetch` takes twice the time for a long body.
 */
export async function getStream(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  let at = url;
  let its: Readonly<Record<string, string>> = { ...headers, 'accept-encoding': 'gzip' };
  for (let redirected = 0; ; redirected += 1) {
    const answer = await answerOf(at, its, signal);
    const { location } = answer.headers;
    if (location === undefined || !redirects.includes(answer.statusCode ?? 0)) return answer;
    answer.destroy();
    if (redirected === mostRedirects) throw new Error('too many redirects');
    const next = new URL(location, at);
    // Who is meant by the key is who was asked first.
    if (next.origin !== at.origin) {
      const { authorization: _, ...others } = its;
      its = others;
    }
    at = next;
  }
}

/** The body as it was before it was packed; it breaks off when what is packed does. */
export const bodyOf = (answer: IncomingMessage): Readable =>
  answer.headers['content-encoding'] === 'gzip'
    ? // Whoever reads is told what went wrong.
      pipeline(answer, createGunzip(), () => undefined)
    : answer;

const answerOf = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? getSecure : getPlain;
    const reason = (): Error => signal.reason as Error;
    const request = get(url, { headers, signal }, (answer) => {
      signal.addEventListener('abort', () => answer.destroy(reason()));
      // Who reads is told by the stream; it may also break off before somebody does.
      answer.on('error', () => undefined);
      resolve(answer);
    });
    request.on('error', (cause) => reject(signal.aborted ? reason() : cause));
  });
