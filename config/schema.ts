import { z } from 'zod';
import { measureSchema } from './inventory-schema.ts';
import { legalSchema } from './legal-schema.ts';
import { id, secret } from './naming-schema.ts';
import { sourcesSchema } from './source-schema.ts';

const latLon = z.strictObject({
  lat: z.number().min(-90).max(90),
  lon: z.number().min(-180).max(180),
});

const duckdb = z.strictObject({
  kind: z.literal('duckdb'),
  memoryLimitMb: z.int().min(64).default(128).describe('memory the embedded database may use, MB'),
});
const influxdb = z.strictObject({
  kind: z.literal('influxdb'),
  url: z.url(),
  api: z.enum(['1', '2', '3']).default('2').describe('major version of the server'),
  database: z.string().min(1).describe('database (1.x, 3) or bucket (2.x)'),
  organisation: z.string().default('').describe('2.x only'),
  username: z.string().optional().describe('1.x only'),
  token: secret.optional().describe('token (2.x, 3) or password (1.x)'),
  timeoutS: z.int().positive().default(10),
});
const memoryHistory = z.strictObject({ kind: z.literal('memory') });

const https = z.url({ protocol: /^https?$/ });

const simulatedMeasureSchema = measureSchema
  .omit({ from: true, until: true })
  .extend({ daysBeforeStart: z.int().positive().default(14) });

export const deploymentSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().min(1).describe('shown in the page header and in every feed'),
  description: z.string().default(''),
  publisher: z.strictObject({
    name: z.string().min(1),
    url: https,
    email: z.email(),
    contributorId: https
      .default('http://dcat-ap.de/def/contributors/parklotse')
      .describe('dcatde:contributorID as assigned by GovData'),
  }),
  licence: z
    .strictObject({
      id: z.string(),
      name: z.string(),
      url: https,
      attribution: z.string().describe('the text to show beside the data'),
    })
    .default({
      id: 'dl-de/by-2-0',
      name: 'Datenlizenz Deutschland – Namensnennung – Version 2.0',
      url: 'https://www.govdata.de/dl-de/by-2-0',
      attribution: '',
    }),
  attributions: z.array(z.string()).default([]).describe('of the map data and the inventory'),
  timeZone: z.string().default('Europe/Berlin').describe('IANA zone in which days begin'),
  publicUrl: https
    .nullable()
    .default(null)
    .describe('address seen from outside, behind a reverse proxy'),
  municipalities: z
    .array(
      z.strictObject({
        id,
        name: z.string().min(1),
        officialKey: z
          .string()
          .regex(/^\d{8}$/, '8 digits')
          .nullable()
          .default(null),
        centre: latLon,
      }),
    )
    .min(1),
  map: z.strictObject({
    centre: latLon,
    zoom: z.number().min(1).max(20).default(15),
    tiles: z
      .strictObject({
        url: z.string().min(1).describe('template with {z} {x} {y}'),
        attribution: z.string(),
        maxNativeZoom: z.int().min(1).max(22).default(18),
      })
      .nullable()
      .default(null)
      .describe('null draws the streets of the deployment and asks no foreign server'),
  }),
  server: z
    .strictObject({
      host: z.string().default('0.0.0.0'),
      port: z.int().min(0).max(65535).default(8080),
      trustedProxies: z
        .array(z.string())
        .default([])
        .describe('addresses and CIDR blocks whose X-Forwarded-* headers are believed'),
      rateLimit: z
        .strictObject({
          burst: z.int().positive().default(1000).describe('requests at once after a rest'),
          perSecond: z.number().positive().default(20).describe('requests a second after that'),
        })
        .nullable()
        .prefault({})
        .describe('of one client address on the API and the feeds; null does not limit'),
      maxLiveClients: z.int().positive().default(10_000),
      maxConnectionsPerAddress: z
        .int()
        .positive()
        .nullable()
        .default(1000)
        .describe(
          'live clients of one client address, and its open connections where it is no trusted proxy; null does not limit',
        ),
    })
    .prefault({}),
  sources: sourcesSchema,
  log: z
    .strictObject({
      kind: z.literal('file'),
      segmentMb: z.int().min(1).max(1024).default(64),
      keepDays: z.number().positive().default(30),
      keepMb: z.int().positive().default(20_000),
      syncEveryMs: z.int().min(1).max(1000).default(20),
      syncEveryRecords: z.int().positive().default(256),
    })
    .prefault({ kind: 'file' }),
  history: z
    .discriminatedUnion('kind', [duckdb, influxdb, memoryHistory])
    .prefault({ kind: 'duckdb' }),
  staleFactor: z
    .number()
    .min(1)
    .max(20)
    .default(3)
    .describe('a space is unknown after this many heartbeat intervals of its model without news'),
  retention: z
    .strictObject({
      rawDays: z.number().positive().default(30).describe('single observations and device health'),
      transitionDays: z.number().positive().default(400),
      rollUp15minDays: z.number().positive().default(400),
      rollUpHourDays: z.number().positive().default(1200),
      rollUpDayDays: z.number().positive().default(3700),
    })
    .prefault({}),
  parkApiPush: z
    .strictObject({
      url: https.describe('root of a ParkAPI v3, without /api'),
      sourceUid: z.string().min(1).max(256).describe('uid of the source there'),
      password: secret,
    })
    .nullable()
    .default(null)
    .describe('delivers sites and spaces to a ParkAPI that wants them pushed'),
  goal: z
    .strictObject({
      baselineRatio: z.number().min(0).max(1),
      baseline: z.enum(['measured', 'assumed']),
      baselineSource: z.string().default(''),
      targetRatio: z.number().min(0).max(1),
      deadline: z.iso.date(),
    })
    .refine((goal) => goal.targetRatio < goal.baselineRatio, 'target must be below the baseline')
    .nullable()
    .default(null),
  searchShare: z
    .strictObject({
      acceptance: z
        .strictObject({
          ratio: z.number().min(0.05).max(1),
          passes: z.int().positive(),
          source: z
            .enum(['observed', 'simulated'])
            .default('observed')
            .describe('simulated: counted in a simulated town; the reasons of every figure say so'),
        })
        .nullable()
        .default(null)
        .describe(
          'counted on site at the hours of the figure: drivers who look for a space and pass a free one (passes), and the share of them who take it; null takes 1 and says "at least"',
        ),
      undercountRatio: z
        .number()
        .min(0)
        .max(0.5)
        .default(0)
        .describe('share of vehicles that the counters miss, from a manual count'),
      missedArrivalRatio: z
        .number()
        .min(0)
        .max(0.3)
        .nullable()
        .default(null)
        .describe('share of arrivals that the sensors miss, from an audit; null estimates it'),
      missedForS: z
        .int()
        .positive()
        .default(3600)
        .describe('a sensor finds out a missed arrival at the latest after this, s'),
    })
    .prefault({})
    .describe('what was found out on site, for the estimate of the search share'),
  access: z
    .strictObject({
      planning: z.enum(['public', 'token']).default('public'),
      token: secret
        .optional()
        .describe('bearer token for operators (devices) and, if so set, planners'),
    })
    .prefault({}),
  legal: legalSchema,
  simulation: z
    .strictObject({
      seed: z.int().default(1),
      historyDays: z.int().min(0).max(400).default(28).describe('simulated before the first start'),
      arrivalsPerHour: z.number().positive().default(600),
      measure: simulatedMeasureSchema
        .extend({
          arrivalsFactor: z.number().positive().max(2).default(0.8),
          stayFactor: z.number().positive().max(2).default(0.75),
        })
        .optional()
        .describe('a measure that the simulated town takes; its date depends on the first start'),
      guidance: simulatedMeasureSchema
        .extend({
          ratio: z.number().min(0).max(1).default(0.2).describe('share of the drivers who ask'),
          obeyRatio: z.number().min(0).max(1).default(0.9).describe('of these, who follow'),
        })
        .optional()
        .describe('from a day on a share of the drivers asks for guidance: a measure too'),
    })
    .prefault({})
    .describe('used by the demo and by --simulate only'),
});

export type DeploymentInput = z.input<typeof deploymentSchema>;
export type Deployment = z.output<typeof deploymentSchema>;
export type SourceConfig = Deployment['sources'][number];
export type HistoryConfig = Deployment['history'];
export type LogConfig = Deployment['log'];
