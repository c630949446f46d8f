import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';
import { corsHeaders } from './headers.ts';

type Headers = Readonly<Record<string, string>>;

/** What a request gathers on its way for the answer. */
interface Gathered {
  /** RateLimit headers. */
  limits?: Headers;
  /** Link to the licence of the data, for answers that have some. */
  licence?: Headers;
  /** The answer has all common headers already. */
  isComplete?: boolean;
}

const common: Headers = { ...corsHeaders, 'X-Content-Type-Options': 'nosniff' };

const gathered = (c: Context): Gathered => {
  const known = c.get('gathered') as Gathered | undefined;
  if (known) return known;
  const fresh: Gathered = {};
  c.set('gathered', fresh);
  return fresh;
};

/** Hands headers to whatever answers this request. */
export function addLimitHeaders(c: Context, headers: Headers): void {
  gathered(c).limits = headers;
}

/** Hands the licence to whatever answers this request with data. */
export function addLicence(c: Context, url: string): void {
  gathered(c).licence = { Link: `<${url}>; rel="license"` };
}

const licenceOf = ({ licence }: Gathered, status: number): Headers | undefined =>
  status < 400 ? licence : undefined;

/** All headers of an answer: what every one has, what its request gathered, and its own. */
export const withCommon = (known: Gathered, status: number, headers: Headers): Headers => ({
  ...common,
  ...known.limits,
  ...licenceOf(known, status),
  ...headers,
});

/** All headers of the answer, which needs none from anybody else then. */
export function completeHeaders(c: Context, status: number, headers: Headers): Headers {
  const known = gathered(c);
  known.isComplete = true;
  return withCommon(known, status, headers);
}

/**
 * The answer with all common headers. They go in as a plain object at once: @hono/node-server then
 * writes them out as they are, which takes a quarter of the time of a `Headers` that is changed later.
 */
export function respond(
  c: Context,
  status: number,
  body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>> | string | null,
  headers: Headers,
): Response {
  return new Response(body, { status, headers: completeHeaders(c, status, headers) });
}

/** Adds the common headers to an answer that was not made by `respond`. */
export function complete(c: Context): void {
  const known = gathered(c);
  if (known.isComplete) return;
  for (const [name, value] of Object.entries(withCommon(known, c.res.status, {}))) {
    c.res.headers.set(name, value);
  }
}

/** Node's own response, for an answer that goes on; throws where no server of Node's asks. */
export function outgoingOf(c: Context): ServerResponse {
  const outgoing = (c.env as { readonly outgoing?: ServerResponse } | undefined)?.outgoing;
  if (!outgoing) throw new Error('only a server of Node has a response that goes on');
  return outgoing;
}
