import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from './wait-for.ts';

const root = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly scripts: { readonly start: string };
};
/** Node's options and the program, as `npm start` has them. */
const [, ...command] = scripts.start
  .split(' ')
  .map((word) => word.replace(/^services/, `${root}/services`));

export interface Product {
  readonly url: string;
  output(): string;
  json(path: string): Promise<unknown>;
  text(path: string): Promise<string>;
  /** The memory it has, MB (resident set, as the kernel counts it). */
  residentMb(): number;
  /** Resolves with its exit code when it ends by itself. */
  ended(): Promise<number | null>;
  /** Asks it to read its deployment folder again. */
  reload(): void;
  /** Ends it as an operator would; gives its exit code. */
  stop(): Promise<number | null>;
  /** Ends it as a power cut would. */
  kill9(): Promise<void>;
}

function spawnProduct(args: readonly string[], env: Readonly<Record<string, string>>) {
  // The kernel ends the product with the thread that started it: a test that fails leaves none behind.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, ...command, ...args], {
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-20_000)));
  const exited = once(child, 'exit');
  /** After the last of what it has said, too. */
  const closed = once(child, 'close') as Promise<[number | null]>;
  return { child, exited, closed, output: () => output };
}

/** The product as `npm start` runs it, on a free port; resolves when it says its address. */
export async function startProduct(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Product> {
  const { child, exited, closed, output } = spawnProduct(args, env);
  const said = await waitFor(
    () => child.exitCode !== null || /http:\/\/localhost:(\d+)/.exec(output())?.[1],
    { what: 'the product to say its address' },
  );
  if (said === true) throw new Error(`ended with ${child.exitCode}: ${output()}`);
  const port = said;
  const url = `http://127.0.0.1:${port}`;
  const text = async (path: string): Promise<string> => (await fetch(url + path)).text();
  return {
    url,
    output,
    text,
    residentMb() {
      const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
    },
    json: async (path) => JSON.parse(await text(path)) as unknown,
    ended: async () => (await closed)[0],
    reload: () => void child.kill('SIGHUP'),
    async stop() {
      child.kill('SIGTERM');
      return (await closed)[0];
    },
    async kill9() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Runs the product until it ends by itself. */
export async function runProduct(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly output: string }> {
  const { closed, output } = spawnProduct(args, env);
  const [code] = await closed;
  return { code, output: output() };
}
