import type { LiveFrame, SubscribeMessage } from '../../../services/contract/live.ts';
import { backoffMs } from './backoff.ts';

/** What to hear of; what is absent does not narrow. */
export type Subscription = Omit<SubscribeMessage, 'type' | 'since'>;

export type Connection = 'connecting' | 'open' | 'waiting' | 'closed';

export interface LiveOptions {
  /** `wss://host/api/v1/live` */
  readonly url: string;
  readonly subscription: Subscription;
  /** Cursor of the state one already has; without it the server begins with a snapshot. */
  readonly since?: string;
  readonly onFrame: (frame: LiveFrame) => void;
  readonly onConnection?: (connection: Connection) => void;
}

/** What the client needs of its surroundings; the defaults are the browser's. */
export interface LiveEnvironment {
  readonly open: (url: string) => WebSocket;
  readonly setTimer: (run: () => void, ms: number) => number;
  readonly clearTimer: (timer: number) => void;
  readonly random: () => number;
  readonly isHidden: () => boolean;
  readonly onVisibility: (listener: () => void) => () => void;
}

const browser: LiveEnvironment = {
  open: (url) => new WebSocket(url),
  setTimer: (run, ms) => window.setTimeout(run, ms),
  clearTimer: (timer) => window.clearTimeout(timer),
  random: () => Math.random(),
  isHidden: () => document.hidden,
  onVisibility: (listener) => {
    document.addEventListener('visibilitychange', listener);
    return () => document.removeEventListener('visibilitychange', listener);
  },
};

/** The server speaks at least every 15 s: three misses mean that the connection is dead. */
const silenceMs = 45_000;
/** A page nobody looks at gives its connection back after this time. */
const hiddenMs = 60_000;

/** Address with the subscription as query parameters, lists comma-separated. */
export function toLiveUrl(
  url: string,
  subscription: Subscription,
  since: string | undefined,
): string {
  const query = new URLSearchParams();
  if (since !== undefined) query.set('since', since);
  for (const [name, list] of Object.entries(subscription)) {
    if (Array.isArray(list)) query.set(name, list.join(','));
  }
  const text = query.toString();
  return text === '' ? url : `${url}?${text}`;
}

/**
 * Keeps one live connection: reconnects with growing pauses, resumes where it stopped, closes while the
 * page is hidden. Nothing in here knows a framework: copy it together with `backoff.ts`.
 */
export function createLiveClient(options: LiveOptions, environment: LiveEnvironment = browser) {
  let subscription = options.subscription;
  let since = options.since;
  let socket: WebSocket | undefined;
  let attempt = 0;
  let isRunning = false;
  let retryTimer: number | undefined;
  let silenceTimer: number | undefined;
  let hiddenTimer: number | undefined;
  let forgetVisibility = (): void => undefined;

  const { setTimer, clearTimer } = environment;
  const tell = (connection: Connection): void => options.onConnection?.(connection);
  const cancel = (timer: number | undefined): void => {
    if (timer !== undefined) clearTimer(timer);
  };

  function drop(): void {
    cancel(silenceTimer);
    cancel(retryTimer);
    const old = socket;
    socket = undefined;
    old?.close();
  }

  function retry(): void {
    drop();
    if (!isRunning) return;
    tell('waiting');
    retryTimer = setTimer(connect, backoffMs(attempt, environment.random));
    attempt += 1;
  }

  function watchSilence(): void {
    cancel(silenceTimer);
    silenceTimer = setTimer(retry, silenceMs);
  }

  function receive(data: unknown): void {
    watchSilence();
    if (typeof data !== 'string') return;
    const frame = parseFrame(data);
    if (frame === undefined) return;
    if (frame.type !== 'error') {
      since = frame.cursor;
      attempt = 0;
    }
    options.onFrame(frame);
  }

  function connect(): void {
    drop();
    tell('connecting');
    const mine = environment.open(toLiveUrl(options.url, subscription, since));
    socket = mine;
    watchSilence();
    mine.onopen = () => tell('open');
    mine.onmessage = (event: MessageEvent<unknown>) => receive(event.data);
    mine.onclose = () => {
      if (socket === mine) retry();
    };
  }

  function onVisibility(): void {
    cancel(hiddenTimer);
    if (!isRunning) return;
    if (environment.isHidden()) {
      hiddenTimer = setTimer(() => {
        drop();
        tell('closed');
      }, hiddenMs);
    } else if (socket === undefined) {
      attempt = 0;
      connect();
    }
  }

  return {
    start(): void {
      if (isRunning) return;
      isRunning = true;
      forgetVisibility = environment.onVisibility(onVisibility);
      connect();
    },
    stop(): void {
      isRunning = false;
      cancel(hiddenTimer);
      forgetVisibility();
      drop();
      tell('closed');
    },
    /** Try now instead of waiting, for instance when the browser is online again. */
    retryNow(): void {
      if (!isRunning || socket !== undefined) return;
      attempt = 0;
      connect();
    },
    /** Replaces what one hears of, on the open connection. */
    subscribe(next: Subscription): void {
      subscription = next;
      if (socket?.readyState !== 1) return;
      const message: SubscribeMessage = { type: 'subscribe', ...next };
      socket.send(JSON.stringify(message));
    },
  };
}

const types: readonly string[] = ['snapshot', 'delta', 'heartbeat', 'error'];

/** A frame of our own server; anything else is ignored, as a proxy may say what it likes. */
function parseFrame(text: string): LiveFrame | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
    return types.includes(String(value.type)) ? (value as LiveFrame) : undefined;
  } catch {
    return undefined;
  }
}
