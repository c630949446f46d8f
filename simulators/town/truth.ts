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
 */
interface Kilometres {
  vehicle: number;
  ready: number;
  search: number;
  diverted: number;
  kerbVehicle: number;
  kerbSearch: number;
  /** Drivers who looked for a space and passed a free one, and those of them who took it. */
  freePasses: number;
  freeTakes: number;
}

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
  const empty = (): Kilometres[] =>
    Array.from({ length: city.zones.length + 1 }, () => ({
      vehicle: 0,
      ready: 0,
      search: 0,
      diverted: 0,
      kerbVehicle: 0,
      kerbSearch: 0,
      freePasses: 0,
      freeTakes: 0,
    }));
  const hours = new Map<number, Kilometres[]>(
    stored?.hours.map(([hour, zones]) => [hour, zones.map((zone) => ({ ...zone }))]),
  );
  let closedHour = stored?.closedHour ?? -1;
  let lines: string[] = [];
  const zoneName = (zone: number): string => city.zones[zone] ?? '';
  let lastHour = -1;
  let lastZones: Kilometres[] = [];

  function zonesOf(hour: number): Kilometres[] {
    if (hour === lastHour) return lastZones;
    lastHour = hour;
    lastZones = hours.get(hour) ?? empty();
    hours.set(hour, lastZones);
    return lastZones;
  }

  return {
    drove(stretch, atS, lengthM, purpose) {
      const hour = Math.floor(atS / 3600);
      if (hour <= closedHour) return;
      const { zone, spaces } = city.stretches[stretch]!;
      const sums = zonesOf(hour)[zone + 1]!;
      const km = lengthM / 1000;
      sums.vehicle += km;
      if (spaces.length > 0) sums.kerbVehicle += km;
      if (purpose === 'other') return;
      sums[purpose] += km;
      if (purpose !== 'search') return;
      sums.ready += km;
      if (spaces.length > 0) sums.kerbSearch += km;
    },
    metFree(stretch, atS, reaction) {
      const hour = Math.floor(atS / 3600);
      if (hour <= closedHour) return;
      const sums = zonesOf(hour)[city.stretches[stretch]!.zone + 1]!;
      sums.freePasses += 1;
      if (reaction === 'took') sums.freeTakes += 1;
    },
    parked(record) {
      const { atS, place, zone, stretch, searchM, searchS, walkM, guided } = record;
      lines.push(
        `${toIso(atS)},${place},${zoneName(zone)},${city.stretches[stretch]?.id ?? ''},${searchM.toFixed(0)},${searchS.toFixed(0)},${walkM.toFixed(0)},${guided ? 1 : 0}\n`,
      );
    },
    take(atS) {
      let kilometres = '';
      for (const [hour, zones] of [...hours].sort(([a], [b]) => a - b)) {
        if ((hour + 1) * 3600 + settleS > atS) continue;
        hours.delete(hour);
        closedHour = Math.max(closedHour, hour);
        zones.forEach((km, zone) => {
          if (km.vehicle === 0) return;
          const numbers = [
            km.vehicle,
            km.ready,
            km.search,
            km.diverted,
            km.kerbVehicle,
            km.kerbSearch,
          ]
            .map((value) => value.toFixed(3))
            .join(',');
          const watched = `${km.freePasses},${km.freeTakes}`;
          kilometres += `${toIso(hour * 3600)},${zoneName(zone - 1)},${numbers},${watched}\n`;
        });
      }
      lastHour = -1;
      const drivers = lines.join('');
      lines = [];
      return { kilometres, drivers };
    },
    store: () => ({ hours: [...hours], closedHour }),
  };
}
