import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { waitFor } from '../support/wait-for.ts';

test('a server that npm started ends in order when npm is told to end', async () => {
  const args = ['--config', deploymentFolder(1), '--data', temporaryDirectory(), '--port', '0'];
  const npm = spawn('npm', ['start', '--', ...args], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  npm.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  // The server holds the other end, so this comes when it has ended, too.
  const closed = once(npm.stdout, 'close');
  const url = await waitFor(() => /http:\/\/localhost:\d+/.exec(output)?.[0], {
    what: 'the server to say its address',
  });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  npm.kill('SIGTERM');
  await closed;
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});
