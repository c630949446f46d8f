import { weighted, type Random } from '../random.ts';
import type { Driver } from './demand.ts';
import type { Town } from './town.ts';

/** What drivers do without guidance. */
export interface Habits {
  /** The block somebody has in mind: near the destination, larger ones rather. */
  drawBlock(driver: Driver, random: Random): number;
  /** Walk within which 25 kerb spaces lie: what people accept before they search. */
  radiusM(destination: number): number;
  /** The car park to give up at; `null` when all were tried. */
  carPark(from: number, destination: number, wasTried: (place: number) => boolean): number | null;
}

const spacesInReach = 25;
const longestWalkM = 600;

export function createHabits(town: Town): Habits {
  const { places } = town.net;
  const spaces = places.map(({ kind, numberOfSpaces }) => (kind === 'kerb' ? numberOfSpaces : 0));
  const radiusAt = new Map<number, number>();
  const measure = (destination: number): number => {
    const near = [...town.walksToPlaces(destination).entries()].sort(([, a], [, b]) => a - b);
    let found = 0;
    for (const [place, walkM] of near) {
      found += spaces[place] ?? 0;
      if (found >= spacesInReach) return walkM;
    }
    return longestWalkM;
  };
  const attractionAt = new Map<number, Float64Array>();
  const attract = (destination: number): Float64Array => {
    let sum = 0;
    return Float64Array.from(
      town.walksToPlaces(destination),
      (walkM, place) => (sum += (spaces[place] ?? 0) * Math.exp(-walkM / 100)),
    );
  };
  return {
    drawBlock({ destination }, random) {
      const known = attractionAt.get(destination) ?? attract(destination);
      attractionAt.set(destination, known);
      return weighted(random, known);
    },
    radiusM(destination) {
      const known = radiusAt.get(destination) ?? measure(destination);
      radiusAt.set(destination, known);
      return known;
    },
    carPark(from, destination, wasTried) {
      const walks = town.walksToPlaces(destination);
      const cost = (place: number): number =>
        town.net.driveS(from, place) + (1.6 * (walks[place] ?? Infinity)) / 1.3;
      const [best] = town.net.carParks
        .filter((place) => !wasTried(place))
        .sort((a, b) => cost(a) - cost(b));
      return best ?? null;
    },
  };
}
