import type { MeasureReport } from '../../../services/contract/measures.ts';
import type {
  Metrics,
  ShareEstimateView,
  ZoneRanking,
} from '../../../services/contract/metrics.ts';
import { m } from '../paraglide/messages.js';
import type { Locale } from '../ui/locale.svelte.ts';
import { formatBand, formatDuration, formatNumber, formatPercent } from './numbers.ts';
import { isUsable, shareText } from './share.ts';

type Figures = Metrics['items'][number]['total'];
interface Sentence {
  readonly de: string;
  readonly en: string;
}

/** What a month's report is about; `null` and empty is not known. */
interface Month {
  readonly share: ShareEstimateView | null;
  readonly verdict: Sentence | null;
  readonly figures: Figures | null;
  readonly zones: readonly ZoneRanking['items'][number][];
  readonly measures: readonly MeasureReport[];
}

function shareSentence(share: ShareEstimateView | null, locale: Locale): string {
  if (!isUsable(share)) return m.plan_summary_no_share();
  const text = shareText(share, locale);
  return share.interval === null
    ? m.plan_summary_share({ share: text })
    : m.plan_summary_share_band({ share: text, band: formatBand(share.interval, locale) });
}

function occupancySentences(figures: Figures | null, locale: Locale): string[] {
  if (typeof figures?.occupancyRatio !== 'number') return [];
  const occupied = formatPercent(figures.occupancyRatio, locale);
  const full = figures.fullRatio;
  const median = figures.dwellMs?.p50 ?? null;
  return [
    full === null
      ? m.plan_summary_occupied({ occupied })
      : m.plan_summary_occupied_full({ occupied, full: formatPercent(full, locale) }),
    ...(median === null ? [] : [m.plan_summary_stay({ median: formatDuration(median) })]),
  ];
}

/** The zone that is worst by the search share, else by its full streets. */
function zoneSentence(zones: Month['zones'], locale: Locale): string[] {
  const [worst, ...others] = zones.filter(({ rank }) => rank !== null);
  if (worst === undefined || others.length === 0) return [];
  const { name, searchShare, figures } = worst;
  if (isUsable(searchShare))
    return [m.plan_summary_worst_share({ name, share: shareText(searchShare, locale) })];
  return figures.fullRatio === null
    ? []
    : [m.plan_summary_worst_full({ name, full: formatPercent(figures.fullRatio, locale) })];
}

function evidenceSentence(figures: Figures | null, locale: Locale): string[] {
  if (figures === null) return [];
  const { sensedSpaces, numberOfSpaces, observedRatio } = figures.evidence;
  return [
    m.plan_summary_evidence({
      sensed: formatNumber(sensedSpaces, locale),
      spaces: formatNumber(numberOfSpaces, locale),
      observed: formatPercent(observedRatio, locale),
    }),
  ];
}

/** What a council needs to know of a month, in a handful of sentences; each stands in the report too. */
export const summarise = (month: Month, locale: Locale): readonly string[] => [
  shareSentence(month.share, locale),
  ...(month.verdict === null ? [] : [month.verdict[locale]]),
  ...occupancySentences(month.figures, locale),
  ...zoneSentence(month.zones, locale),
  ...month.measures
    .filter(({ comparison }) => comparison !== null)
    .map(({ title, verdictText }) =>
      m.plan_summary_measure({ title, verdict: verdictText[locale] }),
    ),
  ...evidenceSentence(month.figures, locale),
];
