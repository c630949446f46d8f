import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { waitFor } from './wait-for.ts';

/** A real server in a process of its own, on the loopback interface. It ends with the test process. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** Where it keeps its data; survives `restart`. */
  readonly directory: string;
  /** Asks it to end (SIGTERM) and waits until it has. */
  stop(): Promise<void>;
  /** Ends it as a power cut would and waits until it has. */
  kill9(): Promise<void>;
  /** Starts it again with the same port and data, after stopping it if it still runs. */
  restart(): Promise<void>;
  /** Stops it in its tracks (SIGSTOP), as a host that hangs; connections stay open and silent. */
  freeze(): void;
  thaw(): void;
}

const accepts = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
};

/**
 * A server is asked again to end when it has not for so long: mosquitto forgets what it is told between
 * opening its port and beginning its work.
 */
const askAgainAfterMs = 3_000;

/** Where Debian puts servers; only root's `PATH` leads there. */
const serversPath = '/usr/sbin';

/** Runs a server program and resolves when its port accepts connections; fails with what it printed. */
export async function startServer(options: {
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly url: string;
  readonly directory: string;
}): Promise<TestServer> {
  const { command, args, port, url, directory } = options;
  let child: ChildProcess | undefined;
  let output = '';

  const start = async (): Promise<void> => {
    output = '';
    // The kernel ends the server with the thread that started it, even when that is killed with -9.
    const started = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:${serversPath}` },
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000)));
    }
    const state = await waitFor(
      async () => {
        if (started.exitCode !== null || started.signalCode !== null) return 'ended';
        return (await accepts(port)) && 'ready';
      },
      { what: `${command} to listen on port ${port}` },
    );
    if (state === 'ended') throw new Error(`${command} ended with ${started.exitCode}: ${output}`);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined) return;
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (!ended) {
      const exit = once(child, 'exit');
      child.kill(signal);
      const again = setInterval(() => child?.kill(signal), askAgainAfterMs);
      await exit.finally(() => clearInterval(again));
    }
    child = undefined;
  };

  await start();
  return {
    url,
    port,
    directory,
    stop: () => end('SIGTERM'),
    kill9: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM');
      await start();
    },
    freeze() {
      if (child?.pid === undefined) return;
      child.kill('SIGSTOP');
      // On a busy machine the signal is obeyed a little later than it is sent: every thread has to stop.
      const states = join('/proc', String(child.pid), 'task');
      const isRunning = (thread: string): boolean =>
        !/^State:\s+T/m.test(readFileSync(join(states, thread, 'status'), 'utf8'));
      while (readdirSync(states).some(isRunning));
    },
    thaw: () => void child?.kill('SIGCONT'),
  };
}
