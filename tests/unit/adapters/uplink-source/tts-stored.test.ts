import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ttsStoredFormat } from '../../../../services/adapters/uplink-source/tts-message.ts';
import { anyByteChanged } from '../../../support/changed-bytes.ts';
import { changedMessage, exampleMessages } from '../../../support/network-messages.ts';

const options = { nowMs: Date.UTC(2026, 10, 21, 12), via: 'storage' } as const;
const read = (line: string) => ttsStoredFormat.readLine(Buffer.from(line), options);

describe('lines of the Storage Integration', () => {
  test('hold an uplink, and when the server had it', () => {
    const message = JSON.stringify(changedMessage(exampleMessages.tts['up'], {}));
    expect(read(`{"result":${message}}`)).toMatchObject({
      storedAtMs: Date.parse('2026-11-21T09:14:07.670Z'),
      told: { ok: true, value: { kind: 'uplink', uplink: { fCnt: 4021, via: 'storage' } } },
    });
  });

  test('with any byte changed say what JSON.parse finds in them', () => {
    const bytes = Buffer.from(JSON.stringify(changedMessage(exampleMessages.tts['up'], {})));
    fc.assert(
      fc.property(anyByteChanged(bytes), (changed) => {
        const message = changed.toString('latin1');
        // A line with white space is left to JSON.parse.
        expect(read(`{"result":${message}}`)).toEqual(read(`{"result": ${message}}`));
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ['{"result":{},"error":{"code":4}}', 'error'],
    ['{"error":"gave up"}', 'error'],
    ['{"result":7}', 'no-message'],
    ['{}', 'no-message'],
    ['{"result":', 'no-json'],
    ['7', 'no-json'],
  ])('%s is %s', (line, said) => {
    expect(read(line)).toBe(said);
  });
});
