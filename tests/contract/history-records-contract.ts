import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { DevEui } from '../../services/domain/ids.ts';
import type { HistoryStore } from '../../services/ports/history-store.ts';
import {
  always,
  batch,
  between,
  count,
  health,
  observation,
  spaceA,
  spaceB,
  startMs,
  transition,
} from './history-store-rows.ts';

/** What the port promises of records: what is appended and revised. `open` gives an empty store, `reopen` the same one again where it can last. */
export function historyRecordsContract(
  name: string,
  open: () => Promise<HistoryStore>,
  reopen?: () => Promise<HistoryStore>,
): void {
  describe(`HistoryStore, records: ${name}`, () => {
    let store: HistoryStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    test('is empty and ready at first', async () => {
      expect(await store.cursor()).toBe(0);
      expect(await store.observations(always)).toEqual([]);
      expect(await store.stateAt(startMs)).toEqual(new Map());
      expect(store.status()).toEqual({ state: 'ready', problem: null });
    });

    test('stores a repeated batch once', async () => {
      const rows = batch({
        observations: [observation(10), observation(10), observation(20)],
        transitions: [transition(10)],
        counts: [count(0)],
        health: [health(10)],
        upTo: 3,
      });
      await store.append(rows);
      await store.append(rows);
      expect(await store.observations(always)).toEqual([observation(10), observation(20)]);
      expect(await store.transitions(always)).toEqual([transition(10)]);
      expect(await store.counts(always)).toEqual([count(0)]);
      expect(await store.health(always)).toEqual([health(10)]);
    });

    test('has what a batch was, whatever its rows are written over with afterwards', async () => {
      const rows = {
        observations: [observation(10)],
        transitions: [transition(10)],
        counts: [count(0)],
        health: [health(10)],
      };
      await store.append(batch(rows));
      Object.assign(rows.observations[0] ?? {}, observation(20, { status: 'vacant' }));
      Object.assign(rows.transitions[0] ?? {}, transition(20, { to: 'vacant' }));
      Object.assign(rows.counts[0] ?? {}, count(900_000));
      Object.assign(rows.health[0] ?? {}, health(20, { fCnt: 2 }));
      expect(await store.observations(always)).toEqual([observation(10)]);
      expect(await store.transitions(always)).toEqual([transition(10)]);
      expect(await store.counts(always)).toEqual([count(0)]);
      expect(await store.health(always)).toEqual([health(10)]);
    });

    test('stores what overlapping batches share once, and late rows too', async () => {
      await store.append(batch({ observations: [observation(20), observation(30)] }));
      await store.append(batch({ observations: [observation(30), observation(40)] }));
      await store.append(batch({ observations: [observation(10), observation(20)] }));
      expect(await store.observations(always)).toEqual(
        [10, 20, 30, 40].map((at) => observation(at)),
      );
    });

    test('keeps what differs only by device, space, order or frame counter', async () => {
      const other = '70B3D5E75E000002' as DevEui;
      const rows = [
        observation(10),
        observation(10, { order: 1, status: 'vacant' }),
        observation(10, { order: 1, devEui: other }),
        observation(10, { spaceId: spaceB, kind: 'heartbeat' }),
      ];
      await store.append(batch({ observations: rows }));
      expect(await store.observations(always)).toEqual(rows);
      await store.append(batch({ health: [health(10, { fCnt: 2 }), health(10)] }));
      expect(await store.health(always)).toEqual([health(10), health(10, { fCnt: 2 })]);
    });

    test('lets the later of two rows with one key hold', async () => {
      await store.append(batch({ counts: [count(0)], transitions: [transition(0)] }));
      await store.append(
        batch({
          counts: [count(0, { vehicles: 9 })],
          transitions: [transition(0, { to: 'vacant' })],
        }),
      );
      expect(await store.counts(always)).toEqual([count(0, { vehicles: 9 })]);
      expect(await store.transitions(always)).toEqual([transition(0, { to: 'vacant' })]);
    });

    test('a revision voids the transitions of its space and range before new ones are added', async () => {
      await store.append(
        batch({
          transitions: [
            transition(10),
            transition(20, { to: 'vacant' }),
            transition(30),
            transition(20, { spaceId: spaceB }),
          ],
        }),
      );
      const late = batch({
        revisions: [{ spaceId: spaceA, ...between(20, 30) }],
        transitions: [
          transition(25, { to: 'vacant', earliestMs: startMs + 15, method: 'inferred' }),
        ],
      });
      await store.append(late);
      await store.append(late);
      expect(await store.transitions(always)).toEqual([
        transition(10),
        transition(20, { spaceId: spaceB }),
        transition(25, { to: 'vacant', earliestMs: startMs + 15, method: 'inferred' }),
        transition(30),
      ]);
    });

    test('a voided transition can come back', async () => {
      await store.append(batch({ transitions: [transition(10)] }));
      await store.append(batch({ revisions: [{ spaceId: spaceA, ...between(0, 20) }] }));
      expect(await store.transitions(always)).toEqual([]);
      expect(await store.stateAt(startMs + 100)).toEqual(new Map());
      await store.append(batch({ transitions: [transition(10)] }));
      expect(await store.transitions(always)).toEqual([transition(10)]);
    });

    test('tells a speed that was not measured from standing traffic', async () => {
      const rows = [
        count(0, { meanSpeedKmh: null, vehicles: 0 }),
        count(0, { meanSpeedKmh: 0, direction: 'right' }),
      ];
      await store.append(batch({ counts: rows }));
      expect(await store.counts(always)).toEqual(rows);
    });

    test('keeps what an observation says of the state before it', async () => {
      const rows = [
        observation(10, { previousState: { minMs: 0, maxMs: null } }),
        observation(20, { previousState: { minMs: 1_000, maxMs: 2_000 } }),
      ];
      await store.append(batch({ observations: rows }));
      expect(await store.observations(always)).toEqual(rows);
    });

    test('keeps what a device did not tell as null', async () => {
      const silent = health(0, {
        rssiDbm: null,
        snrDb: null,
        batteryV: null,
        batteryRatio: null,
        batteryLow: null,
        temperatureC: null,
      });
      const loud = health(1, {
        batteryLow: true,
        batteryRatio: 0,
        faults: ['radar', 'a "b", c=d\\'],
      });
      await store.append(batch({ health: [silent, loud] }));
      expect(await store.health(always)).toEqual([silent, loud]);
    });

    test('moves the cursor with the batch, and only for what came through the log', async () => {
      await store.append(batch({ observations: [observation(1)], upTo: 1_234_567 }));
      await store.append(batch({ observations: [observation(2)] }));
      expect(await store.cursor()).toBe(1_234_567);
    });

    test('keeps the order of batches that are handed over at once', async () => {
      await Promise.all(
        [1, 2, 3, 4].map((seq) =>
          store.append(batch({ transitions: [transition(seq)], upTo: seq })),
        ),
      );
      expect(await store.cursor()).toBe(4);
      expect(await store.transitions(always)).toHaveLength(4);
    });

    if (reopen === undefined) return;
    test('has everything when it is opened again', async () => {
      await store.append(batch({ observations: [observation(1)], upTo: 9 }));
      await store.close();
      store = await reopen();
      expect(await store.cursor()).toBe(9);
      expect(await store.observations(always)).toEqual([observation(1)]);
      await store.append(batch({ observations: [observation(1)], upTo: 9 }));
      expect(await store.observations(always)).toHaveLength(1);
    });
  });
}
