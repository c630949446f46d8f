import { expect, test } from 'vitest';
import type { SimulatedUplink } from '../../../simulators/devices/device.ts';
import { createHistory } from '../../../simulators/network/history.ts';

const uplink = (atMs: number): SimulatedUplink => ({
  device: 0,
  atMs,
  fPort: 1,
  payload: 'AQ==',
  fCnt: atMs,
  session: 1,
  rssiDbm: -100,
  snrDb: 5,
  gateways: 1,
});

test('finds the first uplink at or after a time', () => {
  const history = createHistory(1000);
  for (const atMs of [10, 20, 20, 30]) history.append(uplink(atMs));
  expect(history.firstAt(-Infinity)).toBe(0);
  expect(history.firstAt(20)).toBe(1);
  expect(history.firstAt(21)).toBe(3);
  expect(history.firstAt(Infinity)).toBe(4);
  expect(history.at(3)?.atMs).toBe(30);
});

test('forgets what is older than the retention, and positions stay what they were', () => {
  const history = createHistory(1000);
  for (let atMs = 0; atMs < 100_000; atMs++) history.append(uplink(atMs));
  expect(history.end()).toBe(100_000);
  expect(history.at(0)).toBeUndefined();
  expect(history.at(99_000)?.atMs).toBe(99_000);
  expect(history.firstAt(99_500)).toBe(99_500);
});
