import { z } from 'zod';
import { instantSchema, licenceSchema } from './common.ts';
import { shareEstimateSchema, shareReasonSchema } from './metrics.ts';

const sentence = z.object({ de: z.string(), en: z.string() });

export const goalSchema = z
  .object({
    publishedAt: instantSchema,
    licence: licenceSchema,
    isEstimating: z.boolean().describe('estimates of closed days are still being made'),
    goal: z
      .object({
        baselineRatio: z.number(),
        baseline: z
          .enum(['measured', 'assumed'])
          .describe('assumed: a literature figure of selected studies, not of this town'),
        baselineSource: z.string(),
        targetRatio: z.number(),
        deadline: z.iso.date(),
      })
      .nullable(),
    start: z
      .object({ ratio: z.number(), kind: z.enum(['measured', 'first-month']) })
      .nullable()
      .describe('where the way begins: the measured baseline, or the first month measured here'),
    effectiveTargetRatio: z
      .number()
      .nullable()
      .describe('the start times target ÷ baseline: "halve it" for a town that never had 30 %'),
    plannedRatio: z
      .number()
      .nullable()
      .describe('a straight way from start to target, at the newest month'),
    verdict: z.enum(['reached', 'on-track', 'off-track', 'not-distinguishable', 'not-enough-data']),
    verdictText: sentence,
    forecast: z
      .object({
        ratio: z.number(),
        interval: z.tuple([z.number(), z.number()]),
        verdict: z.enum(['will-be-met', 'will-be-missed', 'open']),
      })
      .nullable()
      .describe('at the deadline; null with fewer than three usable months'),
    recent: shareEstimateSchema.nullable().describe('the last four weeks'),
    months: z.array(shareEstimateSchema),
    weeks: z.array(shareEstimateSchema),
    missing: z.array(shareReasonSchema).describe('what a better answer needs'),
  })
  .meta({ id: 'GoalProgress' });
export type GoalProgress = z.output<typeof goalSchema>;
