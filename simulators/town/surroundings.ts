import type { City } from './city.ts';

/** Kerbs within reach of a destination, as somebody sees them who knows the quarter a little. */
export interface Surroundings {
  /** Stretches with spaces for anybody, and the running sum of how attractive they are. */
  readonly stretches: readonly number[];
  readonly attraction: Float64Array;
  /** Within this walk there are 25 spaces, metres. */
  readonly usualWalkM: number;
  /** Car parks, nearest first, and the walk to each. */
  readonly carParks: readonly number[];
}

/** Longest walk anybody accepts, metres. */
const maxWalkM = 600;
/** How fast the wish to stop fades with the walk, metres. */
const targetPullM = 100;
const spacesKnown = 25;

/** Looks around each destination once. */
export function createSurroundings(city: City): (destination: number) => Surroundings {
  const known: (Surroundings | undefined)[] = [];
  const kerbs = city.stretches
    .map(({ spaces }, index) => ({ index, spaces: spaces.length }))
    .filter(({ spaces }) => spaces > 0);
  const look = (destination: number): Surroundings => {
    const near = kerbs
      .map((kerb) => ({ ...kerb, walk: city.walkM(kerb.index, destination) }))
      .filter(({ walk }) => walk <= maxWalkM)
      .sort((a, b) => a.walk - b.walk);
    let sum = 0;
    let spaces = 0;
    let usualWalkM = maxWalkM;
    const attraction = new Float64Array(near.length);
    near.forEach((entry, i) => {
      sum += entry.spaces * Math.exp(-entry.walk / targetPullM);
      attraction[i] = sum;
      spaces += entry.spaces;
      if (spaces >= spacesKnown) usualWalkM = Math.min(usualWalkM, entry.walk);
    });
    const at = city.stretches[destination]!;
    const gap = (index: number): number =>
      Math.hypot(city.carParks[index]!.x - at.x, city.carParks[index]!.y - at.y);
    return {
      stretches: near.map(({ index }) => index),
      attraction,
      usualWalkM,
      carParks: city.carParks.map((_, index) => index).sort((a, b) => gap(a) - gap(b)),
    };
  };
  return (destination) => (known[destination] ??= look(destination));
}
