import { expect, test } from 'vitest';
import { signText } from '../../../../services/domain/guidance/sign-text.ts';

const sign = { vacantSpaces: 20, sentCars: 0, isClosed: false, garage: 'Poststraße' };

test.each([
  ['plenty', sign, { kind: 'vacant', vacantSpaces: 20 }],
  ['net of those on their way', { ...sign, sentCars: 3.5 }, { kind: 'vacant', vacantSpaces: 16 }],
  ['full below ten', { ...sign, vacantSpaces: 9 }, { kind: 'full', garage: 'Poststraße' }],
  ['full, no garage', { ...sign, vacantSpaces: 0, garage: null }, { kind: 'full', garage: null }],
  ['unknown is not zero', { ...sign, vacantSpaces: null }, { kind: 'no-data' }],
  ['closed', { ...sign, isClosed: true }, { kind: 'closed', garage: 'Poststraße' }],
])('%s', (_, input, expected) => {
  expect(signText(input)).toEqual(expected);
});

test('an operator may say full later, but never shows a zero', () => {
  expect(signText({ ...sign, vacantSpaces: 1 }, { fullBelow: 0 })).toEqual({
    kind: 'vacant',
    vacantSpaces: 1,
  });
  expect(signText({ ...sign, vacantSpaces: 0 }, { fullBelow: 0 }).kind).toBe('full');
});
