import { describe, expect, test } from 'vitest';
import { createAdvisor, type AdviceRequest } from '../../../../services/domain/guidance/advise.ts';
import { createCommitments } from '../../../../services/domain/guidance/commitments.ts';
import { createSiteForecast } from '../../../../services/domain/guidance/forecast/site-forecast.ts';
import { createWeekClock } from '../../../../services/domain/guidance/forecast/week-profile.ts';
import { noNeeds, type Needs } from '../../../../services/domain/guidance/needs.ts';
import type { GuidedStop } from '../../../../services/domain/guidance/guided-stops.ts';
import { createGuidanceSessions } from '../../../../services/domain/guidance/sessions.ts';
import { toSiteId, toSpaceId, toStretchId } from '../../../../services/domain/ids.ts';
import type { Status } from '../../../../services/domain/observation.ts';
import type { Inventory, ParkingSite } from '../../../../services/domain/site.ts';
import { kerb, kerbTown } from '../../../support/towns.ts';

const nowMs = Date.UTC(2026, 3, 1, 10);
const garage = toSiteId('garage');
const at = (i: number) => ({ lat: 49.4 + i * 0.001, lon: 8.69 });
const siteId = (i: number) => toSiteId(`site-${i}`);

/** Kerbs 110 m apart going north, a garage at the fifth; the streets between them if asked. */
function townWith(
  ways: 'streets' | 'no streets',
  change: (site: ParkingSite) => Partial<ParkingSite> = () => ({}),
): Inventory {
  const town = kerbTown({ sites: 8, spacesPerSite: 4 });
  const large = { kind: 'car-park', counting: 'balance', numberOfSpaces: 200 } as const;
  const sites = [...town.sites, kerb('garage', { ...large, location: at(5) })];
  const stretches = Array.from({ length: 8 }, (_, i) => ({
    id: toStretchId(`s${i}`),
    zoneId: null,
    name: `s${i}`,
    lengthM: 111,
    points: [at(i - 0.5), at(i + 0.5)],
    oneway: null,
    roadClass: 'residential',
    fromNode: `n${i}`,
    toNode: `n${i + 1}`,
    numberOfSpaces: 4,
    maxSpeedKmh: 30,
  }));
  return {
    ...town,
    sites: sites.map((site) => ({ ...site, ...change(site) })),
    stretches: ways === 'streets' ? stretches : [],
  };
}

/** An advisor on a town whose kerbs show these vacant spaces, and whose garage shows 80. */
function advisorOn(
  inventory: Inventory,
  vacant: (site: number) => number | null,
  options: { readonly garage?: number | null; readonly ageS?: number | null } = {},
) {
  const forecast = createSiteForecast(inventory, createWeekClock('UTC'));
  for (let site = 0; site < 8; site += 1)
    for (let n = 0; n < 4; n += 1) {
      const free = vacant(site);
      const status: Status = free === null ? 'unknown' : n < free ? 'vacant' : 'occupied';
      forecast.seeSpace(toSpaceId(`space-${site}-${n}`), status);
    }
  const left = options.garage === undefined ? 80 : options.garage;
  forecast.seeCount(garage, nowMs, left === null ? null : { known: 200, vacant: left });
  forecast.advance(3_600);
  forecast.refresh();
  const commitments = createCommitments();
  const advisor = createAdvisor({
    inventory,
    forecast,
    commitments,
    ageS: () => (options.ageS === undefined ? 30 : options.ageS),
    random: () => 0,
  });
  const ask = (more: Partial<AdviceRequest> = {}, needs: Partial<Needs> = {}) =>
    advisor.advise(
      {
        destination: at(2),
        from: at(0),
        arrivalMs: null,
        needs: { ...noNeeds, ...needs },
        ...more,
      },
      { driver: 'me', target: null, hasFailed: false, avoid: new Set() },
      nowMs,
    );
  return { advisor, commitments, forecast, ask };
}

describe.each(['streets', 'no streets'] as const)('advice, with %s', (ways) => {
  test('names the place, the ways, the chance out of ten and the garage', () => {
    const answer = advisorOn(townWith(ways), () => 3).ask();
    expect(answer.ok && answer.value.suggestions).toHaveLength(3);
    expect(answer.ok && answer.value.suggestions[0]).toMatchObject({
      siteId: siteId(2),
      kind: 'kerb',
      driveMin: 1,
      walkMin: 1,
      timesOutOfTen: 9,
      basis: 'sensors',
      garage,
      isUnlikely: false,
    });
  });

  test('without the driver’s position there is no driving time, but advice', () => {
    const answer = advisorOn(townWith(ways), () => 3).ask({ from: null });
    expect(answer.ok && answer.value.suggestions[0]).toMatchObject({ driveMin: null, walkMin: 1 });
  });

  test('full kerbs lead to the garage', () => {
    const answer = advisorOn(townWith(ways), () => 0).ask();
    expect(answer.ok && answer.value.suggestions[0]).toMatchObject({ siteId: garage });
  });

  test('who takes no garage is told that it is unlikely, or that all is full', () => {
    const answer = advisorOn(townWith(ways), () => 0, { garage: 0 }).ask(
      {},
      { acceptsCarParks: false },
    );
    const best = answer.ok
      ? answer.value.suggestions[0]
      : answer.error.code === 'everything-full'
        ? answer.error.best
        : null;
    expect(best?.chanceRatio).toBeLessThan(0.5);
    expect(best?.isUnlikely).toBe(true);
  });

  test('a destination away from the area is said to be so', () => {
    const answer = advisorOn(townWith(ways), () => 3).ask({ destination: { lat: 48, lon: 9 } });
    expect(answer).toEqual({ ok: false, error: { code: 'outside-area' } });
  });

  test('nothing within the walk: the nearest there is', () => {
    const answer = advisorOn(townWith(ways), () => 3).ask(
      { destination: at(2.3) },
      { maxWalkM: 20 },
    );
    expect(answer).toMatchObject({ ok: false, error: { code: 'nothing-in-reach' } });
    expect(!answer.ok && 'nearest' in answer.error && answer.error.nearest).toBe(siteId(2));
  });

  test('with no news from any sensor nothing is made up', () => {
    const answer = advisorOn(townWith(ways), () => null, { ageS: null }).ask();
    expect(answer).toMatchObject({ ok: false, error: { code: 'no-news' } });
  });

  test('a silent town is guessed at, and says that it is a guess', () => {
    const answer = advisorOn(townWith(ways), (site) => (site < 4 ? null : 3)).ask();
    const suggestions = answer.ok ? answer.value.suggestions : [];
    const guess = suggestions.find(({ siteId: id }) => id === siteId(2));
    expect(guess === undefined || guess.basis === 'neighbours').toBe(true);
    expect(suggestions.length).toBeGreaterThan(0);
  });
});

describe('needs', () => {
  const all = townWith('no streets');
  test.each<[string, Partial<Needs>, Partial<ParkingSite>]>([
    ['height', { vehicleHeightM: 2.2 }, { maxHeightM: 2 }],
    ['price', { maxFeeEurPerHour: 1 }, { feeEurPerHour: 2, hasFee: true }],
    ['free of charge only', { maxFeeEurPerHour: 0 }, { hasFee: true }],
    ['duration', { stayMin: 180 }, { maxStayMin: 120 }],
  ])('%s: sites that do not fit are left out', (_, needs, second) => {
    const town = townWith('no streets', ({ id }) =>
      id === siteId(2) ? second : { hasFee: false },
    );
    const answer = advisorOn(town, () => 3).ask({}, needs);
    const ids = answer.ok ? answer.value.suggestions.map((one) => one.siteId) : [];
    expect(ids.length).toBeGreaterThan(0);
    expect(ids).not.toContain(siteId(2));
  });

  test('closed sites are never advised', () => {
    const closed = townWith('no streets', ({ id }) => ({ isClosed: id !== siteId(4) }));
    const answer = advisorOn(closed, () => 3).ask();
    expect(answer.ok && answer.value.suggestions.map((one) => one.siteId)).toEqual([siteId(4)]);
  });

  test('nothing fits at all', () => {
    const answer = advisorOn(all, () => 3).ask({}, { audience: 'charging' });
    expect(answer).toEqual({ ok: false, error: { code: 'nothing-suitable' } });
  });

  test('a disabled driver finds a kept space where the others find none', () => {
    const town = townWith('no streets', ({ id }) =>
      id === siteId(2) ? { numberOfSpacesFor: { disabled: 1 } } : {},
    );
    const spaces = town.spaces.map((space) =>
      space.id === toSpaceId('space-2-0') ? { ...space, audience: 'disabled' as const } : space,
    );
    const { ask } = advisorOn({ ...town, spaces }, (site) => (site === 2 ? 1 : 0), { garage: 0 });
    const own = ask({}, { audience: 'disabled', acceptsCarParks: false });
    const other = ask({}, { acceptsCarParks: false });
    const chance = (answer: typeof own): number =>
      answer.ok
        ? (answer.value.suggestions.find((one) => one.siteId === siteId(2))?.chanceRatio ?? 0)
        : 0;
    expect(chance(own)).toBeGreaterThan(chance(other) + 0.3);
  });
});

describe('guidance sessions', () => {
  const request: AdviceRequest = {
    destination: at(2),
    from: at(0),
    arrivalMs: null,
    needs: noNeeds,
  };
  const open = (maxSessions = 10) => {
    const town = advisorOn(townWith('streets'), () => 1);
    const found: string[] = [];
    const stops: GuidedStop[] = [];
    const sessions = createGuidanceSessions({
      ...town,
      onStop: (stop) => void stops.push(stop),
      onFoundFull: (id) => void found.push(id),
      maxSessions,
    });
    return { ...town, sessions, found, stops };
  };

  test('drivers at the same time are not all sent to the same space', () => {
    const { sessions } = open();
    const targets = ['a', 'b', 'c', 'd'].map((id) => {
      const answer = sessions.start(id, request, nowMs);
      return answer.ok ? answer.value.suggestions[0]?.siteId : null;
    });
    expect(new Set(targets).size).toBeGreaterThan(2);
  });

  test('the advice stays for half a minute', () => {
    const { sessions } = open();
    const first = sessions.start('a', request, nowMs);
    expect(sessions.review('a', nowMs + 29_000, at(1))).toBe(first);
    expect(sessions.review('a', nowMs + 30_000, at(1))).not.toBe(first);
    expect(sessions.review('nobody', nowMs, null)).toBeUndefined();
  });

  test('without a position it stands while it is good, and changes when the place fills up', () => {
    const { sessions, forecast } = open();
    const first = sessions.start('a', request, nowMs);
    const target = first.ok ? first.value.suggestions[0]?.siteId : null;
    expect(sessions.review('a', nowMs + 30_000, null)).toBe(first);
    for (let n = 0; n < 4; n += 1)
      forecast.seeSpace(toSpaceId(`space-${target?.at(-1) ?? ''}-${n}`), 'occupied');
    forecast.refresh();
    const next = sessions.review('a', nowMs + 60_000, null);
    expect(next?.ok && next.value.suggestions[0]?.siteId).not.toBe(target);
  });

  test('what a driver picked stays his target until it is full, and its chance is told', () => {
    const { sessions, forecast, commitments } = open();
    sessions.start('a', request, nowMs);
    const first = sessions.targetOf('a', nowMs);
    expect(first?.isPicked).toBe(false);
    const picked = siteId(first?.siteId === siteId(0) ? 1 : 0);
    const place = Number(picked.at(-1));
    sessions.pick('a', picked, nowMs + 60_000);
    const before = sessions.targetOf('a', nowMs);
    expect(before).toMatchObject({ siteId: picked, isPicked: true });
    for (let n = 0; n < 4; n += 1) forecast.seeSpace(toSpaceId(`space-${place}-${n}`), 'occupied');
    forecast.refresh();
    const next = sessions.review('a', nowMs + 30_000, at(1));
    expect(next?.ok && next.value.suggestions[0]?.siteId).not.toBe(picked);
    const after = sessions.targetOf('a', nowMs + 30_000);
    expect(after).toMatchObject({ siteId: picked, isPicked: true });
    expect(after?.chanceRatio ?? 1).toBeLessThan(before?.chanceRatio ?? 0);
    expect(commitments.target('a')).toBe(place);
    sessions.foundFull('a', nowMs + 40_000);
    expect(sessions.targetOf('a', nowMs + 40_000)).not.toMatchObject({ siteId: picked });
    expect(sessions.targetOf('nobody', nowMs)).toBeUndefined();
  });

  test('who finds nothing is led elsewhere, and the site is known to be full', () => {
    const { sessions, found } = open();
    const first = sessions.start('a', request, nowMs);
    const tried = first.ok ? first.value.suggestions[0]?.siteId : null;
    const next = sessions.foundFull('a', nowMs + 60_000);
    expect(found).toEqual([tried]);
    expect(next?.ok && next.value.suggestions.map((one) => one.siteId)).not.toContain(tried);
  });

  test('the take nearest to the arrival is the guided car’s, once', () => {
    const { sessions, stops } = open();
    sessions.start('a', request, nowMs);
    sessions.pick('a', siteId(2), nowMs + 60_000);
    sessions.arrived('a', null, nowMs + 60_000);
    for (const afterS of [10, 75, 90, 181])
      sessions.seeTake({ siteId: siteId(2), atMs: nowMs + afterS * 1_000 });
    sessions.seeTake({ siteId: siteId(3), atMs: nowMs + 60_000 });
    sessions.purge(nowMs + 179_000);
    expect(stops).toEqual([]);
    sessions.purge(nowMs + 180_000);
    const parked = { kind: 'parked', siteId: siteId(2), detourM: 0 };
    expect(stops).toEqual([{ ...parked, atMs: nowMs + 75_000 }]);
    expect(sessions.size).toBe(0);
    sessions.purge(nowMs + 210_000);
    expect(stops).toHaveLength(1);
  });

  test('a driver who never says that he parked is matched too, and goes on until then', () => {
    const { sessions, stops, commitments } = open();
    sessions.start('a', request, nowMs);
    sessions.pick('a', siteId(2), nowMs + 60_000);
    sessions.seeTake({ siteId: siteId(2), atMs: nowMs + 30_000 });
    expect(sessions.review('a', nowMs + 31_000, null)?.ok).toBe(true);
    const before = commitments.complianceRatio;
    sessions.purge(nowMs + 180_000);
    expect(stops).toMatchObject([{ kind: 'parked', atMs: nowMs + 30_000 }]);
    expect(commitments.complianceRatio).toBeGreaterThan(before);
    sessions.purge(nowMs + 3_600_000);
    expect(sessions.size).toBe(0);
  });

  test('no take, no guided take: two drivers share none', () => {
    const { sessions, stops } = open();
    for (const id of ['a', 'b']) {
      sessions.start(id, request, nowMs);
      sessions.pick(id, siteId(2), nowMs + 60_000);
    }
    sessions.seeTake({ siteId: siteId(2), atMs: nowMs + 60_000 });
    sessions.purge(nowMs + 200_000);
    expect(stops).toHaveLength(1);
  });

  test('driving on from a full kerb is told with its metres once he stops', () => {
    const { sessions, stops } = open();
    sessions.start('a', request, nowMs);
    sessions.pick('a', siteId(2), nowMs + 60_000);
    sessions.foundFull('a', nowMs + 60_000);
    sessions.pick('a', siteId(4), nowMs + 90_000);
    expect(stops).toEqual([]);
    sessions.arrived('a', siteId(4), nowMs + 90_000);
    expect(stops).toMatchObject([{ kind: 'found-full', siteId: siteId(2), atMs: nowMs + 60_000 }]);
    expect(stops[0]?.detourM).toBeGreaterThan(50);
    expect(stops[0]?.detourM).toBeLessThan(2_000);
  });

  test('a take while he is on his way is counted as his, once, and he is still led on', () => {
    const { sessions, stops } = open();
    sessions.start('a', request, nowMs);
    sessions.pick('a', siteId(2), nowMs + 60_000);
    sessions.seeTake({ siteId: siteId(2), atMs: nowMs + 50_000 });
    sessions.purge(nowMs + 180_000);
    expect(stops).toHaveLength(1);
    expect(sessions.review('a', nowMs + 200_000, at(1))?.ok).toBe(true);
    sessions.seeTake({ siteId: siteId(2), atMs: nowMs + 210_000 });
    sessions.arrived('a', null, nowMs + 210_000);
    sessions.purge(nowMs + 340_000);
    expect(stops).toHaveLength(1);
    expect(sessions.size).toBe(0);
  });

  test('a thousand sessions that never arrive leave nothing behind', () => {
    const { sessions, commitments } = open(100);
    for (let i = 0; i < 1_000; i += 1) sessions.start(`d${i}`, request, nowMs + i);
    expect(sessions.size).toBe(100);
    expect(commitments.size).toBeLessThanOrEqual(100);
    sessions.purge(nowMs + 86_400_000);
    expect(sessions.size).toBe(0);
    expect(commitments.size).toBe(0);
    expect(commitments.complianceRatio).toBeLessThan(0.7);
  });

  test('ending a session frees its space', () => {
    const { sessions, commitments } = open();
    sessions.start('a', request, nowMs);
    sessions.end('a');
    sessions.end('a');
    expect(commitments.size).toBe(0);
  });
});
