import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { z } from 'zod';
import type { Mistake } from './mistakes.ts';
import { toMistakes } from './mistakes.ts';

const readText = (dir: string, file: string, mistakes: Mistake[]): string | undefined => {
  try {
    return readFileSync(join(dir, file), 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    mistakes.push({ file, where: '', reason: missing ? 'is missing' : String(cause) });
    return undefined;
  }
};

/** V8 names the position of a syntax error in several ways; people count in lines. */
function syntaxErrorPlace(text: string, message: string): string {
  const at = /position (\d+)/.exec(message)?.[1];
  if (at === undefined)
    return message.includes('end of JSON') ? `line ${text.split('\n').length}` : '';
  const before = text.slice(0, Number(at)).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** The parsed JSON, or `undefined` after its mistakes were added. */
export function readJson<Schema extends z.ZodType>(
  dir: string,
  file: string,
  schema: Schema,
  mistakes: Mistake[],
): z.output<Schema> | undefined {
  const text = readText(dir, file, mistakes);
  if (text === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const message = (cause as SyntaxError).message;
    mistakes.push({
      file,
      where: syntaxErrorPlace(text, message),
      reason: `is no JSON: ${message}`,
    });
    return undefined;
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  mistakes.push(...toMistakes(file, parsed.error));
  return undefined;
}

const lon = z.number().min(-180).max(180);
const lat = z.number().min(-90).max(90);
const position = z.tuple([lon, lat]).rest(z.number());
const geometrySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Point'), coordinates: position }),
  z.object({ type: z.literal('LineString'), coordinates: z.array(position).min(2) }),
  z.object({ type: z.literal('Polygon'), coordinates: z.array(z.array(position).min(4)).min(1) }),
]);
export type Geometry = z.output<typeof geometrySchema>;

const collectionSchema = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(
    z.object({
      type: z.literal('Feature'),
      geometry: z.unknown(),
      properties: z.record(z.string(), z.unknown()),
    }),
  ),
});

export interface Feature<Properties> {
  /** `features[12]`, for messages about what it refers to. */
  readonly where: string;
  readonly geometry: Geometry;
  readonly properties: Properties;
}

/** The features of a GeoJSON file whose properties fit `schema`; the others are mistakes. */
export function readFeatures<Schema extends z.ZodType>(
  dir: string,
  file: string,
  schema: Schema,
  mistakes: Mistake[],
): Feature<z.output<Schema>>[] {
  const collection = readJson(dir, file, collectionSchema, mistakes);
  const features: Feature<z.output<Schema>>[] = [];
  for (const [index, feature] of (collection?.features ?? []).entries()) {
    const where = `features[${index}]`;
    const geometry = geometrySchema.safeParse(feature.geometry);
    if (!geometry.success) mistakes.push(...toMistakes(file, geometry.error, `${where}.geometry`));
    const properties = schema.safeParse(feature.properties);
    if (!properties.success)
      mistakes.push(...toMistakes(file, properties.error, `${where}.properties`));
    if (geometry.success && properties.success)
      features.push({ where, geometry: geometry.data, properties: properties.data });
  }
  return features;
}

export interface Row<Value> {
  /** `line 12`. */
  readonly where: string;
  readonly value: Value;
}

/** The rows of a CSV file with a header line; a wrong row is a mistake and the others go on. */
export function readRows<Schema extends z.ZodType>(
  dir: string,
  file: string,
  schema: Schema,
  mistakes: Mistake[],
): Row<z.output<Schema>>[] {
  const text = readText(dir, file, mistakes);
  if (text === undefined) return [];
  let records: { record: unknown; info: { lines: number } }[];
  try {
    records = parseCsv(text, {
      columns: true,
      info: true,
      trim: true,
      skipEmptyLines: true,
      comment: '#',
    });
  } catch (cause) {
    mistakes.push({ file, where: '', reason: (cause as Error).message });
    return [];
  }
  const rows: Row<z.output<Schema>>[] = [];
  for (const { record, info } of records) {
    const where = `line ${info.lines}`;
    const parsed = schema.safeParse(record);
    if (parsed.success) rows.push({ where, value: parsed.data });
    else mistakes.push(...toMistakes(file, parsed.error, where));
  }
  return rows;
}
