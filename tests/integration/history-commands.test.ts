import { execFile } from 'node:child_process';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { duckdbStore } from '../../services/adapters/history-store/duckdb.ts';
import { batch, observation, startMs } from '../contract/history-store-rows.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Runs `npm run export` or `npm run import` as a user does. */
const run = (command: 'export' | 'import', args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>(
    (resolve) => {
      const script = new URL(`../../services/app/${command}.ts`, import.meta.url).pathname;
      const flags = ['--disable-warning=ExperimentalWarning', script, ...args];
      execFile(process.execPath, flags, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      });
    },
  );
const openHistory = (data: string) =>
  duckdbStore({ path: join(data, 'history/history.duckdb'), memoryLimitMb: 128, threads: 1 });

test('a history moves from one data folder to another', async () => {
  const [from, to, archive] = [temporaryDirectory(), temporaryDirectory(), temporaryDirectory()];
  const empty = await run('export', [
    ...['--data', from, '--from', '2026-03-01', '--to', '2026-03-02', temporaryDirectory()],
  ]);
  expect(empty).toMatchObject({ code: 0, stderr: '' });
  const store = await openHistory(from);
  await store.append(batch({ observations: [observation(1), observation(2)] }));
  const days = ['--from', '2026-03-02', '--to', '2026-03-03'];
  expect(await run('export', ['--data', from, ...days, archive])).toMatchObject({
    code: 1,
    stderr: 'another process holds the history file\n',
  });
  await store.close();
  const exported = await run('export', ['--data', from, ...days, archive]);
  expect(exported.stdout).toMatch(/^2 observation, 0 transition/);
  expect(await run('export', ['--data', from, ...days, archive])).toMatchObject({
    code: 1,
    stderr: `${archive} is not empty: name a new folder\n`,
  });
  expect(await run('import', ['--data', to, archive])).toEqual({
    code: 0,
    stdout: '2 observation\n',
    stderr: '',
  });
  const moved = await openHistory(to);
  const range = { fromMs: startMs, toMs: startMs + 10 };
  expect(await moved.observations(range)).toEqual([observation(1), observation(2)]);
  await moved.close();
});

test.each([
  { args: ['--from', 'soon', '--to', '2026-03-02', 'x'], says: '--from must be a day such as' },
  { args: ['--from', '2026-03-02', '--to', '2026-03-02', 'x'], says: '--to must be a later day' },
  { args: ['--from', '2026-03-02', '--to', '2026-03-03'], says: 'name one folder' },
  { args: ['--form', '2026-03-02'], says: '--form' },
])('wrong usage ends with 2 and says so: $says', async ({ args, says }) => {
  const { code, stderr } = await run('export', ['--data', temporaryDirectory(), ...args]);
  expect(code).toBe(2);
  expect(stderr).toContain(says);
  expect(stderr).toContain('usage: npm run export');
});
