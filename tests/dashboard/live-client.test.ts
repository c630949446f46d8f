import { beforeEach, describe, expect, test } from 'vitest';
import type { LiveFrame } from '../../services/contract/live.ts';
import {
  createLiveClient,
  toLiveUrl,
  type Connection,
  type LiveEnvironment,
} from '../../dashboard/src/live/live-client.ts';

/** A socket a test can open, feed and break. */
class FakeSocket {
  readonly url: string;
  readonly sent: string[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor(url: string) {
    this.url = url;
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  say(frame: LiveFrame | string): void {
    this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.();
  }
}

let sockets: FakeSocket[];
let timers: Map<number, { run: () => void; ms: number }>;
let isHidden: boolean;
let visibility: (() => void) | undefined;
let frames: LiveFrame[];
let connections: Connection[];

const environment: LiveEnvironment = {
  open: (url) => {
    const socket = new FakeSocket(url);
    sockets.push(socket);
    return socket as unknown as WebSocket;
  },
  setTimer: (run, ms) => {
    const timer = Math.max(0, ...timers.keys()) + 1;
    timers.set(timer, { run, ms });
    return timer;
  },
  clearTimer: (timer) => void timers.delete(timer),
  random: () => 1,
  isHidden: () => isHidden,
  onVisibility: (listener) => {
    visibility = listener;
    return () => (visibility = undefined);
  },
};

/** Lets the timer of that length ring. */
function ring(ms: number): void {
  const found = [...timers].find(([, timer]) => timer.ms === ms);
  expect(found, `a timer of ${ms} ms`).toBeDefined();
  timers.delete(found![0]);
  found![1].run();
}

const start = () => {
  const client = createLiveClient(
    {
      url: 'ws://town/api/v1/live',
      subscription: { kinds: ['sites'] },
      since: 'e.1',
      onFrame: (frame) => frames.push(frame),
      onConnection: (connection) => connections.push(connection),
    },
    environment,
  );
  client.start();
  return client;
};
const heartbeat = (cursor: string): LiveFrame => ({
  type: 'heartbeat',
  cursor,
  publishedAt: '2026-11-21T13:32:00Z',
  lastUplinkAt: null,
});

beforeEach(() => {
  sockets = [];
  timers = new Map();
  isHidden = false;
  frames = [];
  connections = [];
});

describe('live client', () => {
  test('writes lists comma-separated into the address', () => {
    expect(toLiveUrl('ws://t/live', { kinds: ['spaces'], bbox: [8, 49, 9, 50] }, 'e.7')).toBe(
      'ws://t/live?since=e.7&kinds=spaces&bbox=8%2C49%2C9%2C50',
    );
  });

  test('resumes after the last frame it has seen', () => {
    start();
    sockets[0]!.open();
    sockets[0]!.say(heartbeat('e.9'));
    sockets[0]!.close();
    ring(1000);
    expect(sockets[1]!.url).toContain('since=e.9');
  });

  test('waits longer from attempt to attempt and starts over after a frame', () => {
    start();
    sockets[0]!.close();
    ring(1000);
    sockets[1]!.close();
    ring(2000);
    sockets[2]!.say(heartbeat('e.2'));
    sockets[2]!.close();
    ring(1000);
    expect(sockets).toHaveLength(4);
  });

  test('gives up a connection that says nothing for three heartbeats', () => {
    start();
    sockets[0]!.open();
    ring(45_000);
    expect(sockets[0]!.readyState).toBe(3);
    expect(connections.at(-1)).toBe('waiting');
  });

  test('gives its connection back after a minute in a hidden page and comes back when seen', () => {
    start();
    sockets[0]!.open();
    isHidden = true;
    visibility?.();
    ring(60_000);
    expect(sockets[0]!.readyState).toBe(3);
    expect(sockets).toHaveLength(1);
    isHidden = false;
    visibility?.();
    expect(sockets).toHaveLength(2);
  });

  test('stays connected when hidden for less than a minute', () => {
    start();
    isHidden = true;
    visibility?.();
    isHidden = false;
    visibility?.();
    expect(sockets).toHaveLength(1);
    expect([...timers.values()].some(({ ms }) => ms === 60_000)).toBe(false);
  });

  test.each(['', '{', '[]', 'null', '{"type":"other"}'])('ignores %j', (text) => {
    start();
    sockets[0]!.say(text);
    expect(frames).toEqual([]);
  });

  test('tells a running server what it wants now', () => {
    const client = start();
    sockets[0]!.open();
    client.subscribe({ kinds: ['spaces'], bbox: [8, 49, 9, 50] });
    expect(JSON.parse(sockets[0]!.sent[0]!)).toEqual({
      type: 'subscribe',
      kinds: ['spaces'],
      bbox: [8, 49, 9, 50],
    });
  });

  test('is silent for good once stopped', () => {
    const client = start();
    client.stop();
    expect(timers.size).toBe(0);
    expect(sockets[0]!.readyState).toBe(3);
    expect(visibility).toBeUndefined();
  });
});
