import { z } from 'zod';
import { instantSchema } from './common.ts';

const lines = z.array(z.string()).min(1);

export const signSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    lat: z.number(),
    lon: z.number(),
    kind: z
      .enum(['vacant', 'full', 'closed', 'no-data'])
      .describe('full is said early: who reads it arrives later'),
    vacantSpaces: z
      .int()
      .nullable()
      .describe('less the cars that are on their way there; null unless kind is vacant'),
    garage: z.string().nullable().describe('name of the car park to go to instead'),
    lines: z.object({ de: lines, en: lines }).describe('what the sign says'),
    since: instantSchema,
    delivery: z
      .object({
        state: z
          .enum(['waiting', 'accepted', 'queued', 'sent', 'failed'])
          .describe('waiting: held back by the downlink budget'),
        at: instantSchema,
        detail: z.string().nullable(),
      })
      .nullable()
      .describe('of the message to the sign; null where there is none'),
  })
  .meta({ id: 'Sign' });
export type Sign = z.output<typeof signSchema>;

export const signListSchema = z
  .object({ publishedAt: instantSchema, items: z.array(signSchema) })
  .meta({ id: 'SignList' });
export type SignList = z.output<typeof signListSchema>;
