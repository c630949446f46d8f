import { z } from 'zod';
import { instantSchema, licenceSchema } from './common.ts';
import { shareEstimateSchema } from './metrics.ts';

const change = z.object({ before: z.number(), after: z.number() });

const effectSchema = z
  .object({
    treated: change,
    control: change.nullable().describe('null without control zones: a change, not an effect'),
    difference: z
      .number()
      .describe('of the search share relative to the share before, else in the unit of the figure'),
    interval: z.tuple([z.number(), z.number()]).nullable().describe('95 %'),
    verdict: z.enum(['decreased', 'increased', 'not-distinguishable']),
  })
  .meta({ id: 'MeasureEffect', description: 'Difference in differences' });

export const measureReportSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    description: z.string(),
    kind: z.string(),
    from: z.iso.date(),
    until: z.iso.date().nullable(),
    zones: z.array(z.string()),
    stretches: z.array(z.string()),
    controlZones: z.array(z.string()),
    responsible: z.string(),
    budgetEur: z.number().nullable(),
    initialSituation: z.string(),
    targetSituation: z.string(),
    comparison: z
      .object({
        weeks: z.int().describe('whole weeks on each side: the same weekdays and hours'),
        before: z.object({ from: instantSchema, to: instantSchema }),
        after: z.object({ from: instantSchema, to: instantSchema }),
        searchShare: z
          .object({
            treated: z.object({
              before: shareEstimateSchema.nullable(),
              after: shareEstimateSchema.nullable(),
            }),
            control: z
              .object({
                before: shareEstimateSchema.nullable(),
                after: shareEstimateSchema.nullable(),
              })
              .nullable(),
            effect: effectSchema.nullable(),
          })
          .describe('null until it is estimated'),
        occupancy: effectSchema.nullable().describe('occupancyRatio, day by day'),
        full: effectSchema.nullable().describe('fullRatio of the streets, day by day'),
        turnover: effectSchema.nullable().describe('turnoverPerSpaceHour, day by day'),
      })
      .nullable()
      .describe('null while a whole week is missing before or after'),
    verdictText: z.object({ de: z.string(), en: z.string() }),
  })
  .meta({ id: 'MeasureReport' });
export type MeasureReport = z.output<typeof measureReportSchema>;

export const measureListSchema = z
  .object({
    publishedAt: instantSchema,
    licence: licenceSchema,
    items: z.array(measureReportSchema),
  })
  .meta({ id: 'MeasureList' });
export type MeasureList = z.output<typeof measureListSchema>;
