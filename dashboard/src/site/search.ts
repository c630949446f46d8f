import type { Site, Streets } from '../../../services/contract/site.ts';
import type { Place } from './geo.ts';

/** A place one can choose as destination. */
export interface Destination extends Place {
  readonly name: string;
}

/** Lower case without accents; "str." is "straße", so that all spellings meet. */
export function normalise(text: string): string {
  return text
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/ä|ae/g, 'a')
    .replace(/ö|oe/g, 'o')
    .replace(/ü|ue/g, 'u')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/str\.?(?=\s|$)/g, 'strasse')
    .trim();
}

/** Middle point of a street of many pieces: the middle of its longest piece. */
function middles(streets: Streets): Destination[] {
  const longest = new Map<string, { place: Destination; points: number }>();
  for (const { properties, geometry } of streets.features) {
    if (properties.name === '' || geometry.type !== 'LineString') continue;
    const at = geometry.coordinates[Math.floor(geometry.coordinates.length / 2)];
    const known = longest.get(properties.name);
    if (at === undefined || (known && known.points >= geometry.coordinates.length)) continue;
    const place = { name: properties.name, lat: at[1], lon: at[0] };
    longest.set(properties.name, { place, points: geometry.coordinates.length });
  }
  return [...longest.values()].map(({ place }) => place);
}

/** Everything that can be searched: streets, sites and their municipalities; a name once. */
export function toDestinations(
  sites: readonly Site[],
  streets: Streets | undefined,
  municipalities: readonly Destination[],
): readonly Destination[] {
  const byName = new Map<string, Destination>();
  const streetPlaces = streets === undefined ? [] : middles(streets);
  const sitePlaces = sites.map(({ name, lat, lon }) => ({ name, lat, lon }));
  for (const place of [...municipalities, ...streetPlaces, ...sitePlaces]) {
    if (!byName.has(place.name)) byName.set(place.name, place);
  }
  return [...byName.values()];
}

/** Names that begin with the text first, then words that begin with it, then the rest; at most `limit`. */
export function search(
  places: readonly Destination[],
  text: string,
  limit: number,
): readonly Destination[] {
  const wanted = normalise(text);
  if (wanted === '') return [];
  const found: { place: Destination; grade: number }[] = [];
  for (const place of places) {
    const name = normalise(place.name);
    const at = name.indexOf(wanted);
    if (at === -1) continue;
    found.push({ place, grade: at === 0 ? 0 : /[\s-]/.test(name[at - 1] ?? '') ? 1 : 2 });
  }
  found.sort((a, b) => a.grade - b.grade || a.place.name.localeCompare(b.place.name, 'de'));
  return found.slice(0, limit).map(({ place }) => place);
}
