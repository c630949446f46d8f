import { z } from 'zod';
import { cursorSchema, instantSchema } from './common.ts';
import { siteGuidanceSchema, siteStatusSchema, spaceStatusSchema } from './site.ts';

const guidance = z
  .array(siteGuidanceSchema)
  .optional()
  .describe('only in subscriptions that name the kind guidance');

/** Server to client: everything the subscription covers; sent on connect and when `since` is too old or of another epoch. */
const snapshotFrameSchema = z
  .object({
    type: z.literal('snapshot'),
    cursor: cursorSchema,
    publishedAt: instantSchema,
    sites: z.array(siteStatusSchema),
    spaces: z.array(spaceStatusSchema),
    guidance,
  })
  .meta({ id: 'SnapshotFrame' });

/** Server to client: what changed since the last frame, each item once with its newest values. */
const deltaFrameSchema = z
  .object({
    type: z.literal('delta'),
    cursor: cursorSchema,
    publishedAt: instantSchema,
    sites: z.array(siteStatusSchema),
    spaces: z.array(spaceStatusSchema),
    guidance,
  })
  .meta({ id: 'DeltaFrame' });

/** Server to client: nothing changed; the connection is alive and `cursor` is current. */
const heartbeatFrameSchema = z
  .object({
    type: z.literal('heartbeat'),
    cursor: cursorSchema,
    publishedAt: instantSchema,
    lastUplinkAt: instantSchema.nullable(),
  })
  .meta({ id: 'HeartbeatFrame' });

/** Server to client: the last message was not understood; the subscription stays as it was. */
const errorFrameSchema = z
  .object({ type: z.literal('error'), title: z.string(), detail: z.string() })
  .meta({ id: 'ErrorFrame' });

export const liveFrameSchema = z
  .discriminatedUnion('type', [
    snapshotFrameSchema,
    deltaFrameSchema,
    heartbeatFrameSchema,
    errorFrameSchema,
  ])
  .meta({ id: 'LiveFrame' });
export type LiveFrame = z.output<typeof liveFrameSchema>;

const longitude = z.number().min(-180).max(180);
const latitude = z.number().min(-90).max(90);

/**
 * Client to server, any time; each replaces the last. What is absent does not narrow. The same
 * fields work as query parameters of `/api/v1/live` and `/api/v1/stream` (lists comma-separated).
 */
export const subscribeMessageSchema = z
  .strictObject({
    type: z.literal('subscribe'),
    since: cursorSchema.optional(),
    bbox: z
      .tuple([longitude, latitude, longitude, latitude])
      .refine(([, south, , north]) => south <= north, {
        error: 'minLon,minLat,maxLon,maxLat: the south must come before the north',
      })
      .optional()
      .describe(
        '[minLon, minLat, maxLon, maxLat]; a west greater than the east crosses the antimeridian',
      ),
    sites: z.array(z.string().max(64)).max(1000).optional(),
    zones: z.array(z.string().max(64)).max(1000).optional(),
    municipalities: z.array(z.string().max(64)).max(1000).optional(),
    kinds: z
      .array(z.enum(['sites', 'spaces', 'guidance']))
      .min(1)
      .optional()
      .describe('sites and spaces when absent'),
  })
  .meta({ id: 'SubscribeMessage' });
export type SubscribeMessage = z.output<typeof subscribeMessageSchema>;
