import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exponential, integer, randomFrom, uniform } from '../../simulators/random.ts';

const run = promisify(execFile);
const command = new URL('../../services/app/estimate.ts', import.meta.url).pathname;

const readyRatio = 0.2;
const passesPerHour = 180;
const spaces = 6;
const hours = 4;
const firstDayMs = Date.UTC(2026, 5, 1, 7);
const iso = (ms: number): string => new Date(Math.round(ms)).toISOString();

/** One kerb, ten mornings, sensors without faults. */
function recordKerb(stretchId: string, days: number) {
  const random = randomFrom('csv', stretchId);
  const transitions: string[] = [];
  const counts: string[] = [];
  for (let day = 0; day < days; day++) {
    const startMs = firstDayMs + day * 86_400_000;
    const say = (atS: number, space: number, status: string) =>
      transitions.push(`${iso(startMs + atS * 1000)},${stretchId}-${space},${status}`);
    const leavesS: (number | null)[] = Array.from({ length: spaces }, () =>
      exponential(random, 2400),
    );
    leavesS.forEach((_, space) => say(0, space, 'occupied'));
    const vehicles = new Array<number>(hours).fill(0);
    for (
      let atS = exponential(random, 20);
      atS < hours * 3600;
      atS += exponential(random, 3600 / passesPerHour)
    ) {
      leavesS.forEach((leaves, space) => {
        if (leaves === null || leaves > atS) return;
        say(leaves, space, 'vacant');
        leavesS[space] = null;
      });
      const hour = Math.floor(atS / 3600);
      vehicles[hour] = (vehicles[hour] ?? 0) + 1;
      const free = leavesS.flatMap((leaves, space) => (leaves === null ? [space] : []));
      const space = free[integer(random, Math.max(1, free.length))];
      if (space === undefined || uniform(random) >= readyRatio) continue;
      say(atS, space, 'occupied');
      leavesS[space] = atS + 180 + exponential(random, 2400);
    }
    vehicles.forEach((n, hour) =>
      counts.push(
        `${iso(startMs + hour * 3_600_000)},${iso(startMs + (hour + 1) * 3_600_000)},${stretchId},${n}`,
      ),
    );
  }
  return { transitions, counts };
}

interface Line {
  readonly stretchId: string;
  readonly takes: number;
  readonly exposure: number;
  readonly searchReadyRatio: number | null;
  readonly fullRatio: number | null;
  readonly searchShareRatio: number | null;
  readonly interval: readonly [number, number] | null;
  readonly phantomRatio: number | null;
  readonly sufficiency: string;
  readonly reasons: readonly { readonly code: string; readonly de: string; readonly en: string }[];
}
interface Answer {
  readonly stretches: readonly Line[];
  readonly all: Line;
}

let folder: string;
const write = (file: string, lines: readonly string[]) =>
  writeFile(join(folder, file), `${lines.join('\n')}\n`);

/** Writes a folder of `stretches` kerbs; `keep` says which count lines are written. */
async function writeRecording(stretches: number, days: number, keep: (line: string) => boolean) {
  const ids = Array.from({ length: stretches }, (_, s) => `s${s}`);
  const recorded = ids.map((id) => recordKerb(id, days));
  await write('stretches.csv', ['stretch_id,length_m', ...ids.map((id) => `${id},100`)]);
  await write('spaces.csv', [
    'space_id,stretch_id',
    ...ids.flatMap((id) => Array.from({ length: spaces }, (_, space) => `${id}-${space},${id}`)),
  ]);
  await write('transitions.csv', [
    'time,space_id,status',
    ...recorded.flatMap((kerb) => kerb.transitions),
  ]);
  await write('counts.csv', [
    'from,to,stretch_id,vehicles',
    ...recorded.flatMap((kerb) => kerb.counts).filter(keep),
  ]);
}

const estimate = async () => {
  const { stdout, stderr } = await run(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    command,
    folder,
  ]);
  return { answer: JSON.parse(stdout) as Answer, stderr };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'estimate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the ready share of recorded kerbs is found; below ten there is no figure for all', async () => {
  await writeRecording(2, 10, () => true);
  const { answer, stderr } = await estimate();
  expect(stderr).toBe('');
  expect(answer.stretches.map(({ stretchId }) => stretchId)).toEqual(['s0', 's1']);
  for (const line of answer.stretches) {
    expect(line.searchReadyRatio).toBeGreaterThan(0.15);
    expect(line.searchReadyRatio).toBeLessThan(0.25);
    expect(line.interval?.[0]).toBeLessThan(line.searchShareRatio ?? 0);
    expect(line.interval?.[1]).toBeGreaterThan(line.searchShareRatio ?? 1);
  }
  expect(answer.all).toMatchObject({ searchShareRatio: null, sufficiency: 'insufficient' });
  expect(answer.all.reasons.map(({ code }) => code)).toEqual(['few-stretches']);
});

test('hours without counts are no exposure', async () => {
  await writeRecording(1, 4, () => true);
  const whole = (await estimate()).answer.stretches[0]!;
  // Only the first two of each day's four hours are left.
  await writeRecording(1, 4, (line) => /T0[78]:00:00.000Z,/.test(line.slice(0, 25)));
  const half = (await estimate()).answer.stretches[0]!;
  expect(half.exposure).toBeLessThan(0.7 * whole.exposure);
  expect(half.searchReadyRatio! / whole.searchReadyRatio!).toBeGreaterThan(0.6);
  expect(half.searchReadyRatio! / whole.searchReadyRatio!).toBeLessThan(1.6);
});

test('from ten stretches on, all is estimator N', async () => {
  await writeRecording(10, 3, () => true);
  const { all } = (await estimate()).answer;
  // Independent kerbs: the share is the ready share times the time full.
  expect(all.searchShareRatio).toBeGreaterThan(0.8 * readyRatio * (all.fullRatio ?? 1));
  expect(all.searchShareRatio).toBeLessThan(1.1 * readyRatio * (all.fullRatio ?? 0));
  expect(all.interval?.[0]).toBeLessThan(all.searchShareRatio ?? 0);
  expect(all.interval?.[1]).toBeGreaterThan(all.searchShareRatio ?? 1);
  expect(all.reasons.map(({ code }) => code)).toContain('few-days');
});

test('a bad row is named by file and line and does not stop the rest', async () => {
  await writeRecording(1, 4, () => true);
  const good = (await estimate()).answer;
  await write('spaces.csv', [
    'space_id,stretch_id',
    ...Array.from({ length: spaces }, (_, space) => `s0-${space},s0`),
    'lost,nowhere',
  ]);
  const { counts } = recordKerb('s0', 4);
  await write('counts.csv', [
    'from,to,stretch_id,vehicles',
    'yesterday,today,s0,4',
    ...counts,
    ',,,',
  ]);
  const { answer, stderr } = await estimate();
  expect(answer).toEqual(good);
  expect(stderr.split('\n').filter((line) => line !== '')).toEqual([
    "spaces.csv:8: stretch_id: no stretch 'nowhere' in stretches.csv",
    "counts.csv:2: from: 'yesterday' is no ISO 8601 time",
    `counts.csv:${counts.length + 3}: from is empty`,
  ]);
});

test('a missing file or column ends with 2 and its name', async () => {
  await rm(join(folder, 'counts.csv'));
  await write('spaces.csv', ['space', 'p1']);
  await expect(estimate()).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /spaces\.csv: column space_id, stretch_id is missing[\s\S]*counts\.csv/,
    ),
  });
});
