import { expect, test } from 'vitest';
import type { SimulatedUplink } from '../../../simulators/devices/device.ts';
import { createHistory, createHistoryWriter } from '../../../simulators/network/history.ts';
import { portion } from '../../../simulators/network/uplink-columns.ts';

const uplink = (atMs: number, payload = 'AQ=='): SimulatedUplink => ({
  device: 3,
  atMs,
  fPort: 1,
  payload,
  fCnt: atMs,
  session: 1,
  rssiDbm: -100,
  snrDb: 5.25,
  gateways: 2,
});

/** A history and the simulation's hand that writes it. */
function writtenHistory() {
  const writer = createHistoryWriter();
  const history = createHistory(1000);
  return {
    history,
    append: (...uplinks: readonly SimulatedUplink[]) => uplinks.forEach(writer.append),
    tell: () => history.take(writer.news()),
  };
}

test('finds the first uplink at or after a time', () => {
  const { history, append, tell } = writtenHistory();
  expect(history.firstAt(0)).toBe(0);
  append(...[10, 20, 20, 30].map((atMs) => uplink(atMs)));
  tell();
  expect(history.firstAt(-Infinity)).toBe(0);
  expect(history.firstAt(20)).toBe(1);
  expect(history.firstAt(21)).toBe(3);
  expect(history.firstAt(Infinity)).toBe(4);
  expect(history.at(3)).toEqual(uplink(30));
});

test('knows what was written when it is told, not before', () => {
  const { history, append, tell } = writtenHistory();
  append(uplink(10));
  tell();
  append(uplink(20));
  expect(history.at(1)).toBeUndefined();
  expect(history.end()).toBe(1);
  tell();
  expect(history.at(1)).toEqual(uplink(20));
});

test('forgets what is older than the retention, and positions stay what they were', () => {
  const { history, append, tell } = writtenHistory();
  for (let atMs = 0; atMs < 100_000; atMs++) {
    append(uplink(atMs));
    if (atMs % 7_001 === 0) tell();
  }
  tell();
  expect(history.end()).toBe(100_000);
  expect(history.at(0)).toBeUndefined();
  expect(history.at(99_000)?.atMs).toBe(99_000);
  expect(history.firstAt(99_500)).toBe(99_500);
  expect(history.firstAt(0)).toBe(100_000 - portion);
});

test('payloads that are longer than usual only make portions shorter', () => {
  const { history, append, tell } = writtenHistory();
  const payload = 'A'.repeat(324);
  for (let n = 0; n < portion; n++) append(uplink(1 + n / portion, payload));
  tell();
  const all = Array.from({ length: portion }, (_, n) => history.at(n));
  expect(all.every((one) => one?.payload === payload)).toBe(true);
  expect(all.map((one) => one?.atMs)).toEqual(all.map((_, n) => 1 + n / portion));
});
