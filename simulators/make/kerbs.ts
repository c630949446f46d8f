import type { Random } from '../random.ts';
import { between, chance, integer, randomFrom, uniform } from '../random.ts';
import type { Plane, Point, Position } from './plane.ts';
import { gapM, pointAlong } from './plane.ts';
import type { Segment } from './street-graph.ts';

/** Kept for somebody, or for anybody (`null`). */
type KerbAudience = 'disabled' | 'charging' | 'resident' | 'delivery' | null;

export interface KerbSpace {
  readonly position: Position;
  readonly headingDeg: number;
  readonly audience: KerbAudience;
}

/** Parallel parking: a space and the gap to the next, metres (RASt 06, 5.20 to 5.70 m and room to manoeuvre). */
const spaceLengthM = 6;
/** Kept free at both ends of a block, metres (StVO § 12 (3): 5 m from junctions). */
const endM = 8;
/** From the middle of the carriageway to the middle of a parked car, metres. */
const offsetM: Readonly<Record<string, number>> = { tertiary: 4.5, living_street: 3 };

const kerbClasses = new Set(['residential', 'tertiary', 'living_street', 'unclassified']);
/** Bridges, paths up the hills and closed lanes, where nobody parks at the kerb. */
const withoutKerb =
  /Brücke|Johannes-Hoops-Weg|Philosophenweg|Klingenteich|Neckarstaden|Neue Schloss/;

/**
 * Draws how many spaces each block has, so that there are about `total` altogether. Blocks near a
 * centre are parked more densely. Invented: OpenStreetMap does not know them here.
 */
export function drawCapacities(
  segments: ReadonlyMap<string, Segment>,
  centres: readonly Point[],
  plane: Plane,
  options: { readonly seed: number; readonly total: number },
): Map<string, number> {
  const wishes = new Map<string, number>();
  for (const [id, segment] of segments) {
    if (!kerbClasses.has(segment.roadClass) || withoutKerb.test(segment.name)) continue;
    const random = randomFrom(options.seed, 'kerb', id);
    const room = Math.floor((segment.lengthM - 2 * endM) / spaceLengthM);
    const at = plane.toPoint(segment.positions[segment.positions.length >> 1]!);
    const near = Math.min(...centres.map((centre) => gapM(centre, at))) < 700 ? 1 : 0.2;
    const wish = room * between(random, 0.15, 1) * (chance(random, 0.3) ? 2 : 1) * near;
    if (room >= 2 && wish >= 1) wishes.set(id, Math.min(wish, 2 * room));
  }
  const drawn = (scale: number): Map<string, number> =>
    new Map(
      [...wishes]
        .map(([id, wish]) => [id, Math.min(18, Math.round(wish * scale))] as const)
        .filter(([, spaces]) => spaces >= 2),
    );
  const sum = (spaces: Map<string, number>): number =>
    [...spaces.values()].reduce((all, n) => all + n, 0);
  let low = 0;
  let high = 2;
  for (let i = 0; i < 30; i++) {
    const scale = (low + high) / 2;
    if (sum(drawn(scale)) < options.total) low = scale;
    else high = scale;
  }
  return drawn(high);
}

/** Where the cars stand: at the right-hand kerb first, then at the left-hand one. */
export function placeSpaces(
  segment: Segment,
  count: number,
  residentRatio: number,
  plane: Plane,
  random: Random,
): KerbSpace[] {
  const line = segment.positions.map(plane.toPoint);
  const perSide = Math.max(1, Math.floor((segment.lengthM - 2 * endM) / spaceLengthM));
  const right = Math.min(perSide, Math.ceil(count * (uniform(random) < 0.5 ? 1 : 0.5)));
  const starts = [
    between(random, endM, segment.lengthM - endM - right * spaceLengthM),
    between(random, endM, Math.max(endM, segment.lengthM - endM - (count - right) * spaceLengthM)),
  ];
  const offset = offsetM[segment.roadClass] ?? 3.6;
  const audiences = drawAudiences(count, residentRatio, random);
  return Array.from({ length: count }, (_, i) => {
    const isRight = i < right;
    const nth = isRight ? i : i - right;
    const along = (starts[isRight ? 0 : 1] ?? endM) + (nth + 0.5) * spaceLengthM;
    const { point, headingDeg } = pointAlong(line, along, isRight ? offset : -offset);
    return { position: plane.toPosition(point), headingDeg, audience: audiences[i] ?? null };
  });
}

function drawAudiences(count: number, residentRatio: number, random: Random): KerbAudience[] {
  const audiences: KerbAudience[] = Array.from({ length: count }, () =>
    chance(random, residentRatio) ? 'resident' : null,
  );
  if (count >= 5 && chance(random, 0.14)) audiences[0] = 'disabled';
  if (count >= 6 && chance(random, 0.08)) audiences.fill('charging', count - 2);
  if (count >= 6 && chance(random, 0.05)) audiences[integer(random, 3) + 1] = 'delivery';
  return audiences;
}
