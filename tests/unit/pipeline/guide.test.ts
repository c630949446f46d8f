import { describe, expect, test } from 'vitest';
import { noNeeds } from '../../../services/domain/guidance/needs.ts';
import { toSiteId, toSpaceId } from '../../../services/domain/ids.ts';
import type { SiteId, SpaceId } from '../../../services/domain/ids.ts';
import type { Transition } from '../../../services/domain/observation.ts';
import type { Present, SitePresent, SpacePresent } from '../../../services/domain/present.ts';
import type { Inventory } from '../../../services/domain/site.ts';
import type { GuidedStop } from '../../../services/domain/guidance/guided-stops.ts';
import { createGuide } from '../../../services/pipeline/guide.ts';
import type { EventBus, Topics } from '../../../services/ports/event-bus.ts';
import { rollUpRow } from '../../support/roll-up-row.ts';
import { kerb } from '../../support/towns.ts';

const startMs = Date.UTC(2026, 3, 1, 10);
const spaceIds = ['k-1', 'k-2', 'k-3'].map(toSpaceId);
const inventory: Inventory = {
  municipalities: [],
  zones: [],
  sites: [
    kerb('kerb'),
    kerb('works', { isClosed: true }),
    kerb('garage', { kind: 'car-park', counting: 'balance', numberOfSpaces: 200 }),
  ],
  spaces: spaceIds.map((id) => ({
    id,
    siteId: toSiteId('kerb'),
    location: { lat: 49.41, lon: 8.69 },
    headingDeg: null,
    audience: null,
    visibility: 'public',
  })),
  stretches: [],
  installations: [],
};

/** A present, a bus and a clock that the test moves by hand. */
function stand() {
  const spaces = new Map<SpaceId, SpacePresent>();
  const sites = new Map<SiteId, SitePresent>();
  const listeners: [string, (event: never) => void][] = [];
  const told: Topics['chances-changed'][] = [];
  const timers: (() => void)[] = [];
  let now = startMs;
  const bus: EventBus = {
    publish(topic, event) {
      for (const [name, listener] of listeners) if (name === topic) listener(event as never);
    },
    subscribe(topic, listener) {
      const entry: [string, (event: never) => void] = [topic, listener];
      listeners.push(entry);
      return () => void listeners.splice(listeners.indexOf(entry), 1);
    },
  };
  bus.subscribe('chances-changed', (event) => void told.push(event));
  const present: Present = {
    version: () => 0,
    epoch: 'e',
    space: (id) => spaces.get(id),
    site: (id) => sites.get(id),
    spaces: () => spaces.values(),
    sites: () => sites.values(),
  };
  const quiet = (): void => undefined;
  return {
    told,
    deps: {
      bus,
      present,
      inventory,
      clock: {
        now: () => now,
        after: () => quiet,
        every: (_: number, run: () => void) => {
          timers.push(run);
          return quiet;
        },
      },
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    },
    space(index: number, status: SpacePresent['status']) {
      const spaceId = spaceIds[index]!;
      const at = { sinceMs: now, lastSeenMs: now, freshness: 'live', version: 1 } as const;
      spaces.set(spaceId, { spaceId, status, ...at });
      bus.publish('present-changed', { spaceIds: [spaceId], siteIds: [toSiteId('kerb')] });
    },
    garage(numberOfVacantSpaces: number | null) {
      const siteId = toSiteId('garage');
      sites.set(siteId, {
        siteId,
        numberOfKnownSpaces: 200,
        numberOfVacantSpaces,
        numberOfOccupiedSpaces: null,
        vacantFor: {},
        lastSeenMs: now,
        lastChangedMs: now,
        freshness: 'live',
        chanceRatio: null,
        version: 1,
      });
      bus.publish('present-changed', { spaceIds: [], siteIds: [siteId] });
    },
    pass(ms: number) {
      for (const end = now + ms; now < end;) {
        now += 30_000;
        for (const timer of timers) timer();
      }
    },
  };
}

describe('the guide', () => {
  test('knows nothing at first, and something as soon as half of a kerb is known', async () => {
    const town = stand();
    const guide = createGuide(town.deps);
    await guide.start();
    expect(guide.chanceRatio(toSiteId('kerb'))).toBeNull();
    town.space(0, 'vacant');
    expect(guide.chanceRatio(toSiteId('kerb'))).toBeNull();
    town.space(1, 'occupied');
    expect(guide.chanceRatio(toSiteId('kerb'))).toBeGreaterThan(0.3);
    town.space(0, 'unknown');
    expect(guide.chanceRatio(toSiteId('kerb'))).toBeNull();
  });

  test('a vacant kerb has a better chance than a full one', async () => {
    const town = stand();
    const guide = createGuide(town.deps);
    await guide.start();
    for (const index of [0, 1, 2]) town.space(index, 'vacant');
    const vacant = guide.chanceRatio(toSiteId('kerb'))!;
    for (const index of [0, 1, 2]) town.space(index, 'occupied');
    const full = guide.chanceRatio(toSiteId('kerb'))!;
    expect(vacant).toBeGreaterThan(0.9);
    expect(full).toBeLessThan(0.5);
    expect(full).toBeGreaterThan(0);
  });

  test('closed and unknown sites have no chance to tell', async () => {
    const guide = createGuide(stand().deps);
    await guide.start();
    expect(guide.chanceRatio(toSiteId('works'))).toBeNull();
    expect(guide.chanceRatio(toSiteId('nowhere'))).toBeNull();
  });

  test('a car park counted at its gates has a chance, until its count is gone', async () => {
    const town = stand();
    const guide = createGuide(town.deps);
    await guide.start();
    town.garage(80);
    expect(guide.chanceRatio(toSiteId('garage'))).toBeGreaterThan(0.99);
    town.garage(null);
    expect(guide.chanceRatio(toSiteId('garage'))).toBeNull();
  });

  test('tells on the bus when a chance moved, and not again while it stays', async () => {
    const town = stand();
    const guide = createGuide(town.deps);
    await guide.start();
    for (const index of [0, 1, 2]) town.space(index, 'occupied');
    town.pass(30_000);
    expect(town.told).toEqual([{ siteIds: [toSiteId('kerb')] }]);
    guide.stop();
    town.space(0, 'vacant');
    expect(town.told).toHaveLength(1);
  });

  test('learns from the past before it starts', async () => {
    const town = stand();
    const busy: Transition[] = Array.from({ length: 120 }, (_, i) => ({
      spaceId: spaceIds[0]!,
      to: i % 2 === 0 ? 'vacant' : 'occupied',
      atMs: startMs - 7_200_000 + i * 60_000,
      earliestMs: startMs - 7_200_000 + i * 60_000,
      method: 'seen',
    }));
    const history = {
      transitions: () => Promise.resolve(busy),
      stateAt: () => Promise.resolve(new Map()),
      rollUps: () => Promise.resolve([]),
    };
    const fresh = createGuide(town.deps);
    const primed = createGuide({ ...town.deps, history });
    await Promise.all([fresh.start(), primed.start()]);
    town.space(0, 'vacant');
    town.space(1, 'occupied');
    town.space(2, 'occupied');
    town.pass(30_000);
    const id = toSiteId('kerb');
    expect(primed.chanceRatio(id)).toBeLessThan(fresh.chanceRatio(id)! - 0.1);
  });

  test('knows a car park’s usual week from the roll-ups of four', async () => {
    const town = stand();
    const hourMs = 3_600_000;
    /** Four weeks in which it is always full from two hours after now on, and half full before. */
    const rollUps = Array.from({ length: 28 * 96 }, (_, quarter) => {
      const fromMs = startMs - (quarter + 1) * 900_000;
      const hour = new Date(fromMs).getUTCHours();
      const full = hour >= new Date(startMs + 2 * hourMs).getUTCHours();
      return rollUpRow({
        scope: 'site',
        id: 'garage',
        step: '15min',
        fromMs,
        toMs: fromMs + 900_000,
        observedMs: 900_000 * 200,
        occupiedMs: 900_000 * (full ? 200 : 100),
      });
    });
    const history = {
      transitions: () => Promise.resolve([]),
      stateAt: () => Promise.resolve(new Map()),
      rollUps: () => Promise.resolve(rollUps),
    };
    const [fresh, primed] = [town.deps, { ...town.deps, history }].map(createGuide);
    await Promise.all([fresh?.start(), primed?.start()]);
    town.garage(100);
    town.pass(30_000);
    const [without, knowing] = [fresh, primed].map(
      (guide) => guide?.expected(toSiteId('garage'), startMs + 4 * hourMs)?.vacantSpaces ?? NaN,
    );
    expect(without).toBeGreaterThan(95);
    expect(knowing).toBeLessThan(70);
  });

  test('starts without the past when the history cannot answer', async () => {
    const town = stand();
    const down = () => Promise.reject(new Error('down'));
    const history = { transitions: down, stateAt: down, rollUps: down };
    const guide = createGuide({ ...town.deps, history });
    await guide.start();
    town.space(0, 'vacant');
    town.space(1, 'vacant');
    expect(guide.chanceRatio(toSiteId('kerb'))).not.toBeNull();
  });

  test('tells a guided car’s take from a searcher’s', async () => {
    const town = stand();
    const stops: GuidedStop[] = [];
    const guide = createGuide({ ...town.deps, onGuidedStop: (stop) => void stops.push(stop) });
    await guide.start();
    for (const index of [0, 1, 2]) town.space(index, 'vacant');
    const request = {
      destination: { lat: 49.4, lon: 8.69 },
      from: null,
      arrivalMs: null,
      needs: { ...noNeeds, acceptsCarParks: false },
    };
    const answer = guide.sessions.start('a', request, startMs);
    expect(answer.ok && answer.value.suggestions[0]?.siteId).toBe('kerb');
    guide.sessions.arrived('a', null, startMs);
    town.space(0, 'occupied');
    town.space(1, 'occupied');
    town.pass(150_000);
    expect(stops).toEqual([{ kind: 'parked', siteId: 'kerb', atMs: startMs, detourM: 0 }]);
    expect(guide.advise(request).ok).toBe(true);
  });

  test('a sign counts anybody’s vacant spaces, less the cars on their way', async () => {
    const town = stand();
    const guide = createGuide(town.deps);
    await guide.start();
    const garage = toSiteId('garage');
    expect(guide.signText([garage], null)).toEqual({ kind: 'no-data' });
    town.garage(40);
    expect(guide.signText([garage], null)).toEqual({ kind: 'vacant', vacantSpaces: 40 });
    town.garage(9);
    expect(guide.signText([garage], garage)).toEqual({ kind: 'full', garage: 'garage' });
    expect(guide.signText([toSiteId('works')], null)).toEqual({ kind: 'closed', garage: null });
    expect(guide.expected(garage, startMs + 600_000)?.vacantSpaces).toBeCloseTo(9, 0);
  });
});
