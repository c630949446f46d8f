import { WebSocket } from 'ws';

/**
 * Clients of the live stream in a process of their own. One in fifty reads its frames and takes the time
 * from `lastSeenAt` of each space to now, of those seen since it was started; the others only receive.
 * Arguments: port, number of clients.
 */
const [port = 0, clients = 1] = process.argv.slice(2).map(Number);
const startedMs = Date.now();
const delaysMs: number[] = [];
let frames = 0;
let open = 0;

interface Frame {
  readonly type: string;
  readonly spaces?: readonly { readonly id: string; readonly lastSeenAt: string | null }[];
}

function read(data: Buffer, lastSeen: Map<string, string>): void {
  const now = Date.now();
  const frame = JSON.parse(data.toString()) as Frame;
  if (frame.type !== 'delta') return;
  for (const { id, lastSeenAt } of frame.spaces ?? []) {
    // A space also comes again when the past of it has changed.
    if (lastSeenAt === null || lastSeen.get(id) === lastSeenAt) continue;
    lastSeen.set(id, lastSeenAt);
    if (Date.parse(lastSeenAt) >= startedMs) delaysMs.push(now - Date.parse(lastSeenAt));
  }
}

for (let n = 0; n < clients; n += 1) {
  const lastSeen = new Map<string, string>();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/live`, { perMessageDeflate: false });
  socket.once('open', () => {
    open += 1;
    if (open === clients) process.send?.('open');
  });
  socket.on('error', (error) => {
    throw error;
  });
  socket.on('message', (data: Buffer) => {
    frames += 1;
    if (n % 50 === 0) read(data, lastSeen);
  });
}
process.on('message', () => process.send?.({ delaysMs, frames }));
process.once('disconnect', () => process.exit());
