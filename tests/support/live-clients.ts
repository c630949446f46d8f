import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { liveFrameSchema, type LiveFrame } from '../../services/contract/live.ts';
import { waitFor } from './wait-for.ts';

export type Data = Extract<LiveFrame, { sites: unknown }>;
export const data = (frame: LiveFrame | undefined): Data => {
  if (frame?.type !== 'snapshot' && frame?.type !== 'delta') throw new Error(`got ${frame?.type}`);
  return frame;
};

const frameOf = (text: string): LiveFrame => liveFrameSchema.parse(JSON.parse(text));

/** A WebSocket that writes down the frames it gets. */
export async function openWebSocket(url: string, query = '') {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/live${query}`);
  const frames: LiveFrame[] = [];
  const its = { closeCode: 0, pings: 0 };
  socket.on('message', (text: Buffer) => frames.push(frameOf(text.toString())));
  // It is answered before anybody is told of it.
  socket.on('ping', () => (its.pings += 1));
  socket.on('close', (code) => (its.closeCode = code));
  await once(socket, 'open');
  return {
    frames,
    its,
    send: (message: string) => socket.send(message),
    got: (count: number) => waitFor(() => frames.length >= count, { what: `${count} frames` }),
    closed: () => waitFor(() => its.closeCode !== 0, { what: 'the end' }),
    /** Resolves when the server has heard everything that was sent before, pongs too. */
    async heard() {
      const pong = once(socket, 'pong');
      socket.ping();
      await pong;
    },
    close: () => socket.close(),
  };
}

interface StreamEvent {
  readonly event: string;
  readonly id: string;
  readonly frame: LiveFrame;
}

function toEvent(block: string): StreamEvent {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const frame = frameOf(fields.get('data') ?? '');
  return { event: fields.get('event') ?? '', id: fields.get('id') ?? '', frame };
}

/** A reader of the event stream. */
export async function openStream(url: string, query = '', headers: Record<string, string> = {}) {
  const ending = new AbortController();
  const response = await fetch(`${url}/api/v1/stream${query}`, { headers, signal: ending.signal });
  const events: StreamEvent[] = [];
  const its = { ended: '' };
  const read = async (): Promise<void> => {
    let rest = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) if (block.startsWith('event: ')) events.push(toEvent(block));
    }
  };
  const reading = read().then(
    () => (its.ended = 'whole'),
    () => (its.ended = 'torn'),
  );
  return {
    response,
    events,
    its,
    got: (count: number) => waitFor(() => events.length >= count, { what: `${count} events` }),
    ended: () => reading,
    close: () => ending.abort(),
  };
}

/** A TCP connection that says what it is told to and nothing else; it answers no ping and reads nothing. */
export async function openSilent(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.pause();
  socket.write(text);
  return socket;
}

export const upgradeRequest = [
  'GET /api/v1/live HTTP/1.1',
  'host: localhost',
  'connection: upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
  '\r\n',
].join('\r\n');
