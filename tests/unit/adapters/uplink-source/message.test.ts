import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asPayload } from '../../../../services/adapters/uplink-source/message.ts';

describe('the payload of a message', () => {
  test('is the bytes that base64 stands for, in either alphabet', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 242 }), (bytes) => {
        const standard = Buffer.from(bytes).toString('base64');
        expect(asPayload(standard)).toEqual(bytes);
        expect(asPayload(standard.replaceAll('+', '-').replaceAll('/', '_'))).toEqual(bytes);
      }),
    );
  });

  test.each(['lQ=', 'lQ', 'l===', 'lQ=A', 'lQ==lQ==', ' lQ=', 'lQ=\n', 'l€==', 'lQ.=', 5, null])(
    'is not %j',
    (value) => {
      expect(asPayload(value)).toBeUndefined();
    },
  );
});
