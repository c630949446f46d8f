import { z } from 'zod';
import {
  audienceSchema,
  cursorSchema,
  freshnessSchema,
  geometrySchema,
  instantSchema,
  licenceSchema,
  statusSchema,
} from './common.ts';
import { goodChanceRatio, someChanceRatio } from './thresholds.ts';

const count = z.int().nonnegative();

/** What changes by the minute at a site; the same object in lists and in live frames. */
export const siteStatusSchema = z
  .object({
    id: z.string(),
    isClosed: z.boolean(),
    numberOfSpaces: count,
    numberOfKnownSpaces: count.describe('spaces whose status is known now'),
    numberOfVacantSpaces: count
      .nullable()
      .describe('among the known ones; null when nothing is known'),
    numberOfOccupiedSpaces: count.nullable(),
    vacantFor: z
      .partialRecord(audienceSchema, z.object({ known: count, vacant: count }))
      .describe('kept spaces with a sensor, by audience; contained in the counts above'),
    occupancyRatio: z.number().min(0).max(1).nullable().describe('instantaneous: occupied / known'),
    chanceRatio: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe('probability of a free space on arrival in five minutes; null when not known'),
    chance: z
      .enum(['good', 'some', 'bad', 'unknown', 'closed'])
      .describe(
        `good from ${goodChanceRatio}, some from ${someChanceRatio}, bad below; unknown when fewer than half of the spaces are known`,
      ),
    freshness: freshnessSchema,
    lastSeenAt: instantSchema.nullable().describe('newest uplink, heartbeats included'),
    lastChangedAt: instantSchema.nullable(),
    withheld: z
      .literal('small-group')
      .optional()
      .describe(
        'spaces of groups under five are left out of the numbers for privacy; a number that would tell of them alone is null',
      ),
  })
  .meta({ id: 'SiteStatus' });
export type SiteStatus = z.output<typeof siteStatusSchema>;

/** What signs and navigation show of a site; it changes only when they would show something else. */
export const siteGuidanceSchema = z
  .object({
    id: z.string(),
    isClosed: z.boolean(),
    chance: siteStatusSchema.shape.chance,
    timesOutOfTen: z
      .int()
      .min(0)
      .max(9)
      .nullable()
      .describe(
        'the chance of a free space on arrival in five minutes, rounded down to tenths; null when unknown or closed',
      ),
    freshness: freshnessSchema,
  })
  .meta({ id: 'SiteGuidance' });
export type SiteGuidance = z.output<typeof siteGuidanceSchema>;

export const siteSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    municipalityId: z.string(),
    zoneId: z.string().nullable(),
    stretchId: z.string().nullable(),
    kind: z.enum(['on-street', 'ground', 'underground', 'car-park']),
    lat: z.number(),
    lon: z.number(),
    geometry: geometrySchema,
    numberOfSpacesFor: z
      .partialRecord(audienceSchema, count)
      .describe('kept spaces as signed on site'),
    address: z.string().nullable(),
    operator: z.string().nullable(),
    openingHours: z.string().nullable().describe('OSM opening_hours syntax'),
    hasFee: z.boolean().nullable(),
    feeText: z.string().nullable(),
    feeEurPerHour: z.number().nullable(),
    maxStayMin: z.int().nullable(),
    maxHeightM: z.number().nullable(),
    parkAndRide: z.enum(['train', 'bus', 'tram', 'carpool', 'yes']).nullable(),
    description: z.string().nullable(),
    url: z.url().nullable(),
    status: siteStatusSchema,
  })
  .meta({ id: 'Site' });
export type Site = z.output<typeof siteSchema>;

export const siteListSchema = z
  .object({
    publishedAt: instantSchema,
    cursor: cursorSchema,
    licence: licenceSchema,
    totalCount: count,
    items: z.array(siteSchema),
    next: z.string().nullable().describe('path of the next page'),
  })
  .meta({ id: 'SiteList' });
export type SiteList = z.output<typeof siteListSchema>;

/** What changes at a space; the same object in lists and in live frames. */
export const spaceStatusSchema = z
  .object({
    id: z.string(),
    siteId: z.string(),
    status: statusSchema,
    freshness: freshnessSchema,
    since: instantSchema.nullable().describe('when this status began'),
    lastSeenAt: instantSchema.nullable().describe('last uplink of the sensor, heartbeats included'),
  })
  .meta({ id: 'SpaceStatus' });
export type SpaceStatus = z.output<typeof spaceStatusSchema>;

export const spaceSchema = z
  .object({
    ...spaceStatusSchema.shape,
    lat: z.number(),
    lon: z.number(),
    headingDeg: z.number().nullable(),
    audience: audienceSchema.nullable(),
  })
  .meta({ id: 'Space' });
export type Space = z.output<typeof spaceSchema>;

export const spaceListSchema = z
  .object({
    publishedAt: instantSchema,
    cursor: cursorSchema,
    licence: licenceSchema,
    totalCount: count,
    items: z.array(spaceSchema),
    next: z.string().nullable(),
  })
  .meta({ id: 'SpaceList' });
export type SpaceList = z.output<typeof spaceListSchema>;

export const zoneSchema = z
  .object({
    id: z.string(),
    municipalityId: z.string(),
    name: z.string(),
    geometry: geometrySchema,
    numberOfSites: count,
    numberOfSpaces: count,
    numberOfKnownSpaces: count,
    numberOfVacantSpaces: count.nullable(),
    occupancyRatio: z.number().min(0).max(1).nullable(),
    lastSeenAt: instantSchema.nullable(),
  })
  .meta({ id: 'Zone' });
export type Zone = z.output<typeof zoneSchema>;

export const zoneListSchema = z
  .object({
    publishedAt: instantSchema,
    cursor: cursorSchema,
    licence: licenceSchema,
    items: z.array(zoneSchema),
  })
  .meta({ id: 'ZoneList' });
export type ZoneList = z.output<typeof zoneListSchema>;

/** What the pages need to know of the deployment before anything else; rarely changes. */
export const deploymentSchema = z
  .object({
    name: z.string(),
    description: z.string(),
    publisher: z.object({ name: z.string(), url: z.url(), email: z.string() }),
    licence: licenceSchema,
    attributions: z.array(z.string()),
    timeZone: z.string(),
    isSimulated: z.boolean(),
    legalPages: z
      .array(
        z.enum(['imprint', 'privacy', 'accessibility', 'help', 'easyLanguage', 'signLanguage']),
      )
      .describe(
        'those the operator has written: /impressum, /datenschutz, /barrierefreiheit, /hilfe, /leichte-sprache, /gebaerdensprache',
      ),
    municipalities: z.array(
      z.object({ id: z.string(), name: z.string(), lat: z.number(), lon: z.number() }),
    ),
    map: z.object({
      lat: z.number(),
      lon: z.number(),
      zoom: z.number(),
      tiles: z
        .object({ url: z.string(), attribution: z.string(), maxNativeZoom: z.int() })
        .nullable()
        .describe('null: the streets of the deployment are drawn instead'),
    }),
  })
  .meta({ id: 'Deployment' });
export type Deployment = z.output<typeof deploymentSchema>;

/** The streets for drawing without a tile server, as GeoJSON. */
export const streetsSchema = z
  .object({
    type: z.literal('FeatureCollection'),
    features: z.array(
      z.object({
        type: z.literal('Feature'),
        id: z.string(),
        properties: z.object({ name: z.string(), roadClass: z.string() }),
        geometry: geometrySchema,
      }),
    ),
  })
  .meta({ id: 'Streets' });
export type Streets = z.output<typeof streetsSchema>;
