import { appendFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileGuidedRecord } from '../../../services/adapters/guided-record/file.ts';
import type { GuidedStop } from '../../../services/domain/guidance/guided-stops.ts';
import { toSiteId } from '../../../services/domain/ids.ts';
import { createRecordingLogger } from '../../support/recording-logger.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const noonMs = Date.UTC(2026, 4, 2, 12);
const hourMs = 3_600_000;
const stop = (atMs: number, site = 'a'): GuidedStop => ({
  kind: 'parked',
  siteId: toSiteId(site),
  atMs,
  detourM: 0,
});

test('stops come back in the order of time, over days and restarts', async () => {
  const folder = join(temporaryDirectory(), 'guided');
  const log = createRecordingLogger();
  const open = () => fileGuidedRecord(folder, 30, () => noonMs, log);
  const detour: GuidedStop = { ...stop(noonMs - 1_000), kind: 'found-full', detourM: 417 };
  const first = open();
  for (const one of [stop(noonMs), detour, stop(noonMs - 24 * hourMs, 'b')]) first.append(one);
  expect(await open().between(noonMs - 48 * hourMs, noonMs + 1)).toEqual([
    stop(noonMs - 24 * hourMs, 'b'),
    detour,
    stop(noonMs),
  ]);
  expect(await open().between(noonMs - 24 * hourMs, noonMs)).toHaveLength(2);
  expect(await open().between(noonMs, noonMs)).toEqual([]);
});

test('a torn line and foreign words are left out', async () => {
  const folder = temporaryDirectory();
  const record = fileGuidedRecord(folder, 30, () => noonMs, createRecordingLogger());
  record.append(stop(noonMs));
  appendFileSync(
    join(folder, '2026-05-02.csv'),
    'time,kind\nx,parked,a,0\n2026-05-02T12:00:00.000Z,par',
  );
  expect(await record.between(noonMs - hourMs, noonMs + hourMs)).toEqual([stop(noonMs)]);
});

test('days older than the retention are removed', () => {
  const folder = temporaryDirectory();
  for (const day of ['2026-03-30', '2026-04-03']) writeFileSync(join(folder, `${day}.csv`), '');
  fileGuidedRecord(folder, 30, () => noonMs, createRecordingLogger());
  expect(readdirSync(folder)).toEqual(['2026-04-03.csv']);
});

test('a folder that cannot be written costs the stops, not the guidance', () => {
  const folder = join(temporaryDirectory(), 'guided');
  const log = createRecordingLogger();
  const record = fileGuidedRecord(folder, 30, () => noonMs, log);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'a file');
  record.append(stop(noonMs));
  expect(log.lines).toMatchObject([
    { level: 'warn', message: 'stops of guided drivers are not kept' },
  ]);
});
