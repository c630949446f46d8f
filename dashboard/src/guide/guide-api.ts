import type {
  GuidanceEvent,
  GuidanceRequest,
  GuidanceSession,
  GuidanceWay,
  GuidanceWayRequest,
} from '../../../services/contract/guidance.ts';
import { backoffMs } from '../live/backoff.ts';
import { request, troubleOf, type Trouble } from '../live/request.ts';

/** Why there is no advice: no network, the server's fault, asked too often, or the session has ended. */
export type GuideTrouble = 'offline' | 'server' | 'busy' | 'expired';

const troubles: Readonly<Partial<Record<Trouble, GuideTrouble>>> = {
  offline: 'offline',
  busy: 'busy',
  missing: 'expired',
};

export const guideTroubleOf = (error: unknown): GuideTrouble =>
  troubles[troubleOf(error)] ?? 'server';

const root = '/api/v1/guidance';

export const startSession = (body: GuidanceRequest): Promise<GuidanceSession> =>
  request(root, { method: 'POST', body });
export const tellSession = (id: string, body: GuidanceEvent): Promise<GuidanceSession> =>
  request(`${root}/${id}`, { method: 'POST', body });
export const lookAtSession = (id: string): Promise<GuidanceSession> => request(`${root}/${id}`);
/** How to drive to the session's target; the server forgets the position with its answer. */
export const askWay = (id: string, body: GuidanceWayRequest): Promise<GuidanceWay> =>
  request(`${root}/${id}/way`, { method: 'POST', body });

/** Also while the page goes away: the request outlives it, and what it misses the expiry ends. */
export function endSession(id: string): void {
  void request(`${root}/${id}`, { method: 'DELETE', keepalive: true }).catch(() => undefined);
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
      if (guideTroubleOf(error) === 'expired') end();
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
