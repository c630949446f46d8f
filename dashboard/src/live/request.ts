import type { Problem } from '../../../services/contract/common.ts';

/**
 * Why there is no answer: the device has no network, the server says nothing, wants a token, has
 * nothing there, was asked too often, cannot read its history now, or failed otherwise.
 */
export type Trouble = 'offline' | 'silent' | 'denied' | 'missing' | 'busy' | 'history' | 'failed';

/** A question to the server that was not answered. */
class RequestError extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble, cause?: unknown) {
    super(trouble, { cause });
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
  readonly method?: 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Ends the question when nobody wants the answer any more. */
  readonly signal?: AbortSignal;
  /** Outlives the page. */
  readonly keepalive?: boolean;
}

/** No answer is worth more than this wait. */
const timeoutMs = 15_000;

const troubleOfStatus: Readonly<Record<number, Trouble>> = {
  401: 'denied',
  404: 'missing',
  429: 'busy',
};

/** The server's own word goes before its status: of what is away it says the part. */
async function readTrouble(response: Response): Promise<Trouble> {
  const problem = (await response.json().catch(() => null)) as Problem | null;
  return problem?.type.endsWith('#problem-store-unavailable') === true
    ? 'history'
    : (troubleOfStatus[response.status] ?? 'failed');
}

/** The deadline, and what the caller ends it by; a phone that cannot join them waits for the deadline. */
function endsWith(signal: AbortSignal | undefined): AbortSignal {
  const deadline = AbortSignal.timeout(timeoutMs);
  return signal && 'any' in AbortSignal ? AbortSignal.any([signal, deadline]) : deadline;
}

/**
 * Asks this origin's API and throws when there is no answer; `troubleOf` says why. `T` is the contract's
 * promise: server and page ship from one build, so answers are not checked again.
 */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const { body, headers, signal } = options;
  let response: Response;
  try {
    response = await fetch(path, {
      ...options,
      headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      signal: endsWith(signal),
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch (cause) {
    throw new RequestError(navigator.onLine ? 'silent' : 'offline', cause);
  }
  if (!response.ok) throw new RequestError(await readTrouble(response));
  return (response.status === 204 ? undefined : await response.json()) as T;
}
