import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Reading } from '../../../services/decoders/decoder.ts';
import { findDecoder } from '../../../services/decoders/index.ts';
import type { EncodedUplink, Lane } from '../../../simulators/encoders/encoder.ts';
import { counterEncoders, findEncoder, spaceEncoders } from '../../../simulators/encoders/index.ts';

function read(model: string, { fPort, bytes }: EncodedUplink): Reading {
  const result = findDecoder(model)?.decode(fPort, bytes);
  if (result?.ok !== true) throw new Error(`${model}: ${JSON.stringify(result)}`);
  return result.value;
}

const anyState = fc.record({
  occupied: fc.boolean(),
  previousStateMs: fc.option(fc.integer({ min: 0, max: 40 * 3_600_000 })),
  temperatureC: fc.double({ min: -30, max: 60, noNaN: true }),
  batteryV: fc.double({ min: 2.6, max: 3.5, noNaN: true }),
  sequence: fc.nat(200_000),
  atMs: fc.integer({ min: 1_600_000_000_000, max: 2_100_000_000_000 }),
});

/** What the uplink says about the space; a distance is judged by the model's own default. */
function isOccupied(model: string, reading: Reading): boolean | undefined {
  const belowM = findDecoder(model)?.occupiedBelowM;
  if (belowM === undefined || reading.distanceM === undefined) return reading.occupied;
  return reading.distanceM < belowM;
}

describe.each(spaceEncoders)('$model', ({ model, encodeStatus, encodeHeartbeat }) => {
  test('changes and heartbeats say the state, and which of the two they are', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        const status = read(model, encodeStatus(state));
        const heartbeat = read(model, encodeHeartbeat(state));
        expect([status.kind, heartbeat.kind]).toEqual(['status', 'heartbeat']);
        expect(isOccupied(model, status)).toBe(state.occupied);
        expect(isOccupied(model, heartbeat)).toBe(state.occupied);
      }),
    );
  });

  test('temperature, battery, sequence and previous state survive where the model tells them', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        for (const uplink of [encodeStatus(state), encodeHeartbeat(state)]) {
          const reading = read(model, uplink);
          const { temperatureC, batteryV, sequence, previousStateMinMs } = reading;
          if (temperatureC !== undefined)
            expect(Math.abs(temperatureC - state.temperatureC)).toBeLessThanOrEqual(0.5);
          if (batteryV !== undefined)
            expect(Math.abs(batteryV - state.batteryV)).toBeLessThanOrEqual(0.0051);
          if (sequence !== undefined)
            expect([8, 16].map((bits) => state.sequence % 2 ** bits)).toContain(sequence);
          if (previousStateMinMs !== undefined) {
            const lastedMs = state.previousStateMs ?? 0;
            const maxMs = reading.previousStateMaxMs ?? Number.POSITIVE_INFINITY;
            expect(lastedMs).toBeGreaterThanOrEqual(previousStateMinMs);
            expect(lastedMs).toBeLessThan(maxMs + 60_000);
          }
        }
      }),
    );
  });
});

const anyLane: fc.Arbitrary<Lane> = fc
  .record({ vehicles: fc.nat(65_535), meanSpeedKmh: fc.integer({ min: 0, max: 255 }) })
  .map((lane) => (lane.vehicles === 0 ? { vehicles: 0, meanSpeedKmh: null } : lane));

const anyInterval = fc.record({
  intervalEndMs: fc.integer({ min: 1_600_000_000_000, max: 2_100_000_000_000 }),
  left: anyLane,
  right: anyLane,
  temperatureC: fc.double({ min: -30, max: 60, noNaN: true }),
  batteryV: fc.double({ min: 3, max: 7.4, noNaN: true }),
});

/** Vehicles and speed of a direction over all categories; in these payloads one of them holds all. */
function laneOf(reading: Reading, direction: 'left' | 'right'): Lane {
  const counts = (reading.counts ?? []).filter((count) => count.direction === direction);
  return {
    vehicles: counts.reduce((sum, count) => sum + count.vehicles, 0),
    meanSpeedKmh: counts.find((count) => count.vehicles > 0)?.meanSpeedKmh ?? null,
  };
}

describe.each(counterEncoders)('$model', (encoder) => {
  test('counts survive', () => {
    if (encoder.kind === 'total-counter') {
      fc.assert(
        fc.property(fc.nat(10_000_000), (total) => {
          const reading = read(encoder.model, encoder.encodeTotal(total));
          expect(reading.kind).toBe('count');
          expect(reading.countTotal).toBe(total % (reading.modulus ?? Number.NaN));
        }),
      );
      expect(read(encoder.model, encoder.encodeHeartbeat({ batteryV: 3.1 }))).toEqual({
        kind: 'heartbeat',
        batteryV: 3.1,
        faults: [],
      });
      return;
    }
    fc.assert(
      fc.property(anyInterval, (interval) => {
        for (const uplink of encoder.encodeCounts(interval)) {
          const reading = read(encoder.model, uplink);
          expect(reading.kind).toBe('count');
          expect(laneOf(reading, 'left')).toEqual(interval.left);
          expect(laneOf(reading, 'right')).toEqual(interval.right);
        }
      }),
    );
  });
});

test('an encoder is found by the model of its decoder', () => {
  for (const encoder of [...spaceEncoders, ...counterEncoders]) {
    expect(findEncoder(encoder.model)).toBe(encoder);
    expect(findDecoder(encoder.model)?.watches).toBe(
      encoder.kind === 'space' ? 'space' : 'traffic',
    );
  }
  expect(findEncoder('dingtek-do200')).toBeUndefined();
});
