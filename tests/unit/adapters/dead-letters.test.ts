import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileDeadLetters } from '../../../services/adapters/dead-letters/file.ts';
import type { Rejected } from '../../../services/domain/uplink.ts';
import { createRecordingLogger } from '../../support/recording-logger.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const rejected = (atMs: number): Rejected => ({
  reason: 'malformed-json',
  detail: 'no JSON',
  source: 'tts',
  devEui: null,
  atMs,
  raw: '{"a',
});

test('half a line that a power cut left costs no message that comes after it', () => {
  const dir = temporaryDirectory();
  const path = join(dir, 'rejected.ndjson');
  const before = fileDeadLetters(dir, createRecordingLogger());
  before.add(rejected(1));
  before.close();
  appendFileSync(path, '{"reason":"malf');
  const after = fileDeadLetters(dir, createRecordingLogger());
  after.add(rejected(2));
  after.add(rejected(3));
  after.close();
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(
    lines.filter((line) => line.endsWith('}')).map((line): unknown => JSON.parse(line)),
  ).toEqual([rejected(1), rejected(2), rejected(3)]);
  const again = fileDeadLetters(dir, createRecordingLogger());
  expect([1, 2, 3, 4].map((atMs) => again.holds(rejected(atMs)))).toEqual([
    true,
    true,
    true,
    false,
  ]);
});
