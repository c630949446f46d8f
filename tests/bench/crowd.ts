import { WebSocket } from 'ws';
import { connect } from 'node:net';

/**
 * A crowd of live clients in a process of its own, half of them WebSockets and half event streams. One in
 * fifty reads its frames and takes the time from each change, which it was told of, to now; the others take
 * what comes and look at nothing, so that the crowd is no slower than the server. Arguments: port, clients.
 */
const [port = 0, clients = 1] = process.argv.slice(2).map(Number);
const delaysMs: number[] = [];
let frames = 0;
let open = 0;
let ended = 0;

/** When the server was told of a change, by space and status. */
const changedAtMs = new Map<string, number>();

interface Frame {
  readonly type: string;
  readonly spaces?: readonly { readonly id: string; readonly status: string }[];
}

function read(text: string): void {
  const now = performance.timeOrigin + performance.now();
  const frame = JSON.parse(text) as Frame;
  if (frame.type !== 'delta') return;
  for (const { id, status } of frame.spaces ?? []) {
    const atMs = changedAtMs.get(`${id} ${status}`);
    if (atMs !== undefined) delaysMs.push(now - atMs);
  }
}

const opened = (): void => {
  open += 1;
  if (open === clients) process.send?.('open');
};

function openReadSocket(): void {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/live`, { perMessageDeflate: false });
  socket.once('message', opened);
  socket.on('error', (error) => {
    throw error;
  });
  socket.on('close', () => (ended += 1));
  socket.on('message', (data: Buffer) => {
    frames += 1;
    read(data.toString());
  });
}

function openRaw(question: string, onText: (text: string) => void): void {
  const socket = connect(port, '127.0.0.1');
  socket.write(question);
  socket.on('error', (error) => {
    throw error;
  });
  socket.on('close', () => (ended += 1));
  socket.once('data', opened);
  socket.on('data', (chunk: Buffer) => onText(chunk.toString('latin1')));
}

const streamQuestion = 'GET /api/v1/stream HTTP/1.1\r\nhost: localhost\r\n\r\n';

function openReadStream(): void {
  let rest = '';
  openRaw(streamQuestion, (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data: ')) continue;
      frames += 1;
      read(line.slice(6));
    }
  });
}

function openSilent(question: string): void {
  const socket = connect(port, '127.0.0.1');
  socket.write(question);
  socket.on('error', (error) => {
    throw error;
  });
  socket.on('close', () => (ended += 1));
  socket.once('data', opened).resume();
}

const socketQuestion = [
  'GET /api/v1/live HTTP/1.1',
  'host: localhost',
  'connection: upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg==',
  '\r\n',
].join('\r\n');

async function openAll(): Promise<void> {
  for (let n = 0; n < clients; n += 1) {
    const isRead = n % 100 < 2;
    if (isRead) [openReadSocket, openReadStream][n % 2]?.();
    else openSilent(n % 2 ? streamQuestion : socketQuestion);
    // As many as wait for an answer: a crowd at once would wait in the kernel's queue.
    while (n - open > 100) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

process.on('message', (message: 'report' | { readonly key: string; readonly atMs: number }) => {
  if (message === 'report')
    process.send?.({ delaysMs, framesAClient: frames / Math.ceil(clients / 50), ended });
  else changedAtMs.set(message.key, message.atMs);
});
process.once('disconnect', () => process.exit());
void openAll();
