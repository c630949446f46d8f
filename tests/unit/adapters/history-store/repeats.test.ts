import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOf, withoutRepeats } from '../../../../services/adapters/history-store/rows.ts';
import {
  countTable,
  healthTable,
  transitionTable,
  type Table,
} from '../../../../services/adapters/history-store/tables.ts';
import type { Count, DeviceHealth, Transition } from '../../../../services/domain/observation.ts';
import { countTotal, devEui, health, spaceId } from '../../../support/builders.ts';

/** A few devices and times, mostly in order: collisions are the point. */
const few = fc.array(
  fc.record({ device: fc.nat(2), step: fc.integer({ min: -1, max: 2 }), more: fc.nat(2) }),
);
interface Few {
  readonly device: number;
  readonly more: number;
  readonly atMs: number;
}
const inTime = few.map((steps) => {
  let atMs = 100;
  return steps.map(({ device, step, more }): Few => ({ device, more, atMs: (atMs += step) }));
});

const toHealth = ({ device, more, atMs }: Few): DeviceHealth =>
  health(atMs, { devEui: devEui(device), fCnt: more });
const toCount = ({ device, more, atMs }: Few, vehicles: number): Count => ({
  devEui: devEui(device),
  target: countTotal(0, 0).target,
  direction: (['left', 'right', 'both'] as const)[more] ?? 'both',
  fromMs: atMs,
  toMs: atMs + 1,
  vehicles,
  meanSpeedKmh: null,
});
const toTransition = ({ device, atMs, more }: Few): Transition => ({
  spaceId: spaceId(`space-${device}`),
  to: more > 0 ? 'occupied' : 'vacant',
  atMs,
  earliestMs: 0,
  method: 'seen',
});

function expectLastOfEach<Row>(table: Table<Row>, rows: readonly Row[]): void {
  const key = keyOf(table);
  const last = new Map(rows.map((row) => [key(row), row]));
  const kept = withoutRepeats(table, rows);
  expect(kept).toHaveLength(last.size);
  expect(new Set(kept)).toEqual(new Set(last.values()));
}

test('of rows that are the same row the last is kept, in whatever order of time they come', () => {
  fc.assert(
    fc.property(inTime, (all) => {
      expectLastOfEach(healthTable, all.map(toHealth));
      expectLastOfEach(countTable, all.map(toCount));
      expectLastOfEach(transitionTable, all.map(toTransition));
    }),
    { numRuns: 500 },
  );
});
