import { describe, expect, test } from 'vitest';
import { createDownlinkBudget } from '../../../services/domain/downlink-budget.ts';
import { downlinkAirtimeMs } from '../../../services/domain/lorawan-airtime.ts';

const hourMs = 3_600_000;

describe('the time on air of a downlink', () => {
  // The Things Stack tells 0.164864 s for 16 bytes at SF9; the others by hand from the formula.
  test.each([
    [3, 9, 164.864],
    [3, 7, 46.336],
    [3, 12, 1155.072],
    [51, 12, 2793.472],
  ])('%i bytes at SF%i take %f ms', (bytes, spreadingFactor, ms) => {
    expect(downlinkAirtimeMs(bytes, spreadingFactor)).toBeCloseTo(ms, 3);
  });
});

describe('a downlink budget', () => {
  test('counts messages of the last 24 hours, which slide on', () => {
    const budget = createDownlinkBudget({ downlinksPerDay: 2, airtimeMsPerDay: 1e9 });
    budget.spend(100, 0);
    budget.spend(100, 10 * hourMs);
    expect(budget.hasRoom(100, 23 * hourMs)).toBe(false);
    expect(budget.hasRoom(100, 24 * hourMs)).toBe(true);
  });

  test('counts the time on air', () => {
    const budget = createDownlinkBudget({ downlinksPerDay: 100, airtimeMsPerDay: 300 });
    budget.spend(200, 0);
    expect(budget.hasRoom(100, 1)).toBe(true);
    expect(budget.hasRoom(101, 1)).toBe(false);
  });
});
