import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseUtc } from '../../../services/adapters/uplink-source/utc-time.ts';

const dates = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') });

test('times of network servers are what Date.parse gives, with any number of decimals', () => {
  fc.assert(
    fc.property(dates, fc.stringMatching(/^(\.[0-9]{1,12})?$/), (date, fraction) => {
      const text = `${date.toISOString().slice(0, 19)}${fraction}Z`;
      expect(parseUtc(text)).toBe(Date.parse(text));
      // The day is known now.
      expect(parseUtc(text)).toBe(Date.parse(text));
    }),
  );
});

test('and so is everything else, with any character changed, missing or added', () => {
  const characters = fc.constantFrom(...Array.from('0123456789-:.TZtz+ e'));
  const change = fc.record({ at: fc.nat(30), remove: fc.nat(2), put: fc.array(characters) });
  fc.assert(
    fc.property(dates, change, (date, { at, remove, put }) => {
      const whole = date.toISOString();
      parseUtc(whole);
      const text = `${whole.slice(0, at)}${put.join('')}${whole.slice(at + remove)}`;
      expect(parseUtc(text)).toBe(Date.parse(text));
    }),
    { numRuns: 2000 },
  );
});

test('and so are years of six digits', () => {
  for (const text of [
    '+275760-01-01:00:00.0Z',
    '-002026-11-28:10:00.5Z',
    '+002026-11-28T09:00:00Z',
  ])
    expect(parseUtc(text)).toBe(Date.parse(text));
});
