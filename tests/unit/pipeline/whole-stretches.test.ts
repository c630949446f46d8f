import { describe, expect, test } from 'vitest';

import { memoryStore } from '../../../services/adapters/history-store/memory.ts';
import { toSiteId, toStretchId } from '../../../services/domain/ids.ts';
import { hourMs } from '../../../services/domain/local-time.ts';
import { wholeStretches } from '../../../services/domain/roll-up-groups.ts';
import type { RollUp } from '../../../services/domain/roll-up.ts';
import type { Installation, Inventory } from '../../../services/domain/site.ts';
import { createMeasure } from '../../../services/pipeline/measure/measure.ts';
import { withWholeStretches } from '../../../services/pipeline/whole-stretches.ts';
import {
  batch,
  count,
  observation,
  startMs,
  transition,
} from '../../contract/history-store-rows.ts';
import { devEui } from '../../support/builders.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createRecordingLogger } from '../../support/recording-logger.ts';
import { rollUpRow } from '../../support/roll-up-row.ts';
import { street } from '../../support/street.ts';

const [kerb] = street.sites as [Inventory['sites'][0]];
const gate: Installation = {
  devEui: devEui(9),
  model: 'pmx-tcr',
  target: { kind: 'site-gate', siteId: kerb.id, gate: 'in' },
  fromMs: 0,
  untilMs: null,
  occupiedBelowM: null,
};

describe('a site that is the whole of its stretch', () => {
  test.each<[string, Partial<Inventory>, 'whole' | 'a part']>([
    ['the only kerb of its street', {}, 'whole'],
    ['a kerb whose street has more spaces', { sites: [{ ...kerb, numberOfSpaces: 2 }] }, 'a part'],
    ['one of two kerbs', { sites: [kerb, { ...kerb, id: toSiteId('kerb-2') }] }, 'a part'],
    ['a place off the street', { sites: [{ ...kerb, stretchId: null }] }, 'a part'],
    ['a kerb with a counter at its entry', { installations: [gate] }, 'a part'],
  ])('%s', (_, more, what) => {
    const found = [...wholeStretches({ ...street, ...more })];
    expect(found).toEqual(what === 'whole' ? [['kerb-1', 'stretch-1']] : []);
  });
});

describe('roll-ups of sites that are the whole of their stretch', () => {
  const range = { fromMs: startMs, toMs: startMs + 24 * hourMs };
  const row = (more: Partial<RollUp>): RollUp =>
    rollUpRow({
      scope: 'stretch',
      id: 'stretch-1',
      step: 'hour',
      fromMs: startMs,
      toMs: startMs + hourMs,
      observedMs: hourMs,
      ...more,
    });
  const sites = { ...range, scope: 'site', step: 'hour' } as const;
  const townWith = async (...rows: RollUp[]) => {
    const stored = memoryStore();
    await stored.writeRollUps(rows);
    return { stored, store: withWholeStretches(stored, () => street) };
  };

  test('are stored once and answered for both', async () => {
    const stored = memoryStore();
    const store = withWholeStretches(stored, () => street);
    await store.append(
      batch({
        observations: [observation(0, { status: 'vacant' }), observation(hourMs / 2)],
        transitions: [transition(0, { to: 'vacant' }), transition(hourMs / 2)],
        counts: [count(0)],
      }),
    );
    const measure = createMeasure({
      store,
      clock: createManualClock(startMs + 2 * hourMs),
      log: createRecordingLogger(),
      inventory: () => street,
      timeZone: 'Europe/Berlin',
      staleAfterMs: () => 24 * hourMs,
      backDays: 3,
    });
    await measure.start();
    await measure.stop();

    expect(await stored.rollUps(sites)).toEqual([]);
    const [ofStretch] = await store.rollUps({ ...sites, scope: 'stretch' });
    const [ofSite] = await store.rollUps(sites);
    expect(ofStretch).toMatchObject({ arrivals: 1, vehicles: expect.any(Number) as number });
    expect(ofSite).toEqual({
      ...ofStretch,
      scope: 'site',
      id: 'kerb-1',
      vehicles: null,
      countedMs: 0,
    });
  });

  test('come in the order of time and id, and only those that were asked for', async () => {
    const { store } = await townWith(
      row({ arrivals: 2, fromMs: startMs + hourMs, toMs: startMs + 2 * hourMs }),
      row({ arrivals: 1 }),
      row({ scope: 'site', id: 'car-park' }),
      row({ id: 'stretch-2' }),
    );
    const answer = async (ids?: readonly string[]) =>
      (await store.rollUps({ ...sites, ...(ids && { ids }) })).map(
        ({ id, fromMs }) => `${id} ${(fromMs - startMs) / hourMs}`,
      );
    expect(await answer()).toEqual(['car-park 0', 'kerb-1 0', 'kerb-1 1']);
    expect(await answer(['car-park'])).toEqual(['car-park 0']);
    expect(await answer(['kerb-1'])).toEqual(['kerb-1 0', 'kerb-1 1']);
    expect(await answer([])).toEqual([]);
  });

  test('give way to rows of the site itself, of a time when it shared the stretch', async () => {
    const { store } = await townWith(
      row({ arrivals: 7 }),
      row({ arrivals: 3, scope: 'site', id: 'kerb-1' }),
    );
    expect(await store.rollUps(sites)).toMatchObject([{ scope: 'site', arrivals: 3 }]);
  });

  test('do not exist where only cars passed', async () => {
    const { store } = await townWith(row({ observedMs: 0, vehicles: 12, countedMs: hourMs }));
    expect(await store.rollUps(sites)).toEqual([]);
    expect(await store.rollUps({ ...sites, scope: 'stretch' })).toHaveLength(1);
  });

  test('follow the inventory', async () => {
    const stored = memoryStore();
    await stored.writeRollUps([row({ id: toStretchId('stretch-1') })]);
    let inventory = street;
    const store = withWholeStretches(stored, () => inventory);
    expect(await store.rollUps(sites)).toHaveLength(1);
    inventory = { ...street, sites: [kerb, { ...kerb, id: toSiteId('kerb-2') }] };
    expect(await store.rollUps(sites)).toEqual([]);
  });
});
