import type { Problem } from '../../../services/contract/common.ts';

/**
 * Why there is no answer: the device has no network, the server says nothing, wants a token, has
 * nothing there, was asked too often, cannot read its history now, or failed otherwise.
 */
export type Trouble = 'offline' | 'silent' | 'denied' | 'missing' | 'busy' | 'history' | 'failed';

/** A question to the server that was not answered. */
class RequestError extends Error {
  readonly trouble: Trouble;

  constructor(path: string, trouble: Trouble, cause?: unknown) {
    super(`${path}: ${trouble}`, { cause });
    this.trouble = trouble;
  }
}

/** What went wrong, of anything that `request` may throw. */
export const troubleOf = (error: unknown): Trouble =>
  error instanceof RequestError ? error.trouble : 'failed';

/** Whether it may be gone by itself: asking again makes sense. */
export const isPassing = (trouble: Trouble): boolean =>
  trouble !== 'denied' && trouble !== 'missing';

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Bearer token of `access.token`. */
  readonly token?: string | null;
  /** Ends the question when nobody wants the answer any more. */
  readonly signal?: AbortSignal;
  /** Outlives the page. */
  readonly keepalive?: boolean;
}

/** No answer is worth more than this wait. */
const timeoutMs = 15_000;

const troubleOfStatus: Readonly<Record<number, Trouble>> = {
  401: 'denied',
  403: 'denied',
  404: 'missing',
  429: 'busy',
};

/** The server's own word goes before its status: of what is away it says the part. */
async function readTrouble(response: Response): Promise<Trouble> {
  if (response.headers.get('content-type')?.startsWith('application/problem+json') === true) {
    const { type } = (await response.json()) as Problem;
    if (type.endsWith('#problem-store-unavailable')) return 'history';
  }
  return troubleOfStatus[response.status] ?? 'failed';
}

/** The deadline and what the caller ends it by, in one; `AbortSignal.any` is too young for some phones. */
function endsWith(signal: AbortSignal | undefined): AbortSignal {
  const deadline = AbortSignal.timeout(timeoutMs);
  if (signal === undefined) return deadline;
  const either = new AbortController();
  for (const end of [signal, deadline]) {
    if (end.aborted) either.abort(end.reason);
    end.addEventListener('abort', () => either.abort(end.reason), { once: true });
  }
  return either.signal;
}

/**
 * Asks this origin's API and throws `RequestError` when there is no answer. `T` is the contract's
 * promise: server and page ship from one build, so answers are not checked again.
 */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const { method = 'GET', body, token = null, signal, keepalive = false } = options;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      keepalive,
      signal: endsWith(signal),
      headers: {
        ...(token !== null && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw new RequestError(path, navigator.onLine ? 'silent' : 'offline', cause);
  }
  if (!response.ok) throw new RequestError(path, await readTrouble(response));
  return (response.status === 204 ? undefined : await response.json()) as T;
}
