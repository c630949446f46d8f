import { describe, expect, test } from 'vitest';
import { toStretchId } from '../../../../services/domain/ids.ts';
import { createPlaceNet, walkTo, type Place } from '../../../../services/domain/guidance/place.ts';
import {
  choose,
  createRanker,
  type Outlook,
  type Trip,
} from '../../../../services/domain/guidance/ranking.ts';
import { createStreetGraph } from '../../../../services/domain/street-graph.ts';

/** A street of ten blocks of 100 m, 10 s each; place i is block i, place 10 a garage at its far end. */
const at = (x: number) => ({ lat: 49, lon: 8 + x * 0.00137 });
const graph = createStreetGraph(
  Array.from({ length: 10 }, (_, i) => ({
    id: toStretchId(`b${i}`),
    points: [at(i), at(i + 1)],
    lengthM: 100,
    oneway: null,
    roadClass: 'residential',
    fromNode: `n${i}`,
    toNode: `n${i + 1}`,
    maxSpeedKmh: 45,
  })),
);
const places: Place[] = Array.from({ length: 11 }, (_, i) => {
  const whole = graph.wholeStretch(toStretchId(`b${Math.min(i, 9)}`))!;
  const kind = i === 10 ? 'car-park' : 'kerb';
  return { kind, numberOfSpaces: i === 10 ? 200 : 4, feeS: i === 10 ? 240 : 0, ...whole };
});
const net = createPlaceNet(graph, places);
const seed = (id: string) => [{ node: graph.node(id)!, cost: 0 }];

const town = (chances: Record<number, number>, more: Partial<Outlook> = {}): Outlook => ({
  chance: (place) => chances[place] ?? 0,
  isWatched: () => true,
  vacantSpaces: () => 100,
  ...more,
});
const walks = graph.walkFrom(seed('n3'), 2_000);
const trip = (more: Partial<Trip> = {}): Trip => ({
  driver: 'me',
  nowMs: 0,
  times: graph.driveFrom(seed('n0')),
  walkM: (place) => walkTo(walks, places[place]!),
  maxWalkM: 700,
  maxCarParkWalkM: 1_500,
  acceptsCarParks: true,
  hasFailed: false,
  target: null,
  isExcluded: () => false,
  ...more,
});
const rank = (outlook: Outlook, of: Trip = trip(), sent: Record<number, number> = {}) =>
  createRanker(net, outlook, { sent: (place) => sent[place] ?? 0 }).rank(of);

describe('ranking', () => {
  test('of sure places the one with the shortest drive and walk comes first', () => {
    const [best] = rank(town({ 1: 1, 3: 1, 6: 1 }));
    expect(best).toMatchObject({ place: 3, kind: 'kerb', chanceRatio: 1, walkM: 50, driveS: 40 });
  });

  test('a scarce block is left to others when a sure one is a little further', () => {
    const [best] = rank(town({ 3: 0.9, 6: 1 }));
    expect(best?.place).toBe(6);
  });

  test('where the chance is a guess, scarcity weighs less', () => {
    const guessed = { isWatched: (place: number) => place !== 3 };
    const [best] = rank(town({ 3: 0.9, 6: 1 }, guessed));
    expect(best?.place).toBe(3);
  });

  test('without a chance anywhere the car park comes first, if he takes one', () => {
    expect(rank(town({}))[0]).toMatchObject({ place: 10, kind: 'car-park' });
    const kerbs = rank(town({}), trip({ acceptsCarParks: false }));
    expect(kerbs.every(({ kind }) => kind === 'kerb')).toBe(true);
    expect(kerbs[0]?.fallback).toBeNull();
  });

  test('a car park counts those on their way, and keeps two spaces or one per cent', () => {
    const nearlyFull = town({ 10: 1 }, { vacantSpaces: () => 6 });
    expect(rank(nearlyFull)[0]?.place).toBe(10);
    expect(rank(nearlyFull, trip(), { 10: 5 }).some(({ place }) => place === 10)).toBe(false);
  });

  test('a car park nobody counts is offered without a chance, after one that is counted', () => {
    const uncounted = town({}, { vacantSpaces: () => null });
    const [unsure] = rank(uncounted);
    expect(unsure).toMatchObject({ place: 10, chanceRatio: null });
    expect(unsure!.costS).toBeGreaterThan(rank(town({}))[0]!.costS);
  });

  test('a kerb names the car park to go on to', () => {
    expect(rank(town({ 3: 1 }))[0]?.fallback).toBe(10);
  });

  test('what was just passed is left out, and so is what is too far to walk', () => {
    const everywhere = Object.fromEntries(places.map((_, i) => [i, 1]));
    const ranked = rank(
      town(everywhere),
      trip({ isExcluded: (place) => place === 3, maxWalkM: 160 }),
    );
    const kerbs = ranked.filter(({ kind }) => kind === 'kerb').map(({ place }) => place);
    expect(kerbs.sort()).toEqual([1, 2, 4]);
  });

  test('stays with what it said before unless something is clearly better', () => {
    const alike = town({ 2: 1, 3: 1 });
    const other = rank(alike)[0]!.place === 2 ? 3 : 2;
    expect(rank(alike, trip({ target: other }))[0]?.place).toBe(other);
  });

  test('after a failure believes less', () => {
    const outlook = town({ 3: 0.8 });
    const after = rank(outlook, trip({ hasFailed: true })).find(({ place }) => place === 3);
    expect(after?.chanceRatio).toBeCloseTo(0.68, 6);
  });

  test('with nothing in reach there is nothing to say', () => {
    expect(rank(town({ 3: 1 }), trip({ walkM: () => Infinity }))).toEqual([]);
  });
});

describe('the soft choice', () => {
  const options = [0, 10, 50, 90].map((costS, place) => ({
    place,
    kind: 'kerb' as const,
    driveS: 0,
    walkM: 0,
    chanceRatio: 1,
    costS,
    fallback: null,
  }));

  test('draws the best most often and nothing far from it', () => {
    const drawn = Array.from({ length: 1_000 }, (_, i) => choose(options, () => i / 1_000)?.place);
    const times = (place: number): number => drawn.filter((one) => one === place).length;
    expect(times(0)).toBeGreaterThan(times(1));
    expect(times(1)).toBeGreaterThan(times(2));
    expect(times(2)).toBeGreaterThan(0);
    expect(times(3)).toBe(0);
  });

  test('of nothing is nothing', () => {
    expect(choose([], () => 0.5)).toBeUndefined();
  });
});
