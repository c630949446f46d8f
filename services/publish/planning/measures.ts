import type { MeasureList, MeasureReport } from '../../contract/measures.ts';
import type { EpochMs, MunicipalityId } from '../../domain/ids.ts';
import type { Interval } from '../../domain/local-intervals.ts';
import { localDateStart } from '../../domain/local-time.ts';
import { municipalityOf } from '../../domain/municipality-of.ts';
import { fullRatioOf } from '../../domain/metrics.ts';
import {
  compareDays,
  compareShares,
  type DaySeries,
  type Effect,
  type ShareEffect,
} from '../../domain/planning/before-after.ts';
import { daysOf, windowsAround, type Windows } from '../../domain/planning/periods.ts';
import type { ShareResult } from '../../domain/planning/share-results.ts';
import { measureSentence } from '../../domain/planning/verdict-texts.ts';
import type { RollUp } from '../../domain/roll-up.ts';
import { occupancyRatio, turnoverPerSpaceHour } from '../../domain/session.ts';
import { toInstant, toLicence } from '../views.ts';
import type { MeasureDescription, PlanningDeps } from './deps.ts';
import { toShareView } from './figures.ts';
import { municipalitiesAsked } from './places.ts';

const toEffect = (effect: Effect | null): NonNullable<MeasureReport['comparison']>['full'] =>
  effect && {
    treated: effect.treated,
    control: effect.control,
    difference: effect.difference,
    interval: effect.interval && [effect.interval[0], effect.interval[1]],
    verdict: effect.verdict,
  };

/** One figure of streets on a day; `undefined` where they have no roll-up. */
type DayFigure = (streets: RollUp | undefined) => number | null;

const figures: Readonly<Record<'occupancy' | 'full' | 'turnover', DayFigure>> = {
  occupancy: (streets) => (streets ? occupancyRatio(streets) : null),
  full: (streets) => (streets ? fullRatioOf([streets]) : null),
  turnover: (streets) => (streets ? turnoverPerSpaceHour(streets) : null),
};

/** Streets of a measure, or of its control zones. */
function streetsOf(
  { zones, stretches, controlZones }: MeasureDescription,
  side: 'measure' | 'control',
  deps: PlanningDeps,
): ReadonlySet<string> {
  const inZones = new Set(side === 'measure' ? zones : controlZones);
  const own = deps
    .inventory()
    .stretches.filter(({ zoneId }) => zoneId !== null && inZones.has(zoneId))
    .map(({ id }) => id);
  return new Set<string>(side === 'measure' ? [...own, ...stretches] : own);
}

/** Day by day on both sides of the change, in the same order of weekdays. */
function seriesOf(
  byDay: ReadonlyMap<EpochMs, RollUp>,
  windows: Windows,
  timeZone: string,
  figure: DayFigure,
): DaySeries {
  const values = (interval: Interval): (number | null)[] =>
    daysOf(interval, timeZone).map((fromMs) => figure(byDay.get(fromMs)));
  return { before: values(windows.before), after: values(windows.after) };
}

async function compare(measure: MeasureDescription, windows: Windows, deps: PlanningDeps) {
  const { timeZone } = deps.settings;
  const daysOfSide = async (side: 'measure' | 'control') => {
    const ids = [...streetsOf(measure, side, deps)].sort();
    const range = { fromMs: windows.before.fromMs, toMs: windows.after.toMs };
    const days = ids.length === 0 ? [] : await deps.sums.days({ ...range, scope: 'stretch', ids });
    return { ids, byDay: new Map(days.map((day) => [day.fromMs, day])) };
  };
  const treated = await daysOfSide('measure');
  const control = await daysOfSide('control');
  const effectOf = (figure: DayFigure) =>
    toEffect(
      compareDays(
        seriesOf(treated.byDay, windows, timeZone, figure),
        control.ids.length === 0 ? null : seriesOf(control.byDay, windows, timeZone, figure),
      ),
    );
  return {
    occupancy: effectOf(figures.occupancy),
    full: effectOf(figures.full),
    turnover: effectOf(figures.turnover),
  };
}

/** The estimates before and after, of one side; `undefined` until they are made. */
function sharesOf(id: string, side: 'measure' | 'control', windows: Windows, deps: PlanningDeps) {
  const find = (period: 'before' | 'after'): ShareResult | undefined =>
    deps
      .shares()
      .results.find(
        (result) =>
          result.scope === side &&
          result.id === id &&
          result.period === period &&
          result.fromMs === windows[period].fromMs &&
          result.toMs === windows[period].toMs,
      );
  return { before: find('before'), after: find('after') };
}

const toPair = ({ before, after }: ReturnType<typeof sharesOf>) => ({
  before: before ? toShareView(before) : null,
  after: after ? toShareView(after) : null,
});

function shareEffect(
  treated: ReturnType<typeof sharesOf>,
  control: ReturnType<typeof sharesOf> | null,
): ShareEffect | null {
  const estimates = ({ before, after }: ReturnType<typeof sharesOf>) =>
    before && after ? { before: before.estimate, after: after.estimate } : null;
  const own = estimates(treated);
  const other = control && estimates(control);
  if (own === null || (control !== null && other === null)) return null;
  return compareShares({ treated: own, control: other });
}

async function toReport(measure: MeasureDescription, deps: PlanningDeps): Promise<MeasureReport> {
  const { timeZone } = deps.settings;
  const { known } = deps.shares();
  const windows =
    known &&
    windowsAround(
      localDateStart(measure.from, timeZone),
      measure.until === null ? null : localDateStart(measure.until, timeZone),
      known,
      timeZone,
    );
  const described = {
    id: measure.id,
    title: measure.title,
    description: measure.description,
    kind: measure.kind,
    from: measure.from,
    until: measure.until,
    zones: [...measure.zones],
    stretches: [...measure.stretches],
    controlZones: [...measure.controlZones],
    responsible: measure.responsible,
    budgetEur: measure.budgetEur,
    initialSituation: measure.initialSituation,
    targetSituation: measure.targetSituation,
  };
  if (windows === null)
    return { ...described, comparison: null, verdictText: measureSentence(null, 0) };
  const treated = sharesOf(measure.id, 'measure', windows, deps);
  const control =
    measure.controlZones.length > 0 ? sharesOf(measure.id, 'control', windows, deps) : null;
  const effect = shareEffect(treated, control);
  const instants = ({ fromMs, toMs }: Interval) => ({
    from: toInstant(fromMs),
    to: toInstant(toMs),
  });
  return {
    ...described,
    comparison: {
      weeks: windows.weeks,
      before: instants(windows.before),
      after: instants(windows.after),
      searchShare: {
        treated: toPair(treated),
        control: control && toPair(control),
        effect: toEffect(effect),
      },
      ...(await compare(measure, windows, deps)),
    },
    verdictText: measureSentence(effect, windows.weeks),
  };
}

/** Measures with a zone or a stretch in one of the municipalities; `undefined` narrows nothing. */
function measuresIn(
  municipality: string | undefined,
  deps: PlanningDeps,
): readonly MeasureDescription[] {
  const asked = municipalitiesAsked(municipality, deps);
  if (!asked) return deps.measures();
  const inventory = deps.inventory();
  const lies = municipalityOf(inventory);
  const isIn = (id: MunicipalityId | null): boolean => id !== null && asked.has(id);
  const zones = new Set<string>(
    inventory.zones.flatMap(({ id }) => (isIn(lies.zone(id)) ? id : [])),
  );
  const stretches = new Set<string>(
    inventory.stretches.flatMap((stretch) => (isIn(lies.stretch(stretch)) ? stretch.id : [])),
  );
  return deps
    .measures()
    .filter(
      (measure) =>
        measure.zones.some((id) => zones.has(id)) ||
        measure.stretches.some((id) => stretches.has(id)),
    );
}

/** `GET /api/v1/measures`, the newest first. */
export async function makeMeasures(
  query: { readonly municipality?: string | undefined },
  deps: PlanningDeps,
): Promise<MeasureList> {
  const measures = measuresIn(query.municipality, deps).toSorted((a, b) =>
    a.from < b.from ? 1 : -1,
  );
  const items: MeasureReport[] = [];
  for (const measure of measures) items.push(await toReport(measure, deps));
  return {
    publishedAt: toInstant(deps.clock.now()),
    licence: toLicence(deps.settings),
    items,
  };
}
