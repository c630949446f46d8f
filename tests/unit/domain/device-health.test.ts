import { describe, expect, test } from 'vitest';
import {
  assessDevice,
  deviceProblems,
  type DeviceFacts,
} from '../../../services/domain/device-health.ts';
import { reduceDevice, type DeviceTrack } from '../../../services/domain/device.ts';
import { toStretchId } from '../../../services/domain/ids.ts';
import type { DeviceHealth, Observation } from '../../../services/domain/observation.ts';
import { reduceSpace, type SpaceTrack } from '../../../services/domain/occupancy.ts';
import { deviceProblemSchema } from '../../../services/contract/device.ts';
import { devEui, health, seen, spaceId } from '../../support/builders.ts';

const hour = 3_600_000;
const now = 1000 * hour;
const deviceOf = (uplinks: readonly DeviceHealth[]): DeviceTrack | undefined =>
  uplinks.reduce<DeviceTrack | undefined>(
    (track, next) => reduceDevice(track, next) ?? track,
    undefined,
  );
const spaceOf = (observations: readonly Observation[]): SpaceTrack | undefined =>
  observations.reduce<SpaceTrack | undefined>(
    (track, next) => reduceSpace(track, next)?.track ?? track,
    undefined,
  );
const bay: DeviceFacts['installation'] = {
  devEui: devEui(1),
  model: 'm',
  target: { kind: 'space', spaceId: spaceId('space-1') },
  fromMs: 0,
  untilMs: null,
  occupiedBelowM: null,
};
const facts = (more: Partial<DeviceFacts> = {}): DeviceFacts => ({
  installation: bay,
  track: deviceOf([health(now - hour)]),
  patience: { heartbeatMs: 24 * hour, staleAfterMs: 72 * hour },
  batteryLowV: null,
  ...more,
});
const told = (more: Partial<DeviceHealth>) =>
  facts({ track: deviceOf([health(now - hour, more)]) });
/** Frames of which every `n`-th is lost. */
const losing = (n: number, frames = 64) =>
  facts({
    track: deviceOf(
      Array.from({ length: frames }, (_, fCnt) => fCnt)
        .filter((fCnt) => fCnt === 0 || fCnt === frames - 1 || fCnt % n !== 1)
        .map((fCnt) => health(now - (frames - fCnt) * hour, { fCnt })),
    ),
  });
const frames = (
  list: readonly (readonly [
    atMs: number,
    status: Observation['status'],
    kind: Observation['kind'],
  ])[],
) =>
  spaceOf(list.map(([atMs, status, kind], fCnt) => seen(atMs, status, { kind, order: fCnt * 16 })));
const alternating = (stepMs: number, endMs: number, count = 8) =>
  frames(
    Array.from(
      { length: count },
      (_, n) => [endMs - (count - n) * stepMs, n % 2 ? 'occupied' : 'vacant', 'event'] as const,
    ),
  );
const parkedSince = (atMs: number) => spaceOf([seen(atMs - 1, 'vacant'), seen(atMs, 'occupied')]);
const neighbours =
  (...changedMs: number[]) =>
  () =>
    changedMs.map((atMs) => parkedSince(atMs)!);
const counter: DeviceFacts['installation'] = {
  ...bay,
  target: { kind: 'stretch', stretchId: toStretchId('street') },
};

const cases: readonly (readonly [string, DeviceFacts, readonly string[]])[] = [
  ['a device that was just heard', facts(), []],
  ['1.2 heartbeats of silence', facts({ track: deviceOf([health(now - 28.8 * hour)]) }), []],
  ['more than 1.2 heartbeats', facts({ track: deviceOf([health(now - 29 * hour)]) }), ['silent']],
  ['longer than its news hold', facts({ track: deviceOf([health(now - 73 * hour)]) }), ['offline']],
  ['never heard', facts({ track: undefined }), ['offline']],
  ['15 % of its battery', told({ batteryRatio: 0.15 }), []],
  ['14 % of its battery', told({ batteryRatio: 0.14 }), ['battery-low']],
  ['a flag against the percentage', told({ batteryRatio: 0.1, batteryLow: false }), []],
  ['14 % in its DevStatus', { ...facts(), statusBatteryRatio: 0.14 }, ['battery-low']],
  [
    'a DevStatus against a newer percentage of its own',
    { ...told({ batteryRatio: 0.9 }), statusBatteryRatio: 0.1 },
    [],
  ],
  ['a flag', told({ batteryLow: true }), ['battery-low']],
  ['volts of a model nobody knows', told({ batteryV: 2.1 }), []],
  [
    'volts below those of the model',
    { ...told({ batteryV: 3.1 }), batteryLowV: 3.2 },
    ['battery-low'],
  ],
  [
    'volts above those of the model',
    { ...told({ batteryV: 3.2, batteryRatio: 0.01 }), batteryLowV: 3.2 },
    [],
  ],
  ['every 12th frame lost', losing(12), []],
  ['every 5th frame lost', losing(5), ['loses-uplinks']],
  ['too few frames to tell', losing(3, 19), []],
  ['RSSI -121 dBm', told({ rssiDbm: -121, snrDb: 0 }), ['weak-signal']],
  ['SNR -16 dB', told({ rssiDbm: -100, snrDb: -16 }), ['weak-signal']],
  ['RSSI -120 dBm and SNR -15 dB', told({ rssiDbm: -120, snrDb: -15 }), []],
  ['a fault', told({ faults: ['tilt'] }), ['faulty']],
  [
    'a fault that was not told again for 1.2 heartbeats',
    facts({
      track: deviceOf([
        health(now - 30 * hour, { fCnt: 1, faults: ['tilt'] }),
        health(now - hour, { fCnt: 2 }),
      ]),
    }),
    [],
  ],
  ['seven changes in a quarter hour', facts({ space: alternating(120_000, now) }), ['flapping']],
  ['seven changes in an hour', facts({ space: alternating(9 * 60_000, now) }), []],
  ['changes the day before yesterday', facts({ space: alternating(60_000, now - 25 * hour) }), []],
  [
    'a car for 48 h',
    facts({ space: parkedSince(now - 48 * hour), neighbours: neighbours(now - 1, now - 2) }),
    [],
  ],
  [
    'a car for 49 h',
    facts({ space: parkedSince(now - 49 * hour), neighbours: neighbours(now - 1, now - 2) }),
    ['stuck'],
  ],
  [
    'a car for 49 h where nobody drives',
    facts({
      space: parkedSince(now - 49 * hour),
      neighbours: neighbours(now - 60 * hour, now - 70 * hour, now - 1),
    }),
    [],
  ],
  [
    'vacant for 49 h',
    facts({
      space: spaceOf([seen(now - 49 * hour, 'vacant')]),
      neighbours: neighbours(now - 1, now - 2),
    }),
    [],
  ],
  [
    'two heartbeats against the event just before',
    facts({
      space: frames([
        [now - 9 * hour, 'vacant', 'event'],
        [now - 8 * hour, 'occupied', 'heartbeat'],
        [now - 7 * hour, 'vacant', 'event'],
        [now - 6 * hour, 'occupied', 'heartbeat'],
      ]),
    }),
    ['contradictory'],
  ],
  [
    'the same of a distance sensor',
    facts({
      isSampled: true,
      space: frames([
        [now - 9 * hour, 'vacant', 'event'],
        [now - 8 * hour, 'occupied', 'heartbeat'],
        [now - 7 * hour, 'vacant', 'event'],
        [now - 6 * hour, 'occupied', 'heartbeat'],
      ]),
    }),
    [],
  ],
  [
    'heartbeats against events of which one may have been lost',
    facts({
      space: spaceOf(
        [0, 2, 4, 6].map((fCnt, n) =>
          seen(now - (9 - n) * hour, n % 2 ? 'occupied' : 'vacant', {
            kind: n % 2 ? 'heartbeat' : 'event',
            order: fCnt * 16,
          }),
        ),
      ),
    }),
    [],
  ],
  [
    'a counter that speaks for a day and counts nothing',
    facts({
      installation: counter,
      track: deviceOf([health(now - 30 * hour, { fCnt: 1 }), health(now - 1, { fCnt: 2 })]),
    }),
    ['no-counts'],
  ],
  [
    'a counter that counted an hour ago',
    facts({
      installation: counter,
      track: deviceOf([health(now - 30 * hour, { fCnt: 1 }), health(now - 1, { fCnt: 2 })]),
      countedUntilMs: now - hour,
    }),
    [],
  ],
];

describe('a device is assessed', () => {
  test.each(cases)('%s', (_name, its, problems) => {
    expect(assessDevice(its, now).problems).toEqual(problems);
  });

  test('and every rule is seen to speak', () => {
    const seenProblems = new Set(cases.flatMap(([, , problems]) => problems));
    expect([...seenProblems].sort()).toEqual([...deviceProblems].sort());
  });

  test('in the words of the contract', () => {
    expect(deviceProblemSchema.options).toEqual(deviceProblems);
  });
});
