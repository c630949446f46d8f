import { z } from 'zod';
import { instantSchema, licenceSchema } from './common.ts';

const ratio = z.number().min(0).nullable();
const text = (de: string, en: string) => `${en} / ${de}`;

export const metricScopeSchema = z.enum([
  'space',
  'site',
  'stretch',
  'zone',
  'municipality',
  'all',
]);
export const metricStepSchema = z.enum(['15min', 'hour', 'day', 'week', 'month', 'total']);

const quantilesSchema = z
  .object({
    p25: z.int().nullable(),
    p50: z.int().nullable().describe('the median'),
    p75: z.int().nullable(),
    p90: z.int().nullable(),
  })
  .meta({
    id: 'DurationQuantiles',
    description: 'ms that a quarter, half, … do not exceed; null lies beyond what was watched',
  });

const evidenceSchema = z
  .object({
    numberOfSpaces: z.int().describe('spaces that exist'),
    sensedSpaces: z.int().describe('spaces with a sensor that may be counted'),
    observedRatio: ratio.describe('availability: observed share of the sensed space-time'),
    endedStays: z.int().describe('stays that ended, behind meanDwellMs and dwellMs'),
    endedVacancies: z.int().describe('vacancies that ended, behind vacancyMs'),
    countedHours: z.number().describe('hours for which a counter reported, summed over counters'),
  })
  .meta({ id: 'MetricEvidence', description: 'The n of the figures' });

const figuresSchema = z
  .object({
    occupancyRatio: ratio.describe(
      'occupied share of the observed space-time (CDS Metrics API, Occupancy Percent, as a ratio)',
    ),
    turnoverPerSpaceHour: ratio.describe(
      'sessions begun per observed space and hour (CDS Metrics API, Turnover, per space)',
    ),
    arrivals: z.int().nullable().describe('CDS event park_start'),
    departures: z.int().nullable().describe('CDS event park_end'),
    inferredRatio: ratio.describe('of arrivals and departures, those shown by a later uplink only'),
    numberOfOccupiedSpaces: z
      .int()
      .nullable()
      .describe('at the end of the time; null while it is not closed'),
    numberOfVacantSpaces: z
      .int()
      .nullable()
      .describe('the same; spaces without news are in neither'),
    meanDwellMs: z
      .number()
      .nullable()
      .describe(
        'mean of the stays that ended, ms (CDS Metrics API, Average Dwell Time); null with fewer than ten',
      ),
    dwellMs: quantilesSchema
      .nullable()
      .describe(
        'parking duration of public spaces, ms, stays under way taken into account (life table over observed time); null with fewer than ten ends',
      ),
    vacancyMs: quantilesSchema
      .nullable()
      .describe('how long a space stays vacant until it is taken, ms, by the same life table'),
    fullRatio: ratio.describe(
      'share of the observed time in which every observed space was occupied; of zones and larger places the mean of their streets, by spaces',
    ),
    vehicles: z.int().nullable().describe('vehicles counted; null where no counter reported'),
    evidence: evidenceSchema,
    withheld: z
      .enum(['small-group'])
      .nullable()
      .describe('numbers of fewer than five spaces are not told'),
  })
  .meta({ id: 'Figures', description: 'Figures of a place; null is not known, 0 is zero' });

const placeSchema = z.object({
  scope: metricScopeSchema,
  id: z.string(),
  name: z.string(),
  zoneId: z
    .string()
    .nullable()
    .describe('the zone it is or lies in; null for larger places and outside all zones'),
});
const headSchema = z.object({
  publishedAt: instantSchema,
  licence: licenceSchema,
  timeZone: z.string().describe('IANA zone in which days, weeks and months begin'),
  from: instantSchema,
  to: instantSchema,
  rolledUpTo: instantSchema.nullable().describe('closed up to here; what is later is missing'),
});

export const metricsSchema = headSchema
  .extend({
    step: metricStepSchema,
    items: z.array(
      placeSchema.extend({
        total: figuresSchema.describe('of the whole time asked for'),
        intervals: z.array(
          z.object({ from: instantSchema, to: instantSchema, figures: figuresSchema }),
        ),
      }),
    ),
  })
  .meta({ id: 'Metrics' });
export type Metrics = z.output<typeof metricsSchema>;

export const profileSchema = headSchema
  .extend({
    place: placeSchema,
    evidence: evidenceSchema,
    withheld: z.enum(['small-group']).nullable(),
    cells: z
      .array(
        z.object({
          weekday: z.int().min(1).max(7).describe('1 Monday to 7 Sunday'),
          hour: z.int().min(0).max(23).describe('local hour in which it begins'),
          occupancyRatio: ratio,
          turnoverPerSpaceHour: ratio,
          arrivals: z.number().nullable().describe('mean of a week'),
          vehiclesPerHour: z.number().nullable().describe('mean of a counter'),
          observedHours: z.number().describe('space-hours'),
          weeks: z.int().describe('weeks with observations'),
        }),
      )
      .describe('168 cells, Monday 0 to 1 first; 80 % of the space-hours is a good cell'),
  })
  .meta({ id: 'WeekProfile', description: 'Hour × weekday, for a heat map' });
export type WeekProfile = z.output<typeof profileSchema>;

export const typicalWeekSchema = headSchema
  .pick({ publishedAt: true, licence: true, timeZone: true, from: true, to: true })
  .extend({
    siteId: z.string(),
    days: z
      .array(
        z.object({
          weekday: z.int().min(1).max(7).describe('1 Monday to 7 Sunday'),
          weeks: z.int().describe('such days it is made of'),
          occupancyRatios: z
            .array(ratio)
            .length(24)
            .describe('by local hour; null where nothing was observed or may be told'),
        }),
      )
      .length(7),
  })
  .meta({ id: 'TypicalWeek', description: 'How full a site usually is, from the last four weeks' });
export type TypicalWeek = z.output<typeof typicalWeekSchema>;

export const shareReasonSchema = z.object({ code: z.string(), de: z.string(), en: z.string() });

export const shareEstimateSchema = z
  .object({
    from: instantSchema,
    to: instantSchema,
    searchShareRatio: z
      .number()
      .describe(
        'share of the vehicle-kilometres on streets with kerb parking that is driven in search of a space',
      ),
    interval: z.tuple([z.number(), z.number()]).nullable().describe('95 %'),
    isLowerBound: z.boolean().describe('to be read as "at least" (mindestens)'),
    upperBandRatio: z.number().nullable().describe('above 12 %: how high the share may be'),
    uncertainty: z
      .object({
        daySd: z.number(),
        streetSd: z.number(),
        flowSd: z.number().nullable(),
        acceptanceSd: z.number().nullable(),
      })
      .describe(
        'relative standard deviations behind the interval: days, choice of streets, extrapolated traffic, acceptance audit',
      ),
    searchReadyRatio: z
      .number()
      .describe('share of passing vehicles that would take a free space now; not searching'),
    fullRatio: z.number().describe('share of time without a free space, false vacancies removed'),
    phantomRatio: z
      .number()
      .describe('share of vacancies that were false or outlived their taking'),
    missedArrivalRatio: z.number(),
    takes: z.number(),
    passes: z.number().describe('vehicles, weighted by the length of the streets in metres'),
    days: z.int(),
    stretches: z.int().describe('streets with sensors'),
    countedStretches: z.int().describe('of them with a counter'),
    streetsOfZone: z.int().describe('streets with kerb parking'),
    sensedSpacesRatio: z.number(),
    sufficiency: z.enum(['sufficient', 'provisional', 'insufficient']),
    reasons: z.array(shareReasonSchema),
  })
  .meta({
    id: 'ShareEstimate',
    description: text(
      'Anteil des Parksuchverkehrs an den Fahrzeugkilometern',
      'Share of searching traffic in the vehicle-kilometres',
    ),
  });
export type ShareEstimateView = z.output<typeof shareEstimateSchema>;

export const zoneRankingSchema = headSchema
  .extend({
    items: z
      .array(
        placeSchema.extend({
          rank: z
            .int()
            .nullable()
            .describe('by search share, else by full streets; null: not rated'),
          figures: figuresSchema,
          comparison: figuresSchema.nullable().describe('the same length of time before'),
          searchShare: shareEstimateSchema.nullable().describe('of the last four weeks'),
          devices: z
            .object({
              installed: z.int(),
              troubled: z.int().describe('of them, those something may be wrong with'),
              offline: z.int().describe('of them, those not heard for too long'),
              lostUplinkRatio: ratio.describe(
                'share of the uplinks sent that did not arrive, from gaps in the frame counters',
              ),
            })
            .nullable()
            .describe('sensors and counters as of now; null for fewer than five'),
        }),
      )
      .describe('rated zones first, worst first; then those without enough data'),
  })
  .meta({ id: 'ZoneRanking' });
export type ZoneRanking = z.output<typeof zoneRankingSchema>;
