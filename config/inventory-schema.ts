import { z } from 'zod';

const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:~-]{0,63}$/, 'letters, digits and ._:~-, at most 64');
const latLon = z.strictObject({
  lat: z.number().min(-90).max(90),
  lon: z.number().min(-180).max(180),
});
const https = z.url({ protocol: /^https?$/ });

/** Properties of a zone, a site or a space in `sites.geojson`, told apart by `type`. */
export const zonePropertiesSchema = z.strictObject({
  type: z.literal('zone'),
  id,
  municipality: id,
  name: z.string().min(1),
});

const audience = z.enum([
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

export const sitePropertiesSchema = z.strictObject({
  type: z.literal('site'),
  id,
  municipality: id,
  zone: id.nullable().default(null),
  stretch: id.nullable().default(null),
  name: z.string().min(1),
  kind: z.enum(['on-street', 'ground', 'underground', 'car-park']),
  counting: z.enum(['spaces', 'balance', 'none']).default('none'),
  location: latLon.optional().describe('entrance; the middle of the geometry when absent'),
  numberOfSpaces: z.int().nonnegative(),
  numberOfSpacesFor: z.partialRecord(audience, z.int().nonnegative()).default({}),
  address: z.string().nullable().default(null),
  operator: z.string().nullable().default(null),
  openingHours: z.string().nullable().default(null),
  hasFee: z.boolean().nullable().default(null),
  feeText: z.string().nullable().default(null),
  feeEurPerHour: z.number().nonnegative().nullable().default(null),
  maxStayMin: z.int().positive().nullable().default(null),
  maxHeightM: z.number().positive().nullable().default(null),
  parkAndRide: z.enum(['train', 'bus', 'tram', 'carpool', 'yes']).nullable().default(null),
  description: z.string().nullable().default(null),
  url: https.nullable().default(null),
  isClosed: z.boolean().default(false),
});

export const spacePropertiesSchema = z.strictObject({
  type: z.literal('space'),
  id,
  site: id,
  headingDeg: z.number().min(0).max(360).nullable().default(null),
  audience: audience.nullable().default(null),
  visibility: z.enum(['public', 'aggregate', 'internal']).optional(),
});

/** Properties of a stretch (LineString) in `streets.geojson`. */
export const stretchPropertiesSchema = z.strictObject({
  id,
  zone: id.nullable().default(null),
  name: z.string().default(''),
  lengthM: z.number().positive(),
  oneway: z.enum(['with-points', 'against-points']).nullable().default(null),
  roadClass: z.string(),
  fromNode: z.string(),
  toNode: z.string(),
  numberOfSpaces: z.int().nonnegative().default(0),
  maxSpeedKmh: z.number().positive().nullable().default(null),
});

export const measureSchema = z.strictObject({
  id,
  title: z.string().min(1),
  description: z.string().default(''),
  kind: z.string().default('other'),
  from: z.iso.date(),
  until: z.iso.date().nullable().default(null),
  zones: z.array(id).default([]),
  stretches: z.array(id).default([]),
  controlZones: z.array(id).default([]),
  responsible: z.string().default(''),
  budgetEur: z.number().nonnegative().nullable().default(null),
  initialSituation: z.string().default(''),
  targetSituation: z.string().default(''),
});
export const measuresSchema = z.array(measureSchema);
export type Measure = z.output<typeof measureSchema>;
