import { WebSocket } from 'ws';
import type { Rhythm } from './measure.ts';

/**
 * Clients of the live stream in a process of their own. One in fifty reads its frames and takes the time
 * from when the metronome's uplink was due to the frame with it; the others only receive.
 * Arguments: port, number of clients.
 */
const [port = 0, clients = 1] = process.argv.slice(2).map(Number);
const delaysMs: number[] = [];
let rhythm: Rhythm | undefined;
let open = 0;

interface Frame {
  readonly type: string;
  readonly spaces?: readonly { readonly id: string; readonly lastSeenAt: string | null }[];
}

/** When the uplink was due that a space was last seen by; frames say that in whole seconds only. */
function dueAtMs({ startedAtMs, perS, devices }: Rhythm, id: string, lastSeenAt: string): number {
  const everyMs = (devices / perS) * 1000;
  const firstMs = startedAtMs + (Number(id.slice('space-'.length)) / perS) * 1000;
  const endOfSecondMs = Date.parse(lastSeenAt) + 999;
  return firstMs + Math.floor((endOfSecondMs - firstMs) / everyMs) * everyMs;
}

function read(data: Buffer, lastSeen: Map<string, string>): void {
  const now = Date.now();
  const frame = JSON.parse(data.toString()) as Frame;
  if (frame.type !== 'delta' || rhythm === undefined) return;
  for (const { id, lastSeenAt } of frame.spaces ?? []) {
    // A space also comes again when the past of it has changed.
    if (lastSeenAt === null || lastSeen.get(id) === lastSeenAt) continue;
    lastSeen.set(id, lastSeenAt);
    const dueMs = dueAtMs(rhythm, id, lastSeenAt);
    if (dueMs >= rhythm.startedAtMs) delaysMs.push(now - dueMs);
  }
}

for (let n = 0; n < clients; n += 1) {
  const lastSeen = new Map<string, string>();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/live`, { perMessageDeflate: false });
  // The snapshot comes first: with thousands of spaces and clients that is gigabytes.
  socket.once('message', () => {
    open += 1;
    if (open === clients) process.send?.('open');
  });
  socket.on('error', (error) => {
    throw error;
  });
  if (n % 50 === 0) socket.on('message', (data: Buffer) => read(data, lastSeen));
}
process.on('message', (message: 'report' | Rhythm) => {
  if (message === 'report') process.send?.({ delaysMs });
  else rhythm = message;
});
process.once('disconnect', () => process.exit());
