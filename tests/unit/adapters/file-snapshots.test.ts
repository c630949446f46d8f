import { describe, expect, test } from 'vitest';
import { fileSnapshots } from '../../../services/adapters/snapshots/file.ts';
import { createRecordingLogger } from '../../support/recording-logger.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('snapshots in files', () => {
  const open = () => fileSnapshots(temporaryDirectory(), createRecordingLogger());

  test('come back as they were saved', async () => {
    const snapshots = open();
    const value = {
      seq: 7,
      spaces: [
        ['one', { to: 'vacant', seen: [1, null, undefined], isLate: false }],
        ['two', { to: 'vacant', seen: [], isLate: true }],
      ],
      columns: new Float64Array([1, 2]),
      byName: new Map([['one', 'vacant']]),
    };
    await snapshots.save('present', value);
    expect(await snapshots.load('present')).toStrictEqual(value);
    expect(await snapshots.load('other')).toBeUndefined();
  });

  test('keep their columns of numbers wherever these lie among the bytes', async () => {
    const snapshots = open();
    for (let texts = 0; texts < 8; texts += 1) {
      const value = {
        before: 'x'.repeat(texts),
        numbers: new Float64Array([1, 2]),
        bytes: new Uint8Array([1, 2, 3]),
        byName: new Map([['counts', new Int32Array([4, 5])]]),
      };
      await snapshots.save('columns', value);
      expect(await snapshots.load('columns')).toStrictEqual(value);
    }
  });

  test('are of the moment they were asked for, and there when what they wait for has come true', async () => {
    const snapshots = open();
    const value = { seq: 1 };
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const saving = snapshots.save('present', value, promise);
    value.seq = 2;
    expect(await snapshots.load('present')).toBeUndefined();
    resolve(undefined);
    await saving;
    expect(await snapshots.load('present')).toStrictEqual({ seq: 1 });
  });

  test('of plain texts and numbers are no different', async () => {
    const snapshots = open();
    for (const value of ['text', 3, null, ['a', 'a', 'b']]) {
      await snapshots.save('one', value);
      expect(await snapshots.load('one')).toStrictEqual(value);
    }
  });
});
