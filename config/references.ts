import type { InventoryFiles } from './config.ts';
import type { Feature, Row } from './files.ts';
import type { InstallationRow } from './installation-schema.ts';

import type { Mistake } from './mistakes.ts';

const sites = 'sites.geojson';
const streets = 'streets.geojson';
const installations = 'installations.csv';

/** Ids of a file that stand there twice. */
function duplicates(
  file: string,
  what: string,
  features: readonly Feature<{ readonly id: string }>[],
): Mistake[] {
  const seen = new Set<string>();
  return features.flatMap(({ where, properties: { id } }) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [{ file, where: `${where}.properties.id`, reason: `a second ${what} '${id}'` }];
  });
}

/** A device watches one thing at a time, and a space is watched by one device at a time. */
function overlaps(rows: readonly Row<InstallationRow>[]): Mistake[] {
  const mistakes: Mistake[] = [];
  const byKey = new Map<string, Row<InstallationRow>[]>();
  for (const row of rows) {
    const { target, devEui } = row.value;
    const keys = [`device ${devEui}`, ...(target.kind === 'space' ? [`space ${target.id}`] : [])];
    for (const key of keys) {
      const others = byKey.get(key) ?? [];
      byKey.set(key, others);
      const other = others.find(
        ({ value }) =>
          row.value.fromMs < (value.untilMs ?? Infinity) &&
          value.fromMs < (row.value.untilMs ?? Infinity),
      );
      if (other)
        mistakes.push({
          file: installations,
          where: row.where,
          reason: `${key} is installed twice at the same time (see ${other.where})`,
        });
      others.push(row);
    }
  }
  return mistakes;
}

/** What the files say of each other: every name that is referred to must exist, once. */
export function checkReferences(files: InventoryFiles, models: ReadonlySet<string>): Mistake[] {
  const municipalityIds = new Set(files.deployment.municipalities.map(({ id }) => id));
  const zoneIds = new Set(files.zones.map(({ properties }) => properties.id));
  const siteIds = new Set(files.sites.map(({ properties }) => properties.id));
  const spaceIds = new Set(files.spaces.map(({ properties }) => properties.id));
  const stretchIds = new Set(files.stretches.map(({ properties }) => properties.id));

  const mistakes = [
    ...duplicates(sites, 'zone', files.zones),
    ...duplicates(sites, 'site', files.sites),
    ...duplicates(sites, 'space', files.spaces),
    ...duplicates(streets, 'stretch', files.stretches),
    ...overlaps(files.installations),
  ];
  const refer = (
    known: ReadonlySet<string>,
    what: string,
    id: string | null,
    file: string,
    where: string,
  ): void => {
    if (id !== null && !known.has(id))
      mistakes.push({ file, where, reason: `there is no ${what} '${id}'` });
  };

  for (const { where, geometry, properties } of files.zones) {
    refer(
      municipalityIds,
      'municipality',
      properties.municipality,
      sites,
      `${where}.properties.municipality`,
    );
    if (geometry.type !== 'Polygon')
      mistakes.push({ file: sites, where: `${where}.geometry`, reason: 'a zone is a Polygon' });
  }

  const spacesOf = new Map<string, number>();
  for (const { where, geometry, properties } of files.spaces) {
    refer(siteIds, 'site', properties.site, sites, `${where}.properties.site`);
    spacesOf.set(properties.site, (spacesOf.get(properties.site) ?? 0) + 1);
    if (geometry.type !== 'Point')
      mistakes.push({ file: sites, where: `${where}.geometry`, reason: 'a space is a Point' });
  }

  for (const { where, properties } of files.sites) {
    refer(
      municipalityIds,
      'municipality',
      properties.municipality,
      sites,
      `${where}.properties.municipality`,
    );
    refer(zoneIds, 'zone', properties.zone, sites, `${where}.properties.zone`);
    refer(stretchIds, 'stretch', properties.stretch, sites, `${where}.properties.stretch`);
    const known = spacesOf.get(properties.id) ?? 0;
    if (known > properties.numberOfSpaces)
      mistakes.push({
        file: sites,
        where: `${where}.properties.numberOfSpaces`,
        reason: `is ${properties.numberOfSpaces}, but ${known} spaces name the site '${properties.id}'`,
      });
  }

  for (const { where, geometry, properties } of files.stretches) {
    refer(zoneIds, 'zone', properties.zone, streets, `${where}.properties.zone`);
    if (geometry.type !== 'LineString')
      mistakes.push({
        file: streets,
        where: `${where}.geometry`,
        reason: 'a stretch is a LineString',
      });
  }

  const targets = {
    space: ['space', spaceIds],
    stretch: ['stretch', stretchIds],
    'site-gate': ['site', siteIds],
  } as const;
  for (const { where, value } of files.installations) {
    const [what, known] = targets[value.target.kind];
    refer(known, what, value.target.id, installations, `${where}.watches`);
    refer(models, 'decoder or codec for the model', value.model, installations, `${where}.model`);
  }

  for (const [index, measure] of files.measures.entries()) {
    for (const zone of [...measure.zones, ...measure.controlZones])
      refer(zoneIds, 'zone', zone, 'measures.json', `[${index}]`);
    for (const stretch of measure.stretches)
      refer(stretchIds, 'stretch', stretch, 'measures.json', `[${index}]`);
  }
  return mistakes;
}
