import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, Settings } from '../../config/config.ts';
import type { Geometry } from '../../config/files.ts';
import { distanceM, type LatLon, type Shape } from '../domain/geometry.ts';
import {
  parseDevEui,
  toMunicipalityId,
  toSiteId,
  toSpaceId,
  toStretchId,
  toZoneId,
  type EpochMs,
} from '../domain/ids.ts';
import type {
  Audience,
  Installation,
  InstallationTarget,
  Inventory,
  Stretch,
  Visibility,
} from '../domain/site.ts';

const toLatLon = ([lon, lat]: readonly [number, number, ...number[]]): LatLon => ({ lat, lon });

function toShape(geometry: Geometry): Shape {
  switch (geometry.type) {
    case 'Point':
      return { kind: 'point', at: toLatLon(geometry.coordinates) };
    case 'LineString':
      return { kind: 'line', points: geometry.coordinates.map(toLatLon) };
    case 'Polygon':
      return { kind: 'area', outline: (geometry.coordinates[0] ?? []).map(toLatLon) };
  }
}

/** The point half way along a line. */
function middleOf(points: readonly LatLon[]): LatLon {
  const lengths = points.slice(1).map((point, at) => distanceM(points[at] ?? point, point));
  let left = lengths.reduce((sum, length) => sum + length, 0) / 2;
  for (const [at, length] of lengths.entries()) {
    const [a, b] = [points[at], points[at + 1]];
    if (a && b && left <= length) {
      const share = length > 0 ? left / length : 0;
      return { lat: a.lat + (b.lat - a.lat) * share, lon: a.lon + (b.lon - a.lon) * share };
    }
    left -= length;
  }
  return points[0] ?? { lat: 0, lon: 0 };
}

function centreOf(shape: Shape): LatLon {
  switch (shape.kind) {
    case 'point':
      return shape.at;
    case 'line':
      return middleOf(shape.points);
    case 'area': {
      const corners = shape.outline.slice(0, -1);
      const mean = (pick: (at: LatLon) => number): number =>
        corners.reduce((sum, corner) => sum + pick(corner), 0) / corners.length;
      return { lat: mean(({ lat }) => lat), lon: mean(({ lon }) => lon) };
    }
  }
}

/** Residents' spaces can tell of a household: they only count in groups unless the file says otherwise. */
const visibilityOf = (audience: Audience | null): Visibility =>
  audience === 'resident' ? 'aggregate' : 'public';

function toTarget({
  kind,
  id,
  gate,
}: Config['installations'][number]['value']['target']): InstallationTarget {
  switch (kind) {
    case 'space':
      return { kind, spaceId: toSpaceId(id) };
    case 'stretch':
      return { kind, stretchId: toStretchId(id) };
    case 'site-gate':
      return { kind, siteId: toSiteId(id), gate: gate ?? 'in' };
  }
}

function toInstallation({ value }: Config['installations'][number]): Installation {
  const devEui = parseDevEui(value.devEui);
  if (!devEui) throw new TypeError(`'${value.devEui}' passed the check but is no DevEUI`);
  return { ...value, devEui, target: toTarget(value.target) };
}

function toStretch({ geometry, properties }: Config['stretches'][number]): Stretch {
  const shape = toShape(geometry);
  return {
    ...properties,
    id: toStretchId(properties.id),
    zoneId: properties.zone === null ? null : toZoneId(properties.zone),
    points: shape.kind === 'line' ? shape.points : [],
  };
}

/** The checked files of a deployment as the domain speaks of them. */
export function toInventory(config: Config): Inventory {
  return {
    municipalities: config.deployment.municipalities.map((municipality) => ({
      ...municipality,
      id: toMunicipalityId(municipality.id),
    })),
    zones: config.zones.map(({ geometry, properties }) => {
      const shape = toShape(geometry);
      return {
        id: toZoneId(properties.id),
        municipalityId: toMunicipalityId(properties.municipality),
        name: properties.name,
        outline: shape.kind === 'area' ? shape.outline : [],
      };
    }),
    sites: config.sites.map(({ geometry, properties }) => {
      const { type: _type, zone, stretch, municipality, location, ...rest } = properties;
      const shape = toShape(geometry);
      return {
        ...rest,
        id: toSiteId(properties.id),
        municipalityId: toMunicipalityId(municipality),
        zoneId: zone === null ? null : toZoneId(zone),
        stretchId: stretch === null ? null : toStretchId(stretch),
        location: location ?? centreOf(shape),
        shape,
      };
    }),
    spaces: config.spaces.map(({ geometry, properties }) => ({
      id: toSpaceId(properties.id),
      siteId: toSiteId(properties.site),
      location: centreOf(toShape(geometry)),
      headingDeg: properties.headingDeg,
      audience: properties.audience,
      visibility: properties.visibility ?? visibilityOf(properties.audience),
    })),
    stretches: config.stretches.map(toStretch),
    installations: config.installations.map(toInstallation),
  };
}

/** A deployment folder as the product holds it: the files of its inventory are let go of. */
export interface Deployed {
  readonly config: Settings;
  readonly inventory: Inventory;
}

export const toDeployed = (config: Config): Deployed => {
  const { dir, deployment, measures, signs, secrets } = config;
  return {
    config: { dir, deployment, measures, signs, secrets },
    inventory: toInventory(config),
  };
};

/** When the files that say what there is were last written. */
export const inventoryChangedAtMs = (dir: string): EpochMs =>
  Math.max(
    ...['deployment.json', 'sites.geojson', 'streets.geojson'].map(
      (file) => statSync(join(dir, file)).mtimeMs,
    ),
  );
