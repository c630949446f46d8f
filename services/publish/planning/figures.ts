import type { Metrics, ShareEstimateView, WeekProfile } from '../../contract/metrics.ts';
import { AppError } from '../../domain/errors.ts';
import {
  intervalsOf,
  rollUpStepOf,
  type Interval,
  type MetricStep,
} from '../../domain/local-intervals.ts';
import { dayMs, hourMs, quarterMs } from '../../domain/local-time.ts';
import { toFigures, toSpaceFigures, type Figures, type Quantiles } from '../../domain/metrics.ts';
import { toProfile } from '../../domain/metrics-profile.ts';
import type { ShareResult } from '../../domain/planning/share-results.ts';
import type { RollUp } from '../../domain/roll-up.ts';
import { joinInSlices, jsonWithList, jsonWithLists } from '../http/pieces.ts';
import { toInstant } from '../views.ts';
import type { PlanningDeps } from './deps.ts';
import {
  choosePlaces,
  headOf,
  rangeOf,
  readRows,
  readTotals,
  type NamedPlace,
  type Scope,
} from './places.ts';
import { checkSpaceHours, rollUpSpaces } from './space-hours.ts';

/** Figures to six digits: finer is noise. */
export const rounded = (value: number): number => Number(value.toPrecision(6));
export const roundedOrNull = (value: number | null): number | null =>
  value === null ? null : rounded(value);

const wholeOrNull = (value: number | null): number | null =>
  value === null ? null : Math.round(value);
const toQuantilesView = (quantiles: Quantiles | null) =>
  quantiles && {
    p25: wholeOrNull(quantiles.p25),
    p50: wholeOrNull(quantiles.p50),
    p75: wholeOrNull(quantiles.p75),
    p90: wholeOrNull(quantiles.p90),
  };

/** Figures as the contract has them. */
export const toFiguresView = (figures: Figures): Metrics['items'][number]['total'] => ({
  ...figures,
  occupancyRatio: roundedOrNull(figures.occupancyRatio),
  turnoverPerSpaceHour: roundedOrNull(figures.turnoverPerSpaceHour),
  inferredRatio: roundedOrNull(figures.inferredRatio),
  meanDwellMs: wholeOrNull(figures.meanDwellMs),
  dwellMs: toQuantilesView(figures.dwellMs),
  vacancyMs: toQuantilesView(figures.vacancyMs),
  fullRatio: roundedOrNull(figures.fullRatio),
  evidence: {
    ...figures.evidence,
    observedRatio: roundedOrNull(figures.evidence.observedRatio),
    countedHours: rounded(figures.evidence.countedHours),
  },
});

/** What an answer calls a place by. */
export const nameOf = ({ scope, id, name, zoneId }: NamedPlace) => ({ scope, id, name, zoneId });

/** Points of one answer: more is asked for in parts. */
const mostPoints = 20_000;
/** Days of places behind one answer: 1,000 streets for more than two years, and half a minute of reading. */
const mostPlaceDays = 1_000_000;

/** Days and longer have an hour less where a clock change lies in them. */
const shortestMs: Readonly<Record<MetricStep, number>> = {
  '15min': quarterMs,
  hour: hourMs,
  day: 23 * hourMs,
  week: 7 * dayMs - hourMs,
  month: 28 * dayMs - hourMs,
};

export interface MetricsQuery {
  readonly scope: Scope;
  readonly id?: string | undefined;
  readonly municipality?: string | undefined;
  /** `total` asks for no intervals. */
  readonly step: MetricStep | 'total';
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** What the figures of an answer are made of. */
async function rowsFor(
  places: readonly NamedPlace[],
  asked: {
    readonly scope: Scope;
    readonly step: MetricsQuery['step'];
    readonly range: Interval;
    readonly intervals: readonly Interval[];
  },
  deps: PlanningDeps,
): Promise<(place: NamedPlace) => readonly RollUp[]> {
  const { scope, step, range, intervals } = asked;
  if (step === 'total') return readTotals(deps, scope, places, range);
  if (scope !== 'space' || (step !== '15min' && step !== 'hour'))
    return readRows(deps, scope, places, { ...range, step: rollUpStepOf(step) });
  const ids = new Set(places.map(({ id }) => id));
  const rows = Map.groupBy(await rollUpSpaces(ids, step, intervals, deps), ({ id }) => id);
  return ({ id }) => rows.get(id) ?? [];
}

type Item = Metrics['items'][number];

/** `GET /api/v1/metrics`: the text of a `Metrics`, of which thousands of points are made slice by slice. */
export async function makeMetrics(query: MetricsQuery, deps: PlanningDeps): Promise<string> {
  const { step } = query;
  const asked = rangeOf(query, deps);
  const { scope, places } = choosePlaces(query, deps);
  // Judged before they are made: a made-up time would take long.
  const atMost = step === 'total' ? 1 : Math.ceil((asked.toMs - asked.fromMs) / shortestMs[step]);
  if (atMost * places.length > mostPoints)
    throw new AppError(
      'invalid-request',
      `step: ${atMost} intervals of ${places.length} places are more than ${mostPoints}; ask for fewer places, a longer step or a shorter time`,
    );
  const placeDays = Math.ceil((asked.toMs - asked.fromMs) / dayMs) * places.length;
  if (placeDays > mostPlaceDays)
    throw new AppError(
      'invalid-request',
      `from: ${places.length} places for so long have ${placeDays} days, more than ${mostPlaceDays}; ask for fewer places or a shorter time`,
    );
  if (scope === 'space' && (step === '15min' || step === 'hour'))
    checkSpaceHours(places.length, asked);
  const intervals = step === 'total' ? [] : intervalsOf(asked, step, deps.settings.timeZone);
  const range = {
    fromMs: intervals[0]?.fromMs ?? asked.fromMs,
    toMs: intervals.at(-1)?.toMs ?? asked.toMs,
  };
  const rowsOf = await rowsFor(places, { scope, step, range, intervals }, deps);
  const closedMs = deps.rolledUp().doneMs ?? range.toMs;
  const judge = scope === 'space' ? toSpaceFigures : toFigures;
  const figuresOf = (place: NamedPlace, rows: readonly RollUp[], { fromMs, toMs }: Interval) =>
    toFiguresView(judge(rows, placeOf(place), { fromMs, toMs: Math.min(toMs, closedMs) }));
  function* intervalTexts(place: NamedPlace, rows: readonly RollUp[]): Generator<string> {
    const rowsAt = byInterval(rows, intervals);
    for (const [at, interval] of intervals.entries())
      yield JSON.stringify({
        from: toInstant(interval.fromMs),
        to: toInstant(interval.toMs),
        figures: figuresOf(place, rowsAt[at] ?? [], interval),
      } satisfies Item['intervals'][number]);
  }
  function* pieces(): Generator<string> {
    const head = { ...headOf(deps, range), step } satisfies Omit<Metrics, 'items'>;
    yield* jsonWithLists(head, 'items', places, (place) => {
      const rows = rowsOf(place);
      const total = figuresOf(place, rows, range);
      const item = { ...nameOf(place), total } satisfies Omit<Item, 'intervals'>;
      return jsonWithList(item, 'intervals', intervalTexts(place, rows));
    });
  }
  return joinInSlices(pieces());
}

export const placeOf = ({ numberOfSpaces, sensedSpaces }: NamedPlace) => ({
  numberOfSpaces,
  sensedSpaces,
});

/** Rows by the interval they begin in; both are in order of time within a place. */
function byInterval(rows: readonly RollUp[], intervals: readonly Interval[]): RollUp[][] {
  const found: RollUp[][] = intervals.map(() => []);
  const sorted = rows.toSorted((a, b) => a.fromMs - b.fromMs);
  let at = 0;
  for (const row of sorted) {
    while (at < intervals.length - 1 && row.fromMs >= (intervals[at]?.toMs ?? Infinity)) at += 1;
    found[at]?.push(row);
  }
  return found;
}

/** `GET /api/v1/metrics/profile`: whole weeks are best, for each hour counts as often as it was there. */
export async function makeProfile(
  query: Omit<MetricsQuery, 'step'>,
  deps: PlanningDeps,
): Promise<WeekProfile> {
  const range = rangeOf(query, deps);
  const [place, ...others] = choosePlaces(query, deps).places;
  if (place === undefined || others.length > 0)
    throw new AppError('invalid-request', 'id: name one place');
  const { scope } = place;
  const sums = await deps.sums.week(
    scope === 'all' ? { ...range, scope: 'municipality' } : { ...range, scope, ids: [place.id] },
  );
  const closedMs = deps.rolledUp().doneMs ?? range.toMs;
  const { evidence, withheld } = toFiguresView(
    toFigures(sums.total ? [sums.total] : [], placeOf(place), {
      fromMs: range.fromMs,
      toMs: Math.min(range.toMs, closedMs),
    }),
  );
  return {
    ...headOf(deps, range),
    place: nameOf(place),
    evidence,
    withheld,
    cells: toProfile(sums, placeOf(place)).map((cell) => ({
      ...cell,
      occupancyRatio: roundedOrNull(cell.occupancyRatio),
      turnoverPerSpaceHour: roundedOrNull(cell.turnoverPerSpaceHour),
      arrivals: roundedOrNull(cell.arrivals),
      vehiclesPerHour: roundedOrNull(cell.vehiclesPerHour),
      observedHours: rounded(cell.observedHours),
    })),
  };
}

export function toShareView({ fromMs, toMs, estimate }: ShareResult): ShareEstimateView {
  const { daySd, streetSd, flowSd, acceptanceSd, interval, reasons, ...rest } = estimate;
  return {
    from: toInstant(fromMs),
    to: toInstant(toMs),
    ...rest,
    searchShareRatio: rounded(rest.searchShareRatio),
    searchReadyRatio: rounded(rest.searchReadyRatio),
    fullRatio: rounded(rest.fullRatio),
    phantomRatio: rounded(rest.phantomRatio),
    missedArrivalRatio: rounded(rest.missedArrivalRatio),
    takes: Math.round(rest.takes),
    passes: Math.round(rest.passes),
    sensedSpacesRatio: rounded(rest.sensedSpacesRatio),
    interval: interval && [rounded(interval[0]), rounded(interval[1])],
    uncertainty: {
      daySd: rounded(daySd),
      streetSd: rounded(streetSd),
      flowSd: roundedOrNull(flowSd),
      acceptanceSd: roundedOrNull(acceptanceSd),
    },
    reasons: reasons.map((reason) => ({ ...reason })),
  };
}
