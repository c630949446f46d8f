import type { z } from 'zod';
import type { Feature, Row } from './files.ts';
import type { InstallationRow } from './installation-schema.ts';
import type {
  Measure,
  sitePropertiesSchema,
  spacePropertiesSchema,
  stretchPropertiesSchema,
  zonePropertiesSchema,
} from './inventory-schema.ts';
import type { Deployment } from './schema.ts';
import type { SignsFile } from './sign-schema.ts';

type Of<Schema extends z.ZodType> = readonly Feature<z.output<Schema>>[];

/** A deployment folder as its files say it, each file for itself in order. */
export interface InventoryFiles {
  readonly deployment: Deployment;
  readonly zones: Of<typeof zonePropertiesSchema>;
  readonly sites: Of<typeof sitePropertiesSchema>;
  readonly spaces: Of<typeof spacePropertiesSchema>;
  readonly stretches: Of<typeof stretchPropertiesSchema>;
  readonly installations: readonly Row<InstallationRow>[];
  readonly measures: readonly Measure[];
  readonly signs: SignsFile;
}

export interface Config extends InventoryFiles {
  readonly dir: string;
  readonly secrets: ReadonlyMap<string, string>;
}

/** What of a deployment folder is no inventory: little, however many spaces there are. */
export type Settings = Pick<Config, 'dir' | 'deployment' | 'measures' | 'signs' | 'secrets'>;
