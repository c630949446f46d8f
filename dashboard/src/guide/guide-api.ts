import type {
  GuidanceEvent,
  GuidanceRequest,
  GuidanceSession,
  GuidanceWay,
  GuidanceWayRequest,
} from '../../../services/contract/guidance.ts';
import { backoffMs } from '../live/backoff.ts';

/** Why there is no answer: no network, the server's fault, asked too often, or the session has ended. */
export type Trouble = 'offline' | 'server' | 'busy' | 'expired';

export class GuideError extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble, cause?: unknown) {
    super(`no guidance: ${trouble}`, { cause });
    this.trouble = trouble;
  }
}

const root = '/api/v1/guidance';
/** A driver does not wait longer for advice. */
const timeoutMs = 10_000;

function troubleOf(status: number): Trouble {
  if (status === 404) return 'expired';
  return status === 429 ? 'busy' : 'server';
}

async function ask<Answer = GuidanceSession>(
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(root + path, {
      method,
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    });
  } catch (cause) {
    throw new GuideError(navigator.onLine ? 'server' : 'offline', cause);
  }
  if (!response.ok) throw new GuideError(troubleOf(response.status));
  return (await response.json()) as Answer;
}

export const startSession = (request: GuidanceRequest): Promise<GuidanceSession> =>
  ask('POST', '', request);
export const tellSession = (id: string, event: GuidanceEvent): Promise<GuidanceSession> =>
  ask('POST', `/${id}`, event);
export const lookAtSession = (id: string): Promise<GuidanceSession> => ask('GET', `/${id}`);
/** How to drive to the session's target; the server forgets the position with its answer. */
export const askWay = (id: string, request: GuidanceWayRequest): Promise<GuidanceWay> =>
  ask('POST', `/${id}/way`, request);

/** Also while the page goes away: the request outlives it, and what it misses the expiry ends. */
export function endSession(id: string): void {
  void fetch(`${root}/${id}`, { method: 'DELETE', keepalive: true }).catch(() => undefined);
}

export interface Follower {
  readonly onSession: (session: GuidanceSession) => void;
  readonly onEnded: () => void;
  /** Whether the stream is there. */
  readonly onConnection: (isOpen: boolean) => void;
}

/** Follows a session's advice until it ends or the returned function is called; comes back after every loss. */
export function followSession(id: string, follower: Follower): () => void {
  let events: EventSource | undefined;
  let timer = 0;
  let attempt = 0;
  let isOver = false;

  function stop(): void {
    isOver = true;
    window.clearTimeout(timer);
    events?.close();
  }
  function end(): void {
    if (isOver) return;
    stop();
    follower.onEnded();
  }
  /** The stream does not say why it was refused; the session itself does. */
  async function lookAgain(): Promise<void> {
    try {
      const session = await lookAtSession(id);
      if (isOver) return;
      follower.onSession(session);
      open();
    } catch (error) {
      if (error instanceof GuideError && error.trouble === 'expired') end();
      else retry();
    }
  }
  function retry(): void {
    if (isOver) return;
    timer = window.setTimeout(
      () => void lookAgain(),
      backoffMs(attempt, () => Math.random()),
    );
    attempt += 1;
  }
  function open(): void {
    const mine = new EventSource(`${root}/${id}/events`);
    events = mine;
    mine.onopen = () => {
      attempt = 0;
      follower.onConnection(true);
    };
    mine.addEventListener('advice', (event: MessageEvent<string>) =>
      follower.onSession(JSON.parse(event.data) as GuidanceSession),
    );
    mine.addEventListener('ended', end);
    mine.onerror = () => {
      mine.close();
      if (isOver) return;
      follower.onConnection(false);
      retry();
    };
  }
  open();
  return stop;
}
