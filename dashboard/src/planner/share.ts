import type { ShareEstimateView } from '../../../services/contract/metrics.ts';
import { m } from '../paraglide/messages.js';
import type { Locale } from '../ui/locale.svelte.ts';
import type { Cell, Table } from './csv.ts';
import { formatBand, formatMonth, formatNumber, formatPercent, formatPeriod } from './numbers.ts';
import type { TrendPoint } from './trend.ts';

/** Whether a number may be said at all. */
export const isUsable = (
  estimate: ShareEstimateView | null | undefined,
): estimate is ShareEstimateView =>
  estimate !== null && estimate !== undefined && estimate.sufficiency !== 'insufficient';

/** "24 %", "mindestens 24 %", or that there are not enough data. */
export function shareText(estimate: ShareEstimateView | null | undefined, locale: Locale): string {
  if (!isUsable(estimate)) return m.plan_low_data();
  const share = formatPercent(estimate.searchShareRatio, locale);
  return estimate.isLowerBound ? m.plan_at_least({ share }) : share;
}

/** "95-%-Bereich 21–27 %"; '' where there is none. */
export const bandText = (estimate: ShareEstimateView | null | undefined, locale: Locale): string =>
  isUsable(estimate) && estimate.interval !== null
    ? m.plan_band({ band: formatBand(estimate.interval, locale) })
    : '';

/** What the number rests on: arrivals, days, streets, coverage. */
export const evidenceText = (estimate: ShareEstimateView, locale: Locale): string =>
  m.plan_share_evidence({
    takes: formatNumber(estimate.takes, locale),
    days: estimate.days,
    stretches: estimate.stretches,
    streets: estimate.streetsOfZone,
    counted: estimate.countedStretches,
    coverage: formatPercent(estimate.sensedSpacesRatio, locale),
  });

export type TrendStep = 'month' | 'week';

/** "November 2026"; a week is named by its days. */
const intervalName = (
  { from, to }: { readonly from: string; readonly to: string },
  step: TrendStep,
  timeZone: string,
  locale: Locale,
): string =>
  step === 'month' ? formatMonth(from, timeZone, locale) : formatPeriod(from, to, timeZone, locale);

export const toTrend = (
  estimates: readonly ShareEstimateView[],
  step: TrendStep,
  timeZone: string,
  locale: Locale,
): TrendPoint[] =>
  estimates.map((estimate) => ({
    fromMs: Date.parse(estimate.from),
    toMs: Date.parse(estimate.to),
    label: intervalName(estimate, step, timeZone, locale),
    value: isUsable(estimate) ? estimate.searchShareRatio : null,
    band: isUsable(estimate) ? estimate.interval : null,
    isProvisional: estimate.sufficiency === 'provisional',
  }));

/** Percent with one digit, as a number for spreadsheets. */
export const percentCell = (ratio: number | null | undefined): number | null =>
  ratio === null || ratio === undefined ? null : Math.round(ratio * 1000) / 10;

export function sufficiencyWord(sufficiency: ShareEstimateView['sufficiency']): string {
  switch (sufficiency) {
    case 'sufficient':
      return m.plan_sufficient();
    case 'provisional':
      return m.plan_provisional();
    case 'insufficient':
      return m.plan_insufficient();
  }
}

/** The estimates as they are drawn: what may not be said is empty here, too. */
export const toShareTable = (
  estimates: readonly ShareEstimateView[],
  step: TrendStep,
  timeZone: string,
  locale: Locale,
): Table => ({
  about: [],
  header: [
    m.plan_period_name(),
    m.plan_share_percent(),
    m.plan_low_percent(),
    m.plan_high_percent(),
    m.plan_lower_bound(),
    m.plan_takes(),
    m.plan_days(),
    m.plan_quality(),
  ],
  rows: estimates.map((estimate): readonly Cell[] => {
    const known = isUsable(estimate) ? estimate : null;
    return [
      intervalName(estimate, step, timeZone, locale),
      percentCell(known?.searchShareRatio),
      percentCell(known?.interval?.[0]),
      percentCell(known?.interval?.[1]),
      known === null ? null : known.isLowerBound ? m.plan_yes() : m.plan_no(),
      Math.round(estimate.takes),
      estimate.days,
      sufficiencyWord(estimate.sufficiency),
    ];
  }),
});
