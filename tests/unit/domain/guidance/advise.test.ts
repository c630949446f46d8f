import { describe, expect, test } from 'vitest';
import { type Needs } from '../../../../services/domain/guidance/needs.ts';
import { toSpaceId } from '../../../../services/domain/ids.ts';
import type { ParkingSite } from '../../../../services/domain/site.ts';
import { garage, at, siteId, townWith, advisorOn } from '../../../support/advised-town.ts';

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
