import { z } from 'zod';
import { cursorSchema, instantSchema } from './common.ts';

const count = z.int().nonnegative();

export const stateSchema = z
  .object({
    startedAt: instantSchema,
    publishedAt: instantSchema,
    cursor: cursorSchema,
    lastUplinkAt: instantSchema.nullable(),
    uplinks: z.object({
      received: count.describe('appended to the log since the start'),
      duplicates: count,
      rejected: z.record(z.string(), count).describe('set aside, by reason'),
    }),
    log: z.object({ first: count, last: count, bytes: count, backlogRecords: count }),
    history: z.object({
      state: z.enum(['ready', 'unavailable']),
      cursor: count,
      problem: z.string().nullable(),
    }),
    sources: z.array(
      z.object({
        name: z.string(),
        state: z.enum(['connecting', 'connected', 'silent', 'disconnected', 'stopped']),
        since: instantSchema,
        lastUplinkAt: instantSchema.nullable(),
        reconnects: count,
        problem: z.string().nullable(),
      }),
    ),
    spaces: z.object({ occupied: count, vacant: count, unknown: count }),
    liveClients: count,
    recentlyRejected: z
      .array(
        z.object({
          at: instantSchema,
          reason: z.string(),
          detail: z.string(),
          source: z.string(),
        }),
      )
      .describe('the newest few, without their content'),
  })
  .meta({ id: 'State' });
export type State = z.output<typeof stateSchema>;
