import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { openUplinkLog } from '../../services/adapters/uplink-log/index.ts';
import type { Clock } from '../../services/ports/clock.ts';
import type { LogRecord, UplinkLog } from '../../services/ports/uplink-log.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { realClock } from '../support/real-clock.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { anUplink } from '../support/uplinks.ts';
import { waitFor } from '../support/wait-for.ts';

const config = {
  kind: 'file',
  segmentMb: 1,
  keepDays: 30,
  keepMb: 100,
  syncEveryMs: 20,
  syncEveryRecords: 256,
} as const;
const open = (
  directory: string,
  options: { clock?: Clock; log?: ReturnType<typeof createRecordingLogger>; keepMb?: number } = {},
): Promise<UplinkLog> =>
  openUplinkLog({
    config: { ...config, keepMb: options.keepMb ?? config.keepMb },
    directory,
    clock: options.clock ?? realClock,
    log: options.log ?? createRecordingLogger(),
  });
async function readAll(log: UplinkLog): Promise<readonly LogRecord[]> {
  const all: LogRecord[] = [];
  for await (const batch of log.read(1)) all.push(...batch);
  return all;
}
const segmentsOf = (directory: string): readonly string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .map((name) => join(directory, name));

/** Starts tests/support/log-appender.ts; `lines` fills with what it prints. */
function startAppender(directory: string, prefix: readonly string[] = []) {
  const script = new URL('../support/log-appender.ts', import.meta.url).pathname;
  const child = spawn('env', [...prefix, process.execPath, script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  // Its output ends before the process does, which then still holds the directory.
  const ended = Promise.all([once(output, 'close'), once(child, 'exit')]);
  return {
    lines,
    pid: child.pid ?? 0,
    async kill9() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe('the log file and the end of its process', () => {
  test('loses nothing it acknowledged when killed with -9 at any point, again and again', async () => {
    const directory = temporaryDirectory();
    for (const afterLines of [1, 2_345, 777, 12_000, 150]) {
      const appender = startAppender(directory);
      await waitFor(() => appender.lines.length >= afterLines, { what: 'appended records' });
      await appender.kill9();
      const acknowledged = Number(appender.lines.at(-1));

      const log = await open(directory);
      const { last } = log.status();
      expect(last).toBeGreaterThanOrEqual(acknowledged);
      const records = await readAll(log);
      expect(records.map(({ seq }) => seq)).toEqual(records.map((_, i) => i + 1));
      expect(records).toHaveLength(last);
      expect(records.every(({ seq, uplink }) => uplink.fCnt === seq)).toBe(true);
      await log.close();
    }
    expect(segmentsOf(directory).length).toBeGreaterThan(1);
  });

  test('cuts a torn tail wherever the last write broke off, and goes on after it', async () => {
    const directory = temporaryDirectory();
    const first = await open(directory);
    for (let fCnt = 1; fCnt <= 3; fCnt += 1) first.append(anUplink({ fCnt }));
    await first.close();
    const [path = ''] = segmentsOf(directory);
    const whole = readFileSync(path);
    const recordBytes = (whole.length - 14) / 3;
    for (let kept = whole.length - recordBytes; kept < whole.length; kept += 1) {
      writeFileSync(path, whole);
      truncateSync(path, kept);
      const log = await open(directory);
      expect(log.status()).toMatchObject({
        last: 2,
        cutBytes: kept - (whole.length - recordBytes),
      });
      expect(log.append(anUplink({ fCnt: 4 }))).toBe(3);
      expect((await readAll(log)).map(({ uplink }) => uplink.fCnt)).toEqual([1, 2, 4]);
      await log.close();
    }
  });

  test.each([
    { name: 'an empty file', bytes: Buffer.alloc(0) },
    { name: 'half a header', bytes: Buffer.from('PLO') },
    { name: 'zeroes, as a power cut leaves them', bytes: Buffer.alloc(5000) },
  ])('starts again from a newest segment that is $name', async ({ bytes }) => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, '000000000000042.log'), bytes);
    const log = await open(directory);
    expect(log.append(anUplink())).toBe(42);
    await log.close();
    const again = await open(directory);
    expect(again.status()).toMatchObject({ last: 42, cutBytes: 0 });
    await again.close();
  });

  test('one damaged record is reported with file and place, and costs no other', async () => {
    const directory = temporaryDirectory();
    const first = await open(directory);
    for (let fCnt = 1; fCnt <= 20_000; fCnt += 1) first.append(anUplink({ fCnt }));
    await first.close();
    const [oldest = '', newest = ''] = segmentsOf(directory);
    const size = statSync(oldest).size;
    for (const path of [oldest, newest]) {
      const bytes = readFileSync(path);
      bytes[500_000] = ~bytes[500_000]!;
      writeFileSync(path, bytes);
    }
    const log = createRecordingLogger();
    const second = await open(directory, { log });
    const seqs = (await readAll(second)).map(({ seq }) => seq);
    expect(seqs).toHaveLength(20_000 - 2);
    expect(seqs.at(-1)).toBe(20_000);
    expect(second.append(anUplink())).toBe(20_001);
    await readAll(second);
    await second.close();

    const errors = log.lines.filter(({ level }) => level === 'error');
    expect(errors.map(({ fields }) => fields['err'])).toEqual([
      expect.objectContaining({ code: 'log-corrupt', message: expect.stringContaining(newest) }),
      expect.objectContaining({ code: 'log-corrupt', message: expect.stringContaining(oldest) }),
    ]);
    expect(statSync(oldest).size).toBe(size);
  });

  test('a segment of another version stops the start with one sentence', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, '000000000000001.log'), 'PLOTLOG\u0009......');
    await expect(open(directory)).rejects.toMatchObject({
      code: 'log-corrupt',
      message: expect.stringMatching(/000000000000001\.log was written by another version/),
    });
    // And does not keep the directory from whoever puts that right.
    rmSync(join(directory, '000000000000001.log'));
    await (await open(directory)).close();
  });
});

describe('the log file and the disk', () => {
  test('a full disk fails the append, keeps what was there, and is over when there is room', async () => {
    const directory = temporaryDirectory();
    const limit = ['prlimit', '--fsize=200000:unlimited'];
    const appender = startAppender(directory, limit);
    const full = await waitFor(() => appender.lines.find((line) => line.startsWith('full')), {
      what: 'a failed append',
    });
    expect(full).toMatch(/^full log-unavailable cannot write to the log in .*EFBIG/);
    await waitFor(() => appender.lines.filter((line) => line.startsWith('full')).length > 3);
    const before = appender.lines.filter((line) => /^\d+$/.test(line)).length;

    execFileSync('prlimit', ['--pid', `${appender.pid}`, '--fsize=unlimited']);
    await waitFor(() => appender.lines.filter((line) => /^\d+$/.test(line)).length > before + 5000);
    await appender.kill9();
    const seqs = appender.lines.filter((line) => /^\d+$/.test(line)).map(Number);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    const log = createRecordingLogger();
    const again = await open(directory, { log });
    expect((await readAll(again)).length).toBeGreaterThanOrEqual(seqs.length);
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
    await again.close();
  });

  test('a directory that cannot be made is one clear sentence', async () => {
    const file = join(temporaryDirectory(), 'file');
    appendFileSync(file, '');
    await expect(open(join(file, 'log'))).rejects.toMatchObject({
      code: 'log-unavailable',
      message: expect.stringMatching(/^cannot open the log: .*ENOTDIR/),
    });
  });

  test('drops whole segments that are recorded elsewhere, by age', async () => {
    const clock = createManualClock();
    const log = await open(temporaryDirectory(), { clock });
    for (let day = 0; day < 60; day += 1) {
      for (let i = 0; i < 1000; i += 1) log.append(anUplink());
      clock.advance(86_400_000);
    }
    const { segments } = log.status();
    expect(segments).toBeGreaterThan(4);
    await log.release(1);
    expect(log.status()).toMatchObject({ first: 1, segments });

    await log.release(log.status().last + 1);
    const { first, last } = log.status();
    expect(first).toBeGreaterThan(15_000);
    expect(first).toBeLessThanOrEqual(30_001);
    expect(await readAll(log)).toHaveLength(last - first + 1);
    await log.close();
  });

  test('drops by size, but never what the recorder still needs, and never its own number', async () => {
    const directory = temporaryDirectory();
    const log = await open(directory, { keepMb: 2 });
    for (let i = 0; i < 60_000; i += 1) log.append(anUplink());
    await log.release(15_000);
    const { first } = log.status();
    expect(first).toBeLessThanOrEqual(15_000);
    expect(first).toBeGreaterThan(1);
    await log.release(60_001);
    expect(log.status().bytes).toBeLessThanOrEqual(2 * 1024 * 1024);
    await log.close();
    const again = await open(directory);
    expect(again.status().last).toBe(60_000);
    await again.close();
  });
});

describe('the log directory', () => {
  test('belongs to one process at a time', async () => {
    const directory = temporaryDirectory();
    const appender = startAppender(directory);
    await waitFor(() => appender.lines.length > 0);
    await expect(open(directory)).rejects.toMatchObject({
      code: 'log-unavailable',
      message: `the log in ${directory} is in use by another process`,
    });
    await appender.kill9();
    const log = await open(directory);
    await expect(open(directory)).rejects.toMatchObject({ code: 'log-unavailable' });
    await log.close();
    await (await open(directory)).close();
  });

  test('may have a long path', async () => {
    const directory = join(temporaryDirectory(), 'a'.repeat(200));
    const log = createRecordingLogger();
    await (await open(directory, { log })).close();
    expect(log.lines).toEqual([]);
  });
});
