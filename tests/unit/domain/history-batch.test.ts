import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createBatches,
  type HistoryBatch,
  type Revision,
} from '../../../services/domain/history-batch.ts';
import type {
  DeviceHealth,
  Observation,
  Transition,
} from '../../../services/domain/observation.ts';
import type { Tracked } from '../../../services/domain/tracker.ts';
import { devEui, health, observed, seen, spaceId } from '../../support/builders.ts';

const aSpace = fc.nat(2).map((n) => spaceId(`space-${n}`));
const aTime = fc.nat(9);
const status = fc.constantFrom('occupied' as const, 'vacant' as const);
const anObservation: fc.Arbitrary<Observation> = fc
  .record({
    space: aSpace,
    atMs: aTime,
    status,
    previousState: fc.option(fc.record({ minMs: aTime, maxMs: fc.option(aTime) }), {
      nil: undefined,
    }),
  })
  .map(({ space, atMs, ...more }) => seen(atMs, more.status, { ...more, spaceId: space }));
const aTransition: fc.Arbitrary<Transition> = fc.record({
  spaceId: aSpace,
  to: status,
  atMs: aTime,
  earliestMs: aTime,
  method: fc.constantFrom('seen', 'inferred'),
});
const aRevision: fc.Arbitrary<Revision> = fc
  .record({ spaceId: aSpace, fromMs: aTime, lasts: aTime })
  .map(({ lasts, ...more }) => ({ ...more, toMs: more.fromMs + lasts }));
const anUplink = fc.record({
  observations: fc.array(anObservation, { maxLength: 2 }),
  transitions: fc.array(aTransition, { maxLength: 2 }),
  revisions: fc.array(aRevision, { maxLength: 1 }),
  health: fc
    .record({
      atMs: aTime,
      device: fc.nat(2),
      told: fc.record({
        session: fc.constantFrom('a', 'b'),
        rssiDbm: fc.option(fc.integer()),
        snrDb: fc.option(fc.float({ noNaN: true })),
        batteryV: fc.option(fc.float({ noNaN: true })),
        batteryRatio: fc.option(fc.float({ noNaN: true })),
        batteryLow: fc.option(fc.boolean()),
        temperatureC: fc.option(fc.integer()),
        faults: fc.array(fc.constant('tamper'), { maxLength: 1 }),
      }),
    })
    .map(({ atMs, device, told }) => health(atMs, { ...told, devEui: devEui(device) })),
});
type Told = Pick<Tracked, 'transitions' | 'revisions'> & {
  readonly observations: readonly Observation[];
  readonly health: DeviceHealth;
};

/** A batch as it reads in the port: each revision takes away what came before it. */
function plain(uplinks: readonly Told[]): HistoryBatch {
  let transitions: Transition[] = [];
  for (const told of uplinks) {
    for (const { spaceId: of, fromMs, toMs } of told.revisions)
      transitions = transitions.filter(
        (one) => one.spaceId !== of || one.atMs < fromMs || one.atMs >= toMs,
      );
    transitions.push(...told.transitions);
  }
  return {
    observations: uplinks.flatMap(({ observations }) => observations),
    revisions: uplinks.flatMap(({ revisions }) => revisions),
    transitions,
    counts: [],
    health: uplinks.map((told) => told.health),
    upTo: uplinks.length,
  };
}

test('each batch holds what its uplinks mean, whatever the batches before held in the same rows', () => {
  fc.assert(
    fc.property(fc.array(fc.array(anUplink, { maxLength: 8 }), { maxLength: 5 }), (all) => {
      const batches = createBatches();
      for (const uplinks of all) {
        const asTold = structuredClone(uplinks);
        batches.begin();
        for (const told of uplinks)
          batches.add(observed({ observations: told.observations, health: told.health }), {
            spaceIds: [],
            siteIds: [],
            counts: [],
            transitions: told.transitions,
            revisions: told.revisions,
          });
        expect(batches.upTo(uplinks.length)).toEqual(plain(uplinks));
        expect(uplinks).toEqual(asTold);
      }
    }),
  );
});
