import { z } from 'zod';
import { instantSchema } from './common.ts';

const count = z.int().nonnegative();

export const deviceProblemSchema = z
  .enum([
    'silent',
    'offline',
    'battery-low',
    'loses-uplinks',
    'weak-signal',
    'faulty',
    'flapping',
    'stuck',
    'contradictory',
    'no-counts',
  ])
  .describe(
    [
      'silent: no news for 1.2 heartbeat intervals of the model',
      'offline: for so long that what it watches is unknown, or never',
      'battery-low: as the device says, or below the voltage of its model, or below 15 %',
      'loses-uplinks: more than 10 % of its last 32 frames, of 20 at least',
      'weak-signal: RSSI below -120 dBm or SNR below -15 dB',
      'faulty: it tells a fault',
      'no-counts: a counter that is heard, but told no counts for 24 h',
      'suspicions: flapping (6 changes within 15 minutes, in the last 24 h), stuck (occupied for 48 h while two neighbours and half of them changed), contradictory (two heartbeats against the event just before)',
    ].join('; '),
  );

export const deviceSchema = z
  .object({
    id: z.string().describe('DevEUI, 16 hex digits'),
    model: z.string(),
    watches: z.object({
      kind: z.enum(['space', 'stretch', 'site-gate']),
      id: z.string(),
      gate: z.enum(['in', 'out', 'left-in', 'right-in']).nullable(),
    }),
    installedAt: instantSchema,
    lastSeenAt: instantSchema.nullable(),
    uplinks: count,
    lostUplinks: count.describe('from gaps in the frame counter'),
    lossRatio: z
      .number()
      .nullable()
      .describe('of the last 32 frames; null while there are too few'),
    rssiDbm: z.number().nullable(),
    snrDb: z.number().nullable(),
    batteryV: z.number().nullable(),
    batteryRatio: z.number().nullable(),
    batteryLow: z.boolean().nullable().describe('as the device says itself; null is not told'),
    temperatureC: z.number().nullable(),
    faults: z.array(z.string()).describe('as the device says; the words are those of its decoder'),
    problems: z.array(deviceProblemSchema),
  })
  .meta({ id: 'Device' });
export type Device = z.output<typeof deviceSchema>;

export const deviceListSchema = z
  .object({
    publishedAt: instantSchema,
    totalCount: count,
    next: z.string().nullable(),
    items: z.array(deviceSchema),
  })
  .meta({ id: 'DeviceList', description: 'Devices that are installed now; no open data' });
export type DeviceList = z.output<typeof deviceListSchema>;
