import type { Random } from '../random.ts';
import { weighted } from '../random.ts';
import type { City } from './city.ts';

/** Shorter pieces are only for driving, metres. */
const placeM = 15;
/** Visits concentrate around the middle of each zone's kerbs; standard deviation in metres. */
const sigmaM = 220;
/** Share of the visits that spread evenly over the zone. */
const evenly = 0.4;

/**
 * Where people want to go: to each zone in proportion to its kerb spaces (towns put kerb parking
 * where people want to be). Visits gather where most spaces are, homes lie everywhere.
 */
export function destinations(city: City): (random: Random, to: 'visits' | 'homes') => number {
  const homes = new Float64Array(city.stretches.length);
  const visits = new Float64Array(city.stretches.length);
  city.zones.forEach((_, zone) => {
    const places = city.stretches
      .map((stretch, index) => ({ ...stretch, index }))
      .filter((stretch) => stretch.zone === zone && stretch.lengthM >= placeM);
    const spaces = places.reduce((sum, place) => sum + place.spaces.length, 0);
    const centre = densest(places);
    const near = places.map(
      ({ x, y, lengthM }) =>
        lengthM * Math.exp(-((x - centre.x) ** 2 + (y - centre.y) ** 2) / (2 * sigmaM ** 2)),
    );
    const allLength = places.reduce((sum, { lengthM }) => sum + lengthM, 0);
    const allNear = near.reduce((sum, weight) => sum + weight, 0);
    places.forEach(({ index, lengthM }, i) => {
      homes[index] = (spaces * lengthM) / allLength;
      visits[index] = evenly * homes[index] + ((1 - evenly) * spaces * near[i]!) / allNear;
    });
  });
  const tables = { homes: running(homes), visits: running(visits) };
  return (random, to) => weighted(random, tables[to]);
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly spaces: readonly number[];
}

/** The place with the most kerb spaces within 250 m. */
function densest(places: readonly Place[]): Place {
  let best: Place = { x: 0, y: 0, spaces: [] };
  let most = -1;
  for (const here of places) {
    const around = places
      .filter(({ x, y }) => Math.hypot(x - here.x, y - here.y) < 250)
      .reduce((sum, { spaces }) => sum + spaces.length, 0);
    if (around > most) [best, most] = [here, around];
  }
  return best;
}

function running(weights: Float64Array): Float64Array {
  let sum = 0;
  return weights.map((weight) => (sum += weight));
}
