import { z } from 'zod';

export const instantSchema = z.iso.datetime().meta({ id: 'Instant', description: 'UTC, ISO 8601' });

/** Position after which a client wants to hear more: `epoch.version`. */
export const cursorSchema = z
  .string()
  .regex(/^[A-Za-z0-9]+\.\d+$/)
  .meta({ id: 'Cursor', description: 'Opaque position in the stream of changes' });

export const licenceSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.url(),
    attribution: z.string(),
    publisher: z.string(),
  })
  .meta({ id: 'Licence' });
export type Licence = z.output<typeof licenceSchema>;

export const audienceSchema = z.enum([
  'disabled',
  'charging',
  'family',
  'women',
  'carsharing',
  'taxi',
  'delivery',
  'truck',
  'bus',
  'customer',
  'resident',
  'caravan',
]);

export const statusSchema = z.enum(['occupied', 'vacant', 'unknown']);
export const freshnessSchema = z
  .enum(['live', 'delayed', 'stale'])
  .describe('from the last uplink and the heartbeat interval of the sensor model');

const position = z.tuple([z.number(), z.number()]).describe('[lon, lat]');
export const geometrySchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('Point'), coordinates: position }),
    z.object({ type: z.literal('LineString'), coordinates: z.array(position) }),
    z.object({ type: z.literal('Polygon'), coordinates: z.array(z.array(position)) }),
  ])
  .meta({ id: 'Geometry', description: 'GeoJSON (RFC 7946)' });

/** RFC 9457. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    instance: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });
export type Problem = z.output<typeof problemSchema>;
