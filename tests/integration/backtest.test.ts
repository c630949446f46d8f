import { execFile } from 'node:child_process';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const fixture = join(root, 'tests/fixtures/backtest-series.csv');

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
const run = (...args: string[]): Promise<Run> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', 'services/app/backtest.ts', ...args],
      { cwd: root },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });

describe('npm run backtest', () => {
  let folder = '';
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'backtest-'))));
  afterAll(() => rm(folder, { recursive: true }));
  const file = async (text: string): Promise<string> => {
    const path = join(folder, 'series.csv');
    await writeFile(path, text);
    return path;
  };

  test('forecasts half an hour and an hour better than the last count and the profile', async () => {
    const { code, stdout } = await run(fixture, '--horizons', '30,60', '--json');
    expect(code).toBe(0);
    const { horizons } = JSON.parse(stdout) as { horizons: Record<string, number>[] };
    expect(horizons.map((score) => Object.keys(score))).toEqual(
      Array(2).fill([
        'minutes',
        'sites',
        'samples',
        'maePersistence',
        'maeProfile',
        'mae',
        'brier',
      ]),
    );
    for (const score of horizons) {
      expect(score['sites']).toBe(2);
      expect(score['samples']).toBeGreaterThan(300);
      expect(score['mae']).toBeLessThan(score['maePersistence']!);
      expect(score['mae']).toBeLessThan(score['maeProfile']!);
      expect(score['brier']).toBeLessThan(0.1);
    }
  });

  test('prints a table with the reliability of the chance told', async () => {
    const { code, stdout } = await run(fixture);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {5}15 +0 +0 +– +– +– +–/m);
    expect(stdout).toMatch(/^ {5}60 +2 +\d+/m);
    expect(stdout).toMatch(/told 1\.00 +came (?:1\.00|0\.99)/);
  });

  test('leaves bad lines out and says so', async () => {
    const path = await file(
      'time,site_id,capacity,free\n2026-03-02T10:00:00Z,a,10,5\nyesterday,a,10,5\n2026-03-02T11:00:00Z,a,10,\n2026-03-02T12:00:00,a,10,99\n',
    );
    const { code, stderr, stdout } = await run(path, '--json');
    expect(code).toBe(0);
    expect(stderr).toContain('2 lines left out (line 3, 4');
    expect(JSON.parse(stdout)).toMatchObject({
      horizons: [{ mae: null }, { mae: null }, { mae: null }],
    });
  });

  test.each([
    ['no file', [], 2],
    ['a file that is not there', ['nowhere.csv'], 1],
    ['a horizon that is no number', [fixture, '--horizons', 'soon'], 2],
    ['an unknown option', [fixture, '--fast'], 2],
  ])('%s ends with its exit code and a reason', async (_, args, expected) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(expected);
    expect(stderr).not.toBe('');
  });

  test('a file without the columns is refused by their names', async () => {
    const { code, stderr } = await run(await file('a,b\n1,2\n'));
    expect(code).toBe(2);
    expect(stderr).toContain('time, site_id, capacity, free');
  });
});
