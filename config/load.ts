import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { Config, InventoryFiles } from './config.ts';
import type { Feature } from './files.ts';
import { readFeatures, readJson, readRows } from './files.ts';
import { installationSchema } from './installation-schema.ts';
import {
  measuresSchema,
  sitePropertiesSchema,
  spacePropertiesSchema,
  stretchPropertiesSchema,
  zonePropertiesSchema,
} from './inventory-schema.ts';
import type { Mistake } from './mistakes.ts';
import { ConfigError, toMistakes } from './mistakes.ts';
import { checkReferences } from './references.ts';
import type { Deployment } from './schema.ts';
import { deploymentSchema } from './schema.ts';
import { readSecrets } from './secrets.ts';
import { checkSigns } from './sign-references.ts';
import { signsFileSchema, type SignsFile } from './sign-schema.ts';

const siteFeatureSchema = z.discriminatedUnion('type', [
  zonePropertiesSchema,
  sitePropertiesSchema,
  spacePropertiesSchema,
]);

/** In the files, in `config/`, everything but the secrets; `models` are the device models that can be read. */
export function loadConfig(
  dir: string,
  models: ReadonlySet<string>,
  env: Readonly<Record<string, string | undefined>>,
): Config {
  if (!existsSync(dir))
    throw new ConfigError([{ file: dir, where: '', reason: 'there is no such folder' }]);
  const mistakes: Mistake[] = [];
  const deployment = readDeployment(dir, env['OVERLAY'], mistakes);
  const places = readFeatures(dir, 'sites.geojson', siteFeatureSchema, mistakes);
  const stretches = readFeatures(dir, 'streets.geojson', stretchPropertiesSchema, mistakes);
  const installations = readRows(dir, 'installations.csv', installationSchema, mistakes);
  const measures = readJson(dir, 'measures.json', measuresSchema, mistakes) ?? [];
  const signs = readSigns(dir, mistakes);
  if (!deployment) throw new ConfigError(mistakes);

  const ofType = <Type extends string>(type: Type) =>
    places.filter(
      (place): place is Feature<Extract<(typeof places)[number]['properties'], { type: Type }>> =>
        place.properties.type === type,
    );
  const files: InventoryFiles = {
    deployment,
    zones: ofType('zone'),
    sites: ofType('site'),
    spaces: ofType('space'),
    stretches,
    installations,
    measures,
    signs,
  };
  mistakes.push(
    ...checkTimeZone(deployment),
    ...checkReferences(files, models),
    ...checkSigns(files),
  );
  const secrets = readSecrets(
    { 'deployment.json': deployment, 'signs.json': signs },
    env,
    mistakes,
  );
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return Object.freeze({ ...files, dir, secrets });
}

/** `deployment.json`, with the settings of an overlay file in place of its own where it has them. */
function readDeployment(
  dir: string,
  overlay: string | undefined,
  mistakes: Mistake[],
): Deployment | undefined {
  if (overlay === undefined) return readJson(dir, 'deployment.json', deploymentSchema, mistakes);
  const settings = z.record(z.string(), z.unknown());
  const own = readJson(dir, 'deployment.json', settings, mistakes);
  const laid = readJson(dirname(overlay), basename(overlay), settings, mistakes);
  const parsed = deploymentSchema.safeParse({ ...own, ...laid });
  if (parsed.success) return parsed.data;
  mistakes.push(...toMistakes(`deployment.json with ${overlay}`, parsed.error));
  return undefined;
}

/** `signs.json` may be left out: most deployments have no signs. */
function readSigns(dir: string, mistakes: Mistake[]): SignsFile {
  const none: SignsFile = { servers: [], signs: [] };
  if (!existsSync(join(dir, 'signs.json'))) return none;
  return readJson(dir, 'signs.json', signsFileSchema, mistakes) ?? none;
}

function checkTimeZone({ timeZone }: Deployment): Mistake[] {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return [];
  } catch {
    return [
      { file: 'deployment.json', where: 'timeZone', reason: `'${timeZone}' is no IANA time zone` },
    ];
  }
}
