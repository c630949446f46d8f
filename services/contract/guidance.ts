import { z } from 'zod';
import { instantSchema } from './common.ts';

const position = z
  .strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) })
  .meta({ id: 'Position', description: 'WGS 84, degrees' });

/** What a driver needs; whatever is absent makes no difference to him. */
const needsSchema = z
  .strictObject({
    audience: z
      .enum(['disabled', 'charging'])
      .optional()
      .describe('disabled: kept spaces and anybody’s; charging: spaces with a charger only'),
    maxWalkM: z.number().positive().max(5_000).optional(),
    acceptsCarParks: z.boolean().default(true),
    vehicleHeightM: z.number().positive().max(5).optional(),
    maxFeeEurPerHour: z.number().nonnegative().optional().describe('0: free of charge only'),
    stayMin: z.int().positive().max(10_080).optional(),
  })
  .meta({ id: 'Needs' });

export const guidanceRequestSchema = z
  .strictObject({
    destination: position,
    from: position
      .optional()
      .describe('where the driver is; forgotten with the next position or the session’s end'),
    arrivalAt: instantSchema
      .optional()
      .describe('from an hour ago to 24 hours ahead; as soon as possible when absent'),
    needs: needsSchema.optional(),
  })
  .meta({ id: 'GuidanceRequest' });
export type GuidanceRequest = z.output<typeof guidanceRequestSchema>;

const place = z
  .object({ id: z.string(), name: z.string(), lat: z.number(), lon: z.number() })
  .meta({ id: 'GuidancePlace' });

const suggestionSchema = z
  .object({
    site: place,
    kind: z.enum(['kerb', 'car-park']),
    driveMin: z.int().nullable().describe('null when the driver did not say where he is'),
    walkMin: z.int(),
    walkM: z.int(),
    chanceRatio: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe('probability of a space on arrival; null for a car park nobody counts'),
    timesOutOfTen: z.int().min(0).max(9).nullable().describe('the chance said in words'),
    basis: z
      .enum(['sensors', 'neighbours', 'not-counted'])
      .describe('what the chance rests on; neighbours: nobody watches the block itself'),
    garage: place.nullable().describe('where to go on to when there is nothing'),
    isUnlikely: z.boolean().describe('below one in two: name the garage first'),
  })
  .meta({ id: 'Suggestion' });

/** An honest answer in every case: there may be none to give. */
export const adviceSchema = z
  .discriminatedUnion('outcome', [
    z.object({
      outcome: z.literal('advice'),
      suggestions: z.array(suggestionSchema).min(1).max(3).describe('the one to follow first'),
      expectedAt: instantSchema,
      informationAgeS: z.int().nonnegative(),
    }),
    z.object({ outcome: z.literal('outside-area') }),
    z.object({
      outcome: z.literal('nothing-in-reach'),
      nearest: place.nullable(),
      walkM: z.int().nullable(),
    }),
    z.object({ outcome: z.literal('nothing-suitable') }),
    z.object({ outcome: z.literal('everything-full'), best: suggestionSchema.nullable() }),
    z.object({ outcome: z.literal('no-news'), nearest: place.nullable() }),
  ])
  .meta({ id: 'Advice' });
export type Advice = z.output<typeof adviceSchema>;

const targetSchema = z
  .object({
    site: place,
    expectedAt: instantSchema,
    chanceRatio: z.number().min(0).max(1).nullable().describe('when the driver comes'),
    timesOutOfTen: z.int().min(0).max(9).nullable(),
    isPicked: z
      .boolean()
      .describe('the driver picked it: it stays his target, whatever is advised meanwhile'),
  })
  .meta({ id: 'GuidanceTarget' });

export const guidanceSessionSchema = z
  .object({
    id: z.uuid(),
    advisedAt: instantSchema,
    advice: adviceSchema,
    target: targetSchema.nullable().describe('where the driver is taken to be going'),
  })
  .meta({ id: 'GuidanceSession', description: 'Anonymous; ends by arrival or half an hour after' });
export type GuidanceSession = z.output<typeof guidanceSessionSchema>;

/** Where the driver asks the way from; used for this answer only. */
export const guidanceWayRequestSchema = z
  .strictObject({
    from: position,
    headingDeg: z
      .number()
      .min(0)
      .max(360)
      .optional()
      .describe('where the car is going, clockwise from north'),
  })
  .meta({ id: 'GuidanceWayRequest' });
export type GuidanceWayRequest = z.output<typeof guidanceWayRequestSchema>;

export const guidanceWaySchema = z
  .object({
    siteId: z.string().nullable().describe('the target of the session'),
    way: z
      .object({
        lengthM: z.int().nonnegative(),
        line: z.object({
          type: z.literal('LineString'),
          coordinates: z.array(z.tuple([z.number(), z.number()])).min(2),
        }),
        turns: z
          .array(
            z.object({
              at: z.int().positive().describe('index of the junction in the line'),
              direction: z.enum(['left', 'right', 'back']),
              street: z
                .string()
                .nullable()
                .describe('the street to turn into, where it has a name'),
            }),
          )
          .describe('where the street goes on otherwise too, in their order'),
      })
      .nullable()
      .describe('null where no way by the streets is known'),
  })
  .meta({
    id: 'GuidanceWay',
    description: 'By the deployment’s streets; knows no turn bans and no congestion',
  });
export type GuidanceWay = z.output<typeof guidanceWaySchema>;

/** What the driver tells on the way; one at a time. */
export const guidanceEventSchema = z
  .discriminatedUnion('event', [
    z.strictObject({ event: z.literal('position'), from: position }),
    z.strictObject({
      event: z.literal('picked'),
      siteId: z.string().max(64),
      expectedAt: instantSchema.describe('from an hour ago to 24 hours ahead'),
    }),
    z.strictObject({ event: z.literal('found-full') }),
    z.strictObject({ event: z.literal('arrived'), siteId: z.string().max(64).optional() }),
  ])
  .meta({ id: 'GuidanceEvent' });
export type GuidanceEvent = z.output<typeof guidanceEventSchema>;
