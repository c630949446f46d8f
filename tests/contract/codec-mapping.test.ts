import { describe, expect, test } from 'vitest';
import { mappingSchema, type ReadingMapping } from '../../services/adapters/codec/mapping.ts';
import { toReading } from '../../services/adapters/codec/to-reading.ts';

/** A mapping as the file would hold it, with the defaults filled in. */
function parse(reading: object): ReadingMapping {
  const mapping = mappingSchema.parse({
    vendor: 'Example',
    name: 'Sensor',
    watches: 'space',
    heartbeatS: 60,
    source: 'written for this test',
    ports: { '*': { bytes: [1], reading } },
    examples: [{ name: 'any', fPort: 1, hex: '00', reading: {} }],
  });
  return mapping.ports['*']!.reading;
}

const read = (reading: object, data: unknown) => toReading(parse(reading), data);

describe('a mapping', () => {
  test('reaches into objects and lists and converts to our units', () => {
    const reading = {
      kind: { from: 'type', is: { parking_status: 'status', '7': 'heartbeat' } },
      occupied: { from: 'events.1.car', yes: [1, true], no: [0, false, null] },
      batteryV: { from: 'battery.mv', times: 0.001 },
      batteryRatio: { from: 'battery.percent', times: 0.01, min: 0, max: 1 },
      batteryLow: { from: 'battery.state', yes: ['low', 'critical'], no: ['normal'] },
      temperatureC: { from: 'fahrenheit', times: 0.5555555556, plus: -17.7777777778 },
      distanceM: { from: 'mm', times: 0.001 },
      previousStateMinMs: { from: 'minutes', times: 60_000 },
      previousStateMaxMs: { from: 'minutes', times: 60_000, plus: 60_000 },
      sequence: { from: 'counter' },
      firmware: { from: 'fw' },
      resetCause: { from: 'cause', optional: true },
      faults: [
        { fault: 'tilt', from: 'position', when: ['tilt'] },
        { fault: 'radar-failed', from: 'radar', when: [0] },
      ],
    };
    const data = {
      type: 7,
      events: [{ car: 0 }, { car: 1 }],
      battery: { mv: 3344, percent: 92, state: 'critical' },
      fahrenheit: 212,
      mm: 2116,
      minutes: 74,
      counter: 0,
      fw: '2.4.9',
      position: 'tilt',
    };
    expect(read(reading, data)).toEqual({
      ok: true,
      value: {
        kind: 'heartbeat',
        occupied: true,
        batteryV: 3.344,
        batteryRatio: 0.92,
        batteryLow: true,
        temperatureC: 100,
        distanceM: 2.116,
        previousStateMinMs: 4_440_000,
        previousStateMaxMs: 4_500_000,
        sequence: 0,
        firmware: '2.4.9',
        faults: ['tilt'],
      },
    });
  });

  test('counts by direction; nothing that passed has no speed', () => {
    const reading = {
      kind: 'count',
      counts: [
        { direction: 'left', vehicles: { from: 'l' }, meanSpeedKmh: { from: 'lv' } },
        { direction: 'right', vehicles: { from: 'r' }, meanSpeedKmh: { from: 'rv' }, category: 2 },
        { direction: 'both', vehicles: { from: 'b', optional: true } },
      ],
      countTotal: { from: 'total' },
      modulus: 65_536,
    };
    expect(read(reading, { l: 12, lv: 23, r: 0, rv: 0, total: 65_535 })).toEqual({
      ok: true,
      value: {
        kind: 'count',
        counts: [
          { direction: 'left', vehicles: 12, meanSpeedKmh: 23 },
          { direction: 'right', vehicles: 0, meanSpeedKmh: null, category: 2 },
        ],
        countTotal: 65_535,
        modulus: 65_536,
      },
    });
  });

  test.each([
    [
      { batteryV: { from: 'v' } },
      { v: '3.2(low battery)' },
      'batteryV: data.v is "3.2(low battery)", expected a number',
    ],
    [{ batteryV: { from: 'v' } }, {}, 'batteryV: data.v is missing, expected a number'],
    [{ batteryV: { from: 'v', optional: true } }, { v: null }, 'batteryV: data.v is null'],
    [
      { batteryRatio: { from: 'p', times: 0.01, max: 1 } },
      { p: 255 },
      'batteryRatio: data.p is 255',
    ],
    [{ sequence: { from: 'n' } }, { n: 1.5 }, 'sequence: data.n is 1.5, expected a whole number'],
    [{ countTotal: { from: 'n' } }, { n: -1 }, 'countTotal: data.n is -1'],
    [{ firmware: { from: 'fw' } }, { fw: 2 }, 'firmware: data.fw is 2, expected a text'],
    [
      { occupied: { from: 'car', yes: [1], no: [0] } },
      { car: 2 },
      'occupied: data.car is 2, expected one of [1,0]',
    ],
    [{ occupied: { from: 'car', yes: [1], no: [0] } }, { car: '1' }, 'occupied: data.car is "1"'],
    [{ occupied: { from: 'car', yes: [1], no: [0] } }, {}, 'occupied: data.car is missing'],
    [
      { kind: { from: 'type', is: { a: 'status' } } },
      { type: 'b' },
      'kind: data.type is "b", expected one of ["a"]',
    ],
    [{ kind: { from: 'type', is: { a: 'status' } } }, { type: 'constructor' }, 'kind: data.type'],
    [{ firmware: { from: 'constructor.name' } }, {}, 'firmware: data.constructor.name is missing'],
    [
      { distanceM: { from: 'list.length' } },
      { list: 'text' },
      'distanceM: data.list.length is missing',
    ],
    [
      { counts: [{ direction: 'left', vehicles: { from: 'l' } }] },
      { l: '1' },
      'counts.0.vehicles: data.l is "1"',
    ],
  ])('%j on %j names the field and what it is instead', (reading, data, problem) => {
    expect(read({ kind: 'status', ...reading }, data)).toEqual({
      ok: false,
      error: expect.stringContaining(problem),
    });
  });

  test('what is optional and absent is not known', () => {
    const reading = {
      kind: 'status',
      occupied: { from: 'car', yes: [1], no: [0], optional: true },
      batteryV: { from: 'v', optional: true },
      firmware: { from: 'fw', optional: true },
      faults: [],
    };
    expect(read(reading, {})).toEqual({ ok: true, value: { kind: 'status', faults: [] } });
  });
});
