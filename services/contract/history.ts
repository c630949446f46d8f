import { z } from 'zod';
import { instantSchema, licenceSchema } from './common.ts';

const historyFileSchema = z
  .object({
    name: z.string(),
    municipality: z
      .string()
      .nullable()
      .describe('id of the municipality whose sites and zones it holds; null holds all'),
    kind: z.enum(['day', 'month']).describe('a day as CSV, gzipped; a month as Parquet'),
    url: z.url(),
    mediaType: z.string(),
    from: instantSchema,
    to: instantSchema.describe('not included'),
    madeAt: instantSchema.describe('made once more a day after its end, for what came late'),
    rows: z.int(),
    bytes: z.int(),
    sha256: z.string().describe('of the file as it is, hexadecimal'),
  })
  .meta({ id: 'HistoryFile' });

export const historyListSchema = z
  .object({
    publishedAt: instantSchema,
    licence: licenceSchema,
    timeZone: z.string().describe('in which days and months begin'),
    columns: z.array(
      z.object({
        name: z.string(),
        type: z.enum(['instant', 'text', 'count', 'ratio']),
        meaning: z.string(),
      }),
    ),
    totalCount: z.int(),
    items: z.array(historyFileSchema).describe('by name'),
    next: z.string().nullable().describe('path of the next page'),
  })
  .meta({ id: 'HistoryList' });
export type HistoryList = z.output<typeof historyListSchema>;
