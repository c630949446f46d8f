import { describe, expect, test } from 'vitest';
import { distanceM, type LatLon } from '../../../../services/domain/geometry.ts';
import { createWays } from '../../../../services/domain/guidance/ways.ts';
import { toStretchId } from '../../../../services/domain/ids.ts';
import type { Stretch } from '../../../../services/domain/site.ts';
import { kerb } from '../../../support/towns.ts';

/** Junctions of a grid with blocks of about 100 m: x to the east, y to the north. */
const at = (x: number, y: number): LatLon => ({ lat: 49.4 + y * 0.0009, lon: 8.69 + x * 0.00138 });
const block = (from: readonly [number, number], to: readonly [number, number]): Stretch => ({
  id: toStretchId(`${from.join('.')}-${to.join('.')}`),
  zoneId: null,
  name: from[0] === to[0] ? `Avenue ${from[0]}` : `Street ${from[1]}`,
  lengthM: 100,
  points: [at(...from), at(...to)],
  oneway: null,
  roadClass: 'residential',
  fromNode: from.join('/'),
  toNode: to.join('/'),
  numberOfSpaces: 5,
  maxSpeedKmh: 30,
});
const side = [0, 1, 2, 3];
const grid: readonly Stretch[] = side.flatMap((a) =>
  [0, 1, 2].flatMap((b) => [block([b, a], [b + 1, a]), block([a, b], [a, b + 1])]),
);
const kerbOn = (id: string) => kerb(id, { stretchId: toStretchId(id), location: at(0, 0) });
const sites = [kerbOn('2.2-2.3'), kerbOn('0.0-1.0')];
const [avenue, here] = [0, 1];
const startOf = at(0.5, 0);
const ways = createWays(sites, grid);
const words = (place: number, from: LatLon, headingDeg: number | null, by = ways) =>
  by.wayTo(place, from, headingDeg)?.turns.map(({ direction, street }) => `${direction} ${street}`);

describe('the way to a target', () => {
  test('is a line from here to the far end of the kerb, as long as it says', () => {
    const way = ways.wayTo(avenue, startOf, 90);
    const points = way?.points ?? [];
    const [first = startOf, last = startOf] = [points[0], points.at(-1)];
    expect(distanceM(first, startOf)).toBeLessThan(1);
    expect(distanceM(last, at(2, 3))).toBeLessThan(1);
    // Half a block, then one to the east and three to the north, in whatever order.
    expect(way?.lengthM).toBeGreaterThan(440);
    expect(way?.lengthM).toBeLessThan(460);
    const apart = points.map((point, i) => distanceM(points[i - 1] ?? point, point));
    expect(Math.max(...apart)).toBeLessThan(105);
  });

  test('names every turn and the street behind it, and nothing where one drives straight on', () => {
    const way = ways.wayTo(avenue, startOf, 90);
    const left = way?.turns.filter(({ direction }) => direction === 'left') ?? [];
    expect(left.length).toBeGreaterThan(0);
    expect(way?.turns.at(-1)?.street).toMatch(/^Avenue|^Street/);
    for (const { at: index } of way?.turns ?? []) {
      const junction = way?.points[index];
      expect(
        side.some((x) => side.some((y) => junction && distanceM(at(x, y), junction) < 1)),
      ).toBe(true);
    }
    // To the north along one avenue: the last turn is the only one left of the trip's end.
    expect(words(avenue, at(2, 0.5), 0)).toEqual([]);
    expect(words(avenue, at(1.5, 2), 90)).toEqual(['left Avenue 2']);
    expect(words(avenue, at(2.5, 2), 270)).toEqual(['right Avenue 2']);
  });

  test('does not turn round where going on is nearly as fast', () => {
    // Facing west in the middle of a block, with the target to the east and north.
    const west = ways.wayTo(avenue, at(1.5, 1), 270);
    const east = ways.wayTo(avenue, at(1.5, 1), 90);
    expect(east?.lengthM).toBeLessThan((west?.lengthM ?? 0) + 1);
    expect(words(avenue, at(1.5, 1), 270)?.[0]).toBe('right Avenue 1');
    expect(words(avenue, at(1.5, 1), 90)?.[0]).toBe('left Avenue 2');
  });

  test('keeps to one-way streets', () => {
    const oneway = grid.map((stretch) =>
      stretch.id === '2.2-2.3' ? { ...stretch, oneway: 'against-points' as const } : stretch,
    );
    const way = createWays(sites, oneway).wayTo(avenue, at(2, 1.5), 0);
    const last = way?.points.at(-1) ?? at(0, 0);
    expect(distanceM(last, at(2, 2))).toBeLessThan(1);
    expect(way?.lengthM).toBeGreaterThan(400);
  });

  test('on the same street is straight ahead, without a turn', () => {
    const way = ways.wayTo(here, at(0.25, 0), 90);
    expect(way?.turns).toEqual([]);
    expect(Math.round(way?.lengthM ?? 0)).toBe(75);
  });

  test('is not known without streets, and away from them', () => {
    expect(createWays(sites, []).wayTo(avenue, startOf, null)).toBeUndefined();
    expect(ways.wayTo(avenue, { lat: 52.5, lon: 13.4 }, null)).toBeUndefined();
  });
});
