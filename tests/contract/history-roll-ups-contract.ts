import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { HistoryStore } from '../../services/ports/history-store.ts';
import {
  always,
  batch,
  count,
  health,
  observation,
  rollUp,
  startMs,
  transition,
} from './history-store-rows.ts';

/** What the port promises of roll-ups, and of what is too old. `open` and `reopen` as for its records. */
export function historyRollUpsContract(
  name: string,
  open: () => Promise<HistoryStore>,
  reopen?: () => Promise<HistoryStore>,
): void {
  describe(`HistoryStore, roll-ups and retention: ${name}`, () => {
    let store: HistoryStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    test('replaces roll-ups of the same interval and tells scopes and steps apart', async () => {
      const rows = [
        rollUp(0),
        rollUp(0, { id: 'zone-2', vehicles: null }),
        rollUp(0, { step: 'hour' }),
        rollUp(0, { scope: 'site' }),
        rollUp(900_000),
      ];
      await store.writeRollUps(rows);
      await store.writeRollUps([rollUp(0, { arrivals: 30, vehicles: null })]);
      const query = {
        fromMs: startMs,
        toMs: startMs + 900_000,
        scope: 'zone',
        step: '15min',
      } as const;
      expect(await store.rollUps(query)).toEqual([
        rollUp(0, { arrivals: 30, vehicles: null }),
        rollUp(0, { id: 'zone-2', vehicles: null }),
      ]);
      expect(await store.rollUps({ ...query, ids: ['zone-2'] })).toHaveLength(1);
      expect(await store.rollUps({ ...query, step: 'hour' })).toEqual([
        rollUp(0, { step: 'hour' }),
      ]);
      expect(await store.rollUps({ ...query, step: 'day' })).toEqual([]);
    });

    test('leaves ages out for who does not look at them', async () => {
      await store.writeRollUps([rollUp(0), rollUp(900_000)]);
      const query = { ...always, scope: 'zone', step: '15min' } as const;
      expect(await store.rollUps({ ...query, leaveOut: 'ages' })).toEqual([
        rollUp(0, { stays: null, vacancies: null }),
        rollUp(900_000, { stays: null, vacancies: null }),
      ]);
      expect(await store.rollUps(query)).toEqual([rollUp(0), rollUp(900_000)]);
    });

    test('prunes each kind by its own age', async () => {
      await store.append(
        batch({
          observations: [observation(10), observation(20)],
          transitions: [transition(10), transition(20)],
          counts: [count(10), count(20)],
          health: [health(10), health(20)],
        }),
      );
      await store.writeRollUps([rollUp(0), rollUp(0, { step: 'day' }), rollUp(900_000)]);
      await store.prune({
        observationsMs: startMs + 20,
        healthMs: startMs + 15,
        rollUpsMs: { '15min': startMs + 900_000 },
      });
      expect(await store.observations(always)).toEqual([observation(20)]);
      expect(await store.health(always)).toEqual([health(20)]);
      expect(await store.transitions(always)).toHaveLength(2);
      expect(await store.counts(always)).toHaveLength(2);
      expect(await store.rollUps({ ...always, scope: 'zone', step: '15min' })).toEqual([
        rollUp(900_000),
      ]);
      expect(await store.rollUps({ ...always, scope: 'zone', step: 'day' })).toHaveLength(1);
      await store.prune({ transitionsMs: startMs + 20, countsMs: startMs + 99 });
      expect(await store.transitions(always)).toEqual([transition(20)]);
      expect(await store.counts(always)).toEqual([]);
    });

    if (reopen === undefined) return;
    test('has its roll-ups when it is opened again', async () => {
      await store.writeRollUps([rollUp(0)]);
      await store.close();
      store = await reopen();
      expect(await store.rollUps({ ...always, scope: 'zone', step: '15min' })).toEqual([rollUp(0)]);
    });
  });
}
