import type { City } from './city.ts';

/** Why a car drives. `search`: at the kerb, after the first full one; `diverted`: to a car park after giving up. */
export type Purpose = 'other' | 'ready' | 'search' | 'diverted';

/** How a driver who looked for a space at the kerb ended. */
interface Parked {
  readonly atS: number;
  readonly place: 'kerb' | 'car-park' | 'elsewhere';
  /** Stretch of the kerb or of the destination. */
  readonly stretch: number;
  readonly zone: number;
  readonly searchM: number;
  readonly searchS: number;
  readonly walkM: number;
  readonly guided: boolean;
}

/**
 * Kilometres by purpose. `ready` would take a space, `search` is the part of it after the first full
 * kerb; `kerb…` counts only stretches with spaces for anybody, which is what sensors can tell of.
 * `freePasses`: drivers who looked for a space and passed a free one; `freeTakes`: those who took it.
 */
const sums = [
  'vehicle',
  'ready',
  'search',
  'diverted',
  'kerbVehicle',
  'kerbSearch',
  'freePasses',
  'freeTakes',
] as const;
type Sum = (typeof sums)[number];
type Kilometres = Readonly<Record<Sum, number>>;

/** Where each sum is in the row of a zone. */
const [vehicle, ready, search, diverted, kerbVehicle, kerbSearch, freePasses, freeTakes] = [
  0, 1, 2, 3, 4, 5, 6, 7,
];
const width = sums.length;

export interface StoredTruth {
  readonly hours: readonly (readonly [number, readonly Kilometres[]])[];
  readonly closedHour: number;
}

/** What nobody in the real world knows. Kilometres by zone and hour; a line for every driver. */
export interface Truth {
  drove(stretch: number, atS: number, lengthM: number, purpose: Purpose): void;
  /** A driver who looks for a space came past a free one, and took it or drove on. */
  metFree(stretch: number, atS: number, reaction: 'took' | 'drove-on'): void;
  parked(record: Parked): void;
  /** Lines of the hours that ended before `atS`, and of the drivers since the last call. */
  take(atS: number): { readonly kilometres: string; readonly drivers: string };
  store(): StoredTruth;
}

export const kilometresHeader =
  'from,zone_id,vehicle_km,ready_km,search_km,diverted_km,kerb_vehicle_km,kerb_search_km,free_passes,free_takes\n';
export const driversHeader = 'time,place,zone_id,stretch_id,search_m,search_s,walk_m,guided\n';

/** An hour is written when no car can still drive in it: the longest way takes less, seconds. */
const settleS = 1800;

export function createTruth(
  city: City,
  toIso: (atS: number) => string,
  stored?: StoredTruth,
): Truth {
  const zones = city.zones.length + 1;
  const zoneRow = Int32Array.from(city.stretches, ({ zone }) => (zone + 1) * width);
  const hasKerb = Uint8Array.from(city.stretches, ({ spaces }) => (spaces.length > 0 ? 1 : 0));
  /** The sums of each hour, zone by zone, the streets outside all of them first. */
  const hours = new Map<number, Float64Array>(
    stored?.hours.map(([hour, rows]) => [
      hour,
      Float64Array.from(rows.flatMap((row) => sums.map((sum) => row[sum]))),
    ]),
  );
  let closedHour = stored?.closedHour ?? -1;
  let lines: string[] = [];
  const zoneName = (zone: number): string => city.zones[zone] ?? '';
  let lastHour = -1;
  let lastSums: Float64Array = new Float64Array();

  function sumsOf(hour: number): Float64Array {
    if (hour === lastHour) return lastSums;
    lastHour = hour;
    lastSums = hours.get(hour) ?? new Float64Array(zones * width);
    hours.set(hour, lastSums);
    return lastSums;
  }
  const rowsOf = (all: Float64Array): Float64Array[] =>
    Array.from({ length: zones }, (_, zone) => all.subarray(zone * width, (zone + 1) * width));

  return {
    drove(stretch, atS, lengthM, purpose) {
      const hour = Math.floor(atS / 3600);
      if (hour <= closedHour) return;
      const all = sumsOf(hour);
      const row = zoneRow[stretch]!;
      const km = lengthM / 1000;
      all[row + vehicle]! += km;
      if (hasKerb[stretch] === 1) all[row + kerbVehicle]! += km;
      if (purpose === 'other') return;
      if (purpose === 'diverted') all[row + diverted]! += km;
      else all[row + ready]! += km;
      if (purpose !== 'search') return;
      all[row + search]! += km;
      if (hasKerb[stretch] === 1) all[row + kerbSearch]! += km;
    },
    metFree(stretch, atS, reaction) {
      const hour = Math.floor(atS / 3600);
      if (hour <= closedHour) return;
      const all = sumsOf(hour);
      const row = zoneRow[stretch]!;
      all[row + freePasses]! += 1;
      if (reaction === 'took') all[row + freeTakes]! += 1;
    },
    parked(record) {
      const { atS, place, zone, stretch, searchM, searchS, walkM, guided } = record;
      lines.push(
        `${toIso(atS)},${place},${zoneName(zone)},${city.stretches[stretch]?.id ?? ''},${Math.round(searchM)},${Math.round(searchS)},${Math.round(walkM)},${guided ? 1 : 0}\n`,
      );
    },
    take(atS) {
      let kilometres = '';
      for (const [hour, all] of [...hours].sort(([a], [b]) => a - b)) {
        if ((hour + 1) * 3600 + settleS > atS) continue;
        hours.delete(hour);
        closedHour = Math.max(closedHour, hour);
        rowsOf(all).forEach((row, zone) => {
          if (row[vehicle] === 0) return;
          const numbers = Array.from(row, (value, sum) =>
            sum < freePasses ? value.toFixed(3) : String(value),
          );
          kilometres += `${toIso(hour * 3600)},${zoneName(zone - 1)},${numbers.join(',')}\n`;
        });
      }
      lastHour = -1;
      const drivers = lines.join('');
      lines = [];
      return { kilometres, drivers };
    },
    store: () => ({
      hours: [...hours].map(([hour, all]) => [
        hour,
        rowsOf(all).map(
          (row) => Object.fromEntries(sums.map((sum, i) => [sum, row[i]])) as Kilometres,
        ),
      ]),
      closedHour,
    }),
  };
}
