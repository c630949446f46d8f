import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { problemSchema, type Problem } from '../../contract/common.ts';
import { AppError, type ErrorCode } from '../../domain/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import { corsHeaders } from './headers.ts';
import { respond } from './respond.ts';

/** What HTTP adds to the domain's closed list. */
type ProblemCode =
  | ErrorCode
  | 'method-not-allowed'
  | 'range-not-satisfiable'
  | 'too-many-clients'
  | 'bad-message'
  | 'address-too-long'
  | 'unsupported-media-type'
  | 'header-too-large'
  | 'expectation-failed'
  | 'request-timeout'
  | 'not-ready'
  | 'upgrade-required'
  | 'internal-error';

type ProblemStatus =
  400 | 401 | 404 | 405 | 408 | 413 | 414 | 415 | 416 | 417 | 426 | 429 | 431 | 500 | 503;

/** Status and fixed title of every error; `detail` says what is special about the case. */
export const problems: Readonly<
  Record<ProblemCode, { readonly status: ProblemStatus; readonly title: string }>
> = {
  'invalid-config': { status: 500, title: 'The configuration is wrong' },
  'invalid-request': { status: 400, title: 'The request is not understood' },
  unauthorized: { status: 401, title: 'A valid secret is needed' },
  'not-found': { status: 404, title: 'There is nothing at this address' },
  'site-not-found': { status: 404, title: 'No such parking site' },
  'space-not-found': { status: 404, title: 'No such parking space' },
  'zone-not-found': { status: 404, title: 'No such zone' },
  'method-not-allowed': { status: 405, title: 'This method does not work here' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'internal-error': { status: 500, title: 'Something went wrong on our side' },
  'port-in-use': { status: 500, title: 'The port is in use' },
  'log-corrupt': { status: 500, title: 'The uplink log is damaged' },
  'log-unavailable': { status: 503, title: 'The uplink log cannot be written now' },
  'store-unavailable': { status: 503, title: 'The history cannot be read now' },
  'store-refused': { status: 500, title: 'The history refused the data' },
  'source-unavailable': { status: 503, title: 'The network server does not answer' },
  'broker-unavailable': { status: 503, title: 'The message broker does not answer' },
  'range-not-satisfiable': { status: 416, title: 'The range lies beyond the end of the file' },
  'bad-message': { status: 400, title: 'This is no HTTP' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  'address-too-long': { status: 414, title: 'The address is too long' },
  'unsupported-media-type': { status: 415, title: 'This kind of body is not understood' },
  'expectation-failed': { status: 417, title: 'What Expect asks for cannot be met' },
  'header-too-large': { status: 431, title: 'The header is too large' },
  'too-many-clients': { status: 503, title: 'As many live clients as can be served' },
  'upgrade-required': { status: 426, title: 'This address speaks WebSocket' },
  'not-ready': { status: 503, title: 'Not ready yet' },
};

/** A problem among the responses of a route, for the OpenAPI document. */
export const describeProblem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
});

/** Problems that many routes answer with, for the OpenAPI document. */
export const usualProblems = {
  wrongParameter: { 400: describeProblem('A parameter is wrong') },
  tooMany: { 429: describeProblem('Too many requests; see Retry-After') },
  wrongBody: {
    400: describeProblem('The body or the address is not understood'),
    413: describeProblem('The body is too large'),
    415: describeProblem('The body is no JSON'),
  },
} as const;

/** Problem details as RFC 9457 wants them; `more` are extension members. */
function toProblem(
  code: ProblemCode,
  detail: string | undefined,
  instance: string | undefined,
  more: Readonly<Record<string, unknown>> = {},
): Problem {
  const { status, title } = problems[code];
  return {
    type: `/docs#problem-${code}`,
    title,
    status,
    ...(detail === undefined ? {} : { detail }),
    ...(instance === undefined ? {} : { instance }),
    ...more,
  };
}

const problemHeaders = { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' };

/** A problem for which there is no request to read, as what goes over the wire. */
function requestless(code: ProblemCode, detail: string | undefined) {
  const body = JSON.stringify(toProblem(code, detail, undefined));
  const length = { 'Content-Length': String(Buffer.byteLength(body)) };
  return { ...problems[code], body, headers: { ...corsHeaders, ...problemHeaders, ...length } };
}

/** A problem as a whole HTTP message, for connections whose request no application sees; it ends them. */
export function rawProblem(
  code: ProblemCode,
  detail?: string,
  more: Readonly<Record<string, string>> = {},
): string {
  const { status, title, body, headers } = requestless(code, detail);
  const all = Object.entries({ ...headers, ...more });
  const lines = all.map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${title}`, ...lines, 'Connection: close', '', body].join('\r\n');
}

/** A problem with a request that no application can be asked about: an address that is none, a false Host. */
export function earlyProblem(code: ProblemCode, detail?: string): Response {
  const { status, body, headers } = requestless(code, detail);
  return new Response(body, { status, headers });
}

/** Answers with a problem; `headers` go with it. */
export function problemResponse(
  c: Context,
  code: ProblemCode,
  detail?: string,
  more?: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const problem = toProblem(code, detail, c.req.path, more);
  return respond(c, problem.status, JSON.stringify(problem), { ...problemHeaders, ...headers });
}

/**
 * An `AppError` keeps its code, and a body that the framework could not read is its sender's mistake;
 * anything else is our bug: logged, and told without its inside.
 */
export const onError =
  (log: Logger) =>
  (error: Error, c: Context): Response => {
    if (error instanceof HTTPException && error.status < 500) {
      const code = error.status === 415 ? 'unsupported-media-type' : 'invalid-request';
      return problemResponse(c, code, error.message);
    }
    if (!(error instanceof AppError)) {
      log.error({ err: error, path: c.req.path }, 'request failed');
      return problemResponse(c, 'internal-error');
    }
    if (problems[error.code].status >= 500) {
      log.warn({ err: error, path: c.req.path, code: error.code }, 'request failed');
    }
    return problemResponse(c, error.code, error.message);
  };
