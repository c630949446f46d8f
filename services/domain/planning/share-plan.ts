import type { EpochMs } from '../ids.ts';
import { intervalsOf, type Interval } from '../local-intervals.ts';
import { localDateStart } from '../local-time.ts';
import type { Inventory } from '../site.ts';
import { daysOf, windowsAround } from './periods.ts';
import type { PlannedMeasure, ShareScope } from './share-scopes.ts';

/** One estimate that somebody will want to see. */
export interface PlannedShare extends ShareScope {
  readonly period: 'recent' | 'month' | 'week' | 'before' | 'after';
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** The same for the same question. */
export const keyOfShare = ({ scope, id, period, fromMs, toMs }: PlannedShare): string =>
  [scope, id, period, fromMs, toMs].join('|');

const recentDays = 28;
const fewestDays = 3;
const mostMonths = 13;
const mostWeeks = 12;

/**
 * What is to be estimated from the closed days in `known` (whole local days), the most wanted first:
 * the last four weeks of every scope, before and after of every measure, months and weeks of the whole.
 */
export function planShares(
  inventory: Inventory,
  measures: readonly PlannedMeasure[],
  known: Interval,
  timeZone: string,
): readonly PlannedShare[] {
  const days = daysOf(known, timeZone);
  if (days.length < fewestDays) return [];
  const whole: ShareScope = { scope: 'all', id: 'all' };
  const several = inventory.municipalities.length > 1;
  const towns = several
    ? inventory.municipalities.map(({ id }) => ({ scope: 'municipality' as const, id }))
    : [];
  const zones = inventory.zones.map(({ id }) => ({ scope: 'zone' as const, id }));
  const recent = { fromMs: days.at(-recentDays) ?? known.fromMs, toMs: known.toMs };
  const inPeriods = (step: 'month' | 'week', most: number, scopes: readonly ShareScope[]) =>
    intervalsOf(known, step, timeZone)
      .map(({ fromMs, toMs }) => ({
        fromMs: Math.max(fromMs, known.fromMs),
        toMs: Math.min(toMs, known.toMs),
      }))
      .filter((interval) => daysOf(interval, timeZone).length >= fewestDays)
      .slice(-most)
      .flatMap((interval) => scopes.map((scope) => ({ ...scope, period: step, ...interval })));
  return [
    { ...whole, period: 'recent', ...recent },
    ...measures.flatMap((measure) => planMeasure(measure, known, timeZone)),
    ...[...towns, ...zones].map((scope) => ({ ...scope, period: 'recent' as const, ...recent })),
    ...inPeriods('month', mostMonths, [whole, ...towns]),
    ...inPeriods('week', mostWeeks, [whole]),
  ];
}

function planMeasure(measure: PlannedMeasure, known: Interval, timeZone: string): PlannedShare[] {
  const changeMs = localDateStart(measure.from, timeZone);
  const untilMs = measure.until === null ? null : localDateStart(measure.until, timeZone);
  const windows = windowsAround(changeMs, untilMs, known, timeZone);
  if (windows === null) return [];
  const scopes: ShareScope[] = [{ scope: 'measure', id: measure.id }];
  if (measure.controlZones.length > 0) scopes.push({ scope: 'control', id: measure.id });
  return scopes.flatMap((scope) => [
    { ...scope, period: 'before' as const, ...windows.before },
    { ...scope, period: 'after' as const, ...windows.after },
  ]);
}
