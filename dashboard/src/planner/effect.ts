import type { MeasureReport } from '../../../services/contract/measures.ts';
import { m } from '../paraglide/messages.js';
import { tagOf } from '../ui/format.ts';
import type { Locale } from '../ui/locale.svelte.ts';
import type { Cell, Table } from './csv.ts';
import { formatFixed, formatPercent, formatPoints } from './numbers.ts';

type Effect = NonNullable<NonNullable<MeasureReport['comparison']>['occupancy']>;

/** One figure before and after, ready to be drawn and said. */
export interface EffectRow {
  readonly key: 'share' | 'occupancy' | 'full' | 'turnover';
  readonly name: string;
  readonly effect: Effect;
  readonly formatValue: (value: number) => string;
  /** The difference in its unit: percent of the share before, points, or a number. */
  readonly formatDifference: (value: number) => string;
  /** A bound of the interval; the unit stands before it. */
  readonly formatBound: (value: number) => string;
}

const signed =
  (locale: Locale, digits: number, unit: string) =>
  (value: number): string =>
    `${new Intl.NumberFormat(tagOf(locale), {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      signDisplay: 'exceptZero',
    })
      .format(value)
      .replace('-', '−')}${unit}`;

/** The figures of a measure that could be compared, search share first. */
export function effectRows({ comparison }: MeasureReport, locale: Locale): readonly EffectRow[] {
  if (comparison === null) return [];
  const { searchShare, occupancy, full, turnover } = comparison;
  const percent = (value: number): string => formatPercent(value, locale);
  const points = (value: number): string => formatPoints(value, locale);
  const relative = signed(locale, 0, locale === 'de' ? '\u00a0%' : '%');
  const bound = signed(locale, 1, '');
  const ratio = {
    formatValue: percent,
    formatDifference: points,
    formatBound: (value: number) => bound(value * 100),
  };
  const of = (row: Omit<EffectRow, 'effect'>, effect: Effect | null): readonly EffectRow[] =>
    effect === null ? [] : [{ ...row, effect }];
  return [
    ...of(
      {
        key: 'share',
        name: m.plan_share(),
        formatValue: percent,
        formatDifference: (value) => relative(value * 100),
        formatBound: (value) => relative(value * 100),
      },
      searchShare.effect,
    ),
    ...of({ key: 'occupancy', name: m.plan_occupancy(), ...ratio }, occupancy),
    ...of({ key: 'full', name: m.plan_full(), ...ratio }, full),
    ...of(
      {
        key: 'turnover',
        name: m.plan_turnover_day(),
        formatValue: (value) => formatFixed(value * 24, locale, 1),
        formatDifference: (value) => bound(value * 24),
        formatBound: (value) => bound(value * 24),
      },
      turnover,
    ),
  ];
}

/** "−21 % (−34 % bis −5 %)"; without an interval the number alone. */
export const differenceText = ({ effect, formatDifference, formatBound }: EffectRow): string =>
  effect.interval === null
    ? formatDifference(effect.difference)
    : m.plan_with_interval({
        value: formatDifference(effect.difference),
        low: formatBound(effect.interval[0]),
        high: formatBound(effect.interval[1]),
      });

export function verdictWord(verdict: Effect['verdict']): string {
  switch (verdict) {
    case 'decreased':
      return m.plan_decreased();
    case 'increased':
      return m.plan_increased();
    case 'not-distinguishable':
      return m.plan_not_distinguishable();
  }
}

/** A measure as it is shown; texts carry their units. */
export const effectTable = (rows: readonly EffectRow[], measure: MeasureReport): Table => ({
  about: [
    [m.plan_since(), measure.from],
    [m.plan_kind_of_result(), measure.controlZones.length > 0 ? m.plan_effect() : m.plan_change()],
  ],
  header: [
    m.plan_figure(),
    m.plan_before(),
    m.plan_after(),
    m.plan_control_before(),
    m.plan_control_after(),
    m.plan_difference(),
    m.plan_verdict(),
  ],
  rows: rows.map((row): readonly Cell[] => {
    const { effect, formatValue } = row;
    return [
      row.name,
      formatValue(effect.treated.before),
      formatValue(effect.treated.after),
      effect.control === null ? null : formatValue(effect.control.before),
      effect.control === null ? null : formatValue(effect.control.after),
      differenceText(row),
      verdictWord(effect.verdict),
    ];
  }),
});
