import { describe, expect, test } from 'vitest';
import { findDecoder } from '../../../services/decoders/index.ts';
import type { Reading } from '../../../services/domain/reading.ts';
import { toSpaceId, toStretchId } from '../../../services/domain/ids.ts';
import type { Observed } from '../../../services/domain/observation.ts';
import { observe } from '../../../services/domain/observe.ts';
import type { Installation } from '../../../services/domain/site.ts';
import { createTracker } from '../../../services/domain/tracker.ts';
import { anUplink, devEui } from '../../support/uplinks.ts';

const quarterMs = 15 * 60_000;
const startMs = Date.UTC(2026, 10, 21, 9);
const installed = (model: string, more: Partial<Installation> = {}): Installation => ({
  devEui: devEui(1),
  model,
  target: { kind: 'stretch', stretchId: toStretchId('street') },
  fromMs: 0,
  untilMs: null,
  occupiedBelowM: null,
  ...more,
});
const decoded = (model: string, fPort: number, hex: string): Reading => {
  const reading = findDecoder(model)?.decode(fPort, Buffer.from(hex, 'hex'));
  if (!reading?.ok) throw new Error(`${model} ${fPort} ${hex}: ${JSON.stringify(reading)}`);
  return reading.value;
};
/** What a device says in consecutive uplinks, a quarter hour apart unless `atMs` says otherwise. */
function said(
  installation: Installation,
  readings: readonly Reading[],
  atMs: (n: number) => number = (n) => startMs + n * quarterMs + 1000,
) {
  return readings.map((reading, fCnt) => {
    const uplink = anUplink({ devEui: installation.devEui, fCnt, receivedAtMs: atMs(fCnt) });
    return observe(uplink, reading, installation, undefined);
  });
}

describe('a cumulative counter', () => {
  const vehicles = (installation: Installation, readings: readonly Reading[]) => {
    const tracker = createTracker();
    return said(installation, readings).map((observed) =>
      tracker.apply(observed).counts.map((count) => count.vehicles),
    );
  };
  test.each(['2100', '3700'])('of a PlacePod (%s) begins anew where it says so', (item) => {
    const totals = ['05', '09', '83', '0a'].map((hex) => decoded('pni-placepod', 1, item + hex));
    expect(vehicles(installed('pni-placepod'), totals)).toEqual([[], [4], [], [7]]);
  });
  test('counts over lost totals, from the one before to the one after', () => {
    const [first, last] = said(
      installed('pni-placepod'),
      ['2100' + '05', '2100' + '20'].map((hex) => decoded('pni-placepod', 1, hex)),
      (n) => startMs + n * 7 * quarterMs,
    );
    const tracker = createTracker();
    if (first) tracker.apply(first);
    expect(last && tracker.apply(last).counts).toMatchObject([
      { vehicles: 27, fromMs: startMs, toMs: startMs + 7 * quarterMs },
    ]);
  });
  test('of a car counter begins at 0 after a restart', () => {
    const readings = [
      decoded('nwave-ncc405', 1, '0064'),
      decoded('nwave-ncc405', 3, '01000202'),
      decoded('nwave-ncc405', 1, '0003'),
    ];
    expect(vehicles(installed('nwave-ncc405'), readings)).toEqual([[], [], [3]]);
  });
});

describe('a counter of intervals', () => {
  const radar = installed('pmx-tcr');
  const frame = (left: string, right: string) => `a2091e${left}1e${right}2839`;
  test('counts its total and leaves out what its classes count again', () => {
    const total = decoded('pmx-tcr', 13, frame('0012', '0003'));
    const ofClass = decoded('pmx-tcr', 14, frame('0010', '0002'));
    const [first, second] = said(radar, [total, ofClass], () => startMs);
    expect(first?.counts).toMatchObject([
      { direction: 'left', vehicles: 18, fromMs: startMs - quarterMs, toMs: startMs },
      { direction: 'right', vehicles: 3 },
    ]);
    expect(second?.counts).toEqual([]);
  });
  test('says nothing of the traffic while only its classes come: the filters are the operator’s', () => {
    const ofClass = decoded('pmx-tcr', 14, frame('0010', '0002'));
    const tracker = createTracker();
    for (const observed of said(radar, [ofClass, ofClass])) tracker.apply(observed);
    expect(tracker.passed(radar, 'left')).toBe(0);
    expect(tracker.device(radar.devEui)?.uplinks).toBe(2);
  });
  test('counts the interval that its installation says', () => {
    const total = decoded('pmx-tcr', 13, frame('0012', '0003'));
    const five = installed('pmx-tcr', { countIntervalMs: 5 * 60_000 });
    const [first] = said(five, [total], () => startMs + 5 * 60_000 + 3000);
    expect(first?.counts[0]).toMatchObject({ fromMs: startMs, toMs: startMs + 5 * 60_000 });
  });
});

describe('a distance sensor', () => {
  const bay = installed('milesight-em400-mud', {
    target: { kind: 'space', spaceId: toSpaceId('bay') },
    occupiedBelowM: 1,
  });
  test.each([
    { name: 'samples in its reports', hex: '0482' + '5802', kind: 'heartbeat', status: 'occupied' },
    {
      name: 'reports an event in its alarms',
      hex: '8482' + '580201',
      kind: 'event',
      status: 'occupied',
    },
    {
      name: 'reports an event also when a car leaves',
      hex: '8482' + 'd00700',
      kind: 'event',
      status: 'vacant',
    },
  ])('$name', ({ hex, kind, status }) => {
    const [observed] = said(bay, [decoded('milesight-em400-mud', 85, hex)]);
    expect(observed?.observations).toMatchObject([{ kind, status }]);
  });
});

describe('events that come in one uplink (PlacePod)', () => {
  const spaceId = toSpaceId('space-1');
  const onSpace = installed('pni-placepod', { target: { kind: 'space', spaceId } });
  const [batch, later] = said(onSpace, [
    decoded('pni-placepod', 2, '156601' + '156600'),
    decoded('pni-placepod', 2, '156600' + '156601' + '376601'),
  ]) as [Observed, Observed];

  test('keep their order, and the last one is what holds', () => {
    const tracker = createTracker();
    const { transitions } = tracker.apply(batch);
    expect(transitions.map(({ to }) => to)).toEqual(['occupied', 'vacant']);
    expect(tracker.space(spaceId)?.status).toBe('vacant');
    const [came, left] = transitions.map(({ atMs }) => atMs);
    // A space has one transition in a millisecond at most.
    expect((left ?? 0) - (came ?? 0)).toBe(1);
    tracker.apply(later);
    expect(tracker.space(spaceId)?.status).toBe('occupied');
  });

  test('keep it too when the uplinks come in the wrong order', () => {
    const tracker = createTracker();
    for (const observed of [later, batch, later]) tracker.apply(observed);
    expect(tracker.space(spaceId)?.recent.map(({ status, kind }) => `${status} ${kind}`)).toEqual([
      'occupied event',
      'vacant event',
      'vacant event',
      'occupied event',
      'occupied heartbeat',
    ]);
  });
});
