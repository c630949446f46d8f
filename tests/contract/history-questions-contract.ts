import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { toSiteId, toStretchId, type DevEui } from '../../services/domain/ids.ts';
import type { HistoryStore } from '../../services/ports/history-store.ts';
import {
  always,
  batch,
  between,
  count,
  deviceA,
  health,
  observation,
  spaceA,
  spaceB,
  startMs,
  transition,
} from './history-store-rows.ts';

/** What the port promises to who asks for records. `open` gives an empty store. */
export function historyQuestionsContract(name: string, open: () => Promise<HistoryStore>): void {
  describe(`HistoryStore, questions: ${name}`, () => {
    let store: HistoryStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    test('includes the start of a range and excludes its end', async () => {
      await store.append(
        batch({
          observations: [observation(10), observation(20)],
          transitions: [transition(10), transition(20)],
          counts: [count(10), count(20)],
          health: [health(10), health(20)],
        }),
      );
      const range = between(10, 20);
      expect(await store.observations(range)).toEqual([observation(10)]);
      expect(await store.transitions(range)).toEqual([transition(10)]);
      expect(await store.counts(range)).toEqual([count(10)]);
      expect(await store.health(range)).toEqual([health(10)]);
    });

    test('answers by time, then by id, whatever order rows came in', async () => {
      await store.append(
        batch({
          transitions: [
            transition(30, { spaceId: spaceB }),
            transition(30),
            transition(20, { spaceId: spaceB }),
            transition(10),
          ],
        }),
      );
      expect(await store.transitions(always)).toEqual([
        transition(10),
        transition(20, { spaceId: spaceB }),
        transition(30),
        transition(30, { spaceId: spaceB }),
      ]);
    });

    test('narrows to spaces and devices', async () => {
      await store.append(
        batch({
          observations: [observation(10), observation(20, { spaceId: spaceB })],
          transitions: [transition(10), transition(20, { spaceId: spaceB })],
          health: [health(10), health(20, { devEui: '70B3D5E75E000002' as DevEui })],
        }),
      );
      const spaceIds = [spaceB];
      expect(await store.observations({ ...always, spaceIds })).toHaveLength(1);
      expect(await store.transitions({ ...always, spaceIds })).toEqual([
        transition(20, { spaceId: spaceB }),
      ]);
      expect(await store.transitions({ ...always, spaceIds: [] })).toEqual([]);
      expect(await store.health({ ...always, devEuis: [deviceA] })).toEqual([health(10)]);
    });

    test('tells seen transitions from inferred ones', async () => {
      const lost = transition(20, { to: 'vacant', method: 'inferred', earliestMs: startMs + 12 });
      await store.append(batch({ transitions: [transition(10), lost] }));
      expect(await store.transitions({ ...always, method: 'inferred' })).toEqual([lost]);
      expect(await store.transitions({ ...always, method: 'seen' })).toEqual([transition(10)]);
    });

    test('knows the last transition of each space before a time', async () => {
      await store.append(
        batch({
          transitions: [
            transition(10),
            transition(20, { to: 'vacant' }),
            transition(30, { spaceId: spaceB }),
          ],
        }),
      );
      expect(await store.stateAt(startMs + 20)).toEqual(new Map([[spaceA, transition(10)]]));
      expect(await store.stateAt(startMs + 31)).toEqual(
        new Map([
          [spaceA, transition(20, { to: 'vacant' })],
          [spaceB, transition(30, { spaceId: spaceB })],
        ]),
      );
      expect([...(await store.stateAt(startMs + 31, [spaceB])).keys()]).toEqual([spaceB]);
    });

    test('knows when each space was observed in a range, and when last', async () => {
      await store.append(
        batch({
          observations: [observation(10), observation(20), observation(15, { spaceId: spaceB })],
        }),
      );
      expect(await store.seen({ ...between(0, 21), stepMs: 1 })).toEqual(
        new Map([
          [spaceA, [startMs + 10, startMs + 20]],
          [spaceB, [startMs + 15]],
        ]),
      );
      expect(await store.seen({ ...between(10, 20), spaceIds: [spaceA], stepMs: 1 })).toEqual(
        new Map([[spaceA, [startMs + 10]]]),
      );
      expect(await store.seen({ ...between(0, 21), spaceIds: [], stepMs: 1 })).toEqual(new Map());
      expect(await store.lastSeen(between(0, 20))).toEqual(
        new Map([
          [spaceA, startMs + 10],
          [spaceB, startMs + 15],
        ]),
      );
      expect(await store.lastSeen(between(16, 21))).toEqual(new Map([[spaceA, startMs + 20]]));
    });

    test('tells of a step when a space was observed first and last in it', async () => {
      const times = [0, 3, 9, 10, 20, 21, 27, 27, 30];
      await store.append(
        batch({
          observations: [
            ...times.map((atMs, order) => observation(atMs, { order })),
            observation(14, { spaceId: spaceB }),
          ],
        }),
      );
      expect(await store.seen({ ...between(1, 31), stepMs: 10 })).toEqual(
        new Map([
          [spaceA, [3, 9, 10, 20, 27, 30].map((atMs) => startMs + atMs)],
          [spaceB, [startMs + 14]],
        ]),
      );
    });

    test('narrows counts to stretches or to gates', async () => {
      const atGate = count(0, {
        devEui: '70B3D5E75E000003' as DevEui,
        target: { kind: 'site-gate', siteId: toSiteId('garage'), gate: 'left-in' },
        direction: 'both',
      });
      await store.append(batch({ counts: [count(0), atGate] }));
      expect(await store.counts(always)).toEqual([count(0), atGate]);
      expect(await store.counts({ ...always, siteIds: [toSiteId('garage')] })).toEqual([atGate]);
      expect(await store.counts({ ...always, stretchIds: [toStretchId('stretch-1')] })).toEqual([
        count(0),
      ]);
    });
  });
}
