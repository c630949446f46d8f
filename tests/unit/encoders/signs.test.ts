import { describe, expect, test } from 'vitest';
import type { SignText } from '../../../services/domain/guidance/sign-text.ts';
import type { SignEncoding } from '../../../services/domain/sign.ts';
import { encodeSign } from '../../../services/encoders/index.ts';

const frame: SignEncoding = {
  kind: 'count-frame',
  fPort: 1,
  codes: { noData: 0, vacant: 1, full: 2, closed: 3 },
  byteOrder: 'big',
};
const lines: SignEncoding = {
  kind: 'text-lines',
  fPort: 1,
  language: 'de',
  columns: 16,
  lines: 2,
};
const vacant = (vacantSpaces: number): SignText => ({ kind: 'vacant', vacantSpaces });
const hex = (text: SignText, encoding: SignEncoding): string =>
  Buffer.from(encodeSign(text, encoding)).toString('hex');

describe('a number display', () => {
  test.each<[SignText, SignEncoding, string]>([
    [vacant(300), frame, '01012c'],
    [vacant(300), { ...frame, byteOrder: 'little' }, '012c01'],
    [vacant(100_000), frame, '01ffff'],
    [{ kind: 'full', garage: 'Kraus' }, frame, '020000'],
    [{ kind: 'closed', garage: null }, frame, '030000'],
    [{ kind: 'no-data' }, { ...frame, codes: { ...frame.codes, noData: 255 } }, 'ff0000'],
  ])('%j is put into bytes', (text, encoding, bytes) => {
    expect(hex(text, encoding)).toBe(bytes);
  });
});

describe('a text display', () => {
  const said = (text: SignText, encoding: SignEncoding = lines): string =>
    Buffer.from(encodeSign(text, encoding)).toString('latin1');

  test('gets lines it can show, in its language', () => {
    expect(said(vacant(37))).toBe('37 frei');
    expect(said({ kind: 'full', garage: 'Poststraße' })).toBe('besetzt\n> Poststraße');
    expect(said({ kind: 'no-data' }, { ...lines, language: 'en' })).toBe('no data');
  });

  test('never gets more than it has room for', () => {
    const full: SignText = { kind: 'full', garage: 'Łódź 😀 Tiefgarage Friedrich-Ebert-Anlage' };
    expect(said(full)).toBe('besetzt\n> ?ód? ? Tiefgar');
    expect(said(full, { ...lines, lines: 1 })).toBe('besetzt');
    expect(encodeSign(full, { ...lines, columns: 40 }).length).toBeLessThanOrEqual(51);
  });
});
