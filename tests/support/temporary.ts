import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const directories: string[] = [];
process.once('exit', () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});
// Vitest ends the process of a test file by this signal, which alone would leave no time for it.
process.once('SIGTERM', () => process.exit());

/** An empty directory that is removed when the test process ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'parklotse-'));
  directories.push(directory);
  return directory;
}

/** Below those that the system gives to connections and to whoever asks for any port (32,768 and up). */
const ports = { first: 10_000, count: 22_000 };
/** Every test file is a process of its own and begins elsewhere. */
let nextPort = process.pid * 61;

function canListen(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A TCP port of the loopback interface that nobody listens on, nor gets by chance a moment later. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < ports.count; tried += 1) {
    nextPort += 1;
    const port = ports.first + (nextPort % ports.count);
    if (await canListen(port)) return port;
  }
  throw new Error('no TCP port is free');
}
