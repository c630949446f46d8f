import { z } from '@hono/zod-openapi';
import type { EpochMs } from '../../domain/ids.ts';
import type { Present } from '../../domain/present.ts';
import type { ParkingSite } from '../../domain/site.ts';
import type { InventoryIndex } from '../inventory-index.ts';
import type { PublishSettings } from '../settings.ts';
import { checked } from './mistakes.ts';
import type { Text } from './pieces.ts';

/** What a document is made from. */
export interface View {
  readonly settings: PublishSettings;
  readonly isSimulated: boolean;
  readonly index: InventoryIndex;
  readonly present: Present;
  /** Scheme and host as the reader sees them, for links that must be absolute. */
  readonly baseUrl: string;
  readonly nowMs: EpochMs;
  /** When the inventory was last changed. */
  readonly inventoryAtMs: EpochMs;
  /** Whether drivers get in now: closed by the operator or by its hours; `null` is not known. */
  isOpen(site: ParkingSite): boolean | null;
  /** Whether this server answers GET for a path of fixed or filled-in parameters. */
  isServed(path: string): boolean;
}

/** One document that can be asked for: what it is, and its text. Adding a feed is adding one of these. */
export interface ResourceDefinition<Params extends z.ZodObject, Query extends z.ZodObject> {
  /** In OpenAPI's form, `/sites/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  /** Real-time documents change with the present, static ones with the inventory only. */
  readonly changes: 'real-time' | 'static';
  readonly mediaType: string;
  /** What the OpenAPI document says of the body. */
  readonly schema: z.ZodType;
  readonly params: Params;
  readonly query: Query;
  /** What a 404 of a document without parameters in its path says; most have none. */
  readonly absent?: string;
  /** Pure. Throws `not-found` and the like for what is not there. */
  text(view: View, input: z.output<Params> & z.output<Query>): Text;
}

/** A resource whose input types are settled. */
export interface Resource extends Omit<
  ResourceDefinition<z.ZodObject, z.ZodObject>,
  'text' | 'params' | 'query'
> {
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  /** Checks the raw input; throws `not-found` for the path and `invalid-request`, with every mistake. */
  read(params: Readonly<Record<string, string>>, query: Readonly<Record<string, string>>): Document;
}

export interface Document {
  /** The same for all ways to write the same question. */
  readonly key: string;
  text(view: View): Text;
}

export function defineResource<Params extends z.ZodObject, Query extends z.ZodObject>(
  definition: ResourceDefinition<Params, Query>,
): Resource {
  const { text, ...rest } = definition;
  return {
    ...rest,
    read(rawParams, rawQuery) {
      const params = checked(definition.params, rawParams, 'not-found');
      const query = checked(definition.query, rawQuery, 'invalid-request');
      return {
        key: `${definition.path}?${JSON.stringify([params, query])}`,
        text: (view) => text(view, { ...params, ...query }),
      };
    },
  };
}

export const nothing = z.object({});
