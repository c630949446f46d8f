import { AppError } from '../../domain/errors.ts';
import type { MunicipalityId, ZoneId } from '../../domain/ids.ts';
import type { Interval } from '../../domain/local-intervals.ts';
import { dayMs, localDateStart, localDayStart } from '../../domain/local-time.ts';
import type { Place } from '../../domain/metrics.ts';
import type { RollUp } from '../../domain/roll-up.ts';
import { municipalityOf } from '../../domain/municipality-of.ts';
import { idsOf } from '../http/query.ts';
import type { Metrics } from '../../contract/metrics.ts';
import { toInstant, toLicence } from '../views.ts';
import type { PlanningDeps } from './deps.ts';

export type Scope = Metrics['items'][number]['scope'];

/** A place that figures are asked of. */
export interface NamedPlace extends Place {
  readonly scope: Scope;
  readonly id: string;
  readonly name: string;
  /** The zone it is or lies in; `null` for larger places and outside all zones. */
  readonly zoneId: ZoneId | null;
  /** `null` of the whole, and where nobody knows. */
  readonly municipalityId: MunicipalityId | null;
}

/** Every place of a scope, in the order of the inventory. */
function placesOf(scope: Scope, deps: PlanningDeps): readonly NamedPlace[] {
  const { sites, spaces, stretches, zones, municipalities } = deps.inventory();
  const lies = municipalityOf(deps.inventory());
  const sensed = deps.sensedSpaces();
  const capacity = (own: typeof sites): number =>
    own.reduce((sum, site) => sum + site.numberOfSpaces, 0);
  const place = (
    id: string,
    name: string,
    numberOfSpaces: number,
    municipalityId: MunicipalityId | null,
    zoneId: ZoneId | null = null,
  ): NamedPlace => ({
    scope,
    id,
    name,
    zoneId,
    municipalityId,
    numberOfSpaces,
    sensedSpaces: sensed.get(`${scope}|${id}`) ?? 0,
  });
  switch (scope) {
    case 'space': {
      const siteOf = new Map(sites.map((site) => [site.id, site]));
      return spaces.map(({ id, siteId }) => {
        const site = siteOf.get(siteId);
        const municipalityId = site?.municipalityId ?? null;
        return place(id, site?.name ?? id, 1, municipalityId, site?.zoneId ?? null);
      });
    }
    case 'site':
      return sites.map((site) =>
        place(site.id, site.name, site.numberOfSpaces, site.municipalityId, site.zoneId),
      );
    case 'stretch':
      return stretches
        .filter(({ id, numberOfSpaces }) => numberOfSpaces > 0 || sensed.has(`stretch|${id}`))
        .map((stretch) => {
          const { id, name, numberOfSpaces, zoneId } = stretch;
          return place(id, name, numberOfSpaces, lies.stretch(stretch), zoneId);
        });
    case 'zone':
      return zones.map(({ id, name, municipalityId }) => {
        const own = capacity(sites.filter((site) => site.zoneId === id));
        return place(id, name, own, municipalityId, id);
      });
    case 'municipality':
      return municipalities.map(({ id, name }) =>
        place(id, name, capacity(sites.filter((site) => site.municipalityId === id)), id),
      );
    case 'all': {
      const sum = municipalities.reduce(
        (total, { id }) => total + (sensed.get(`municipality|${id}`) ?? 0),
        0,
      );
      return [
        { ...place('all', deps.settings.publisher.name, capacity(sites), null), sensedSpaces: sum },
      ];
    }
  }
}

interface Choice {
  readonly scope: Scope;
  readonly id?: string | undefined;
  readonly municipality?: string | undefined;
}

/**
 * The places asked for, or all of their scope; of the whole, what belongs to a municipality is that
 * municipality. Throws `not-found` for an id that is none.
 */
export function choosePlaces(
  { scope, id, municipality }: Choice,
  deps: PlanningDeps,
): { readonly scope: Scope; readonly places: readonly NamedPlace[] } {
  const asked = municipalitiesAsked(municipality, deps);
  const narrowed = asked && scope === 'all' ? 'municipality' : scope;
  const all = placesOf(narrowed, deps).filter(
    (place) => !asked || (place.municipalityId !== null && asked.has(place.municipalityId)),
  );
  if (id === undefined) return { scope: narrowed, places: all };
  const wanted = id.split(',').map((one) => one.trim());
  const places = wanted.map((one) => {
    const found = all.find((place) => place.id === one);
    if (found === undefined) throw new AppError('not-found', `no place '${one}' in this scope`);
    return found;
  });
  return { scope: narrowed, places };
}

/** The municipalities of a comma-separated list; `undefined` narrows nothing. Throws `not-found`. */
export function municipalitiesAsked(
  list: string | undefined,
  deps: Pick<PlanningDeps, 'inventory'>,
): ReadonlySet<string> | undefined {
  const asked = idsOf(list);
  for (const id of asked ?? [])
    if (!deps.inventory().municipalities.some((municipality) => municipality.id === id))
      throw new AppError('not-found', `no municipality '${id}'`);
  return asked;
}

/** The rows of places, by place; `all` is the sum of the municipalities. */
export async function readRows(
  deps: PlanningDeps,
  scope: Scope,
  places: readonly NamedPlace[],
  query: Interval & { readonly step: RollUp['step'] },
): Promise<(place: NamedPlace) => readonly RollUp[]> {
  if (scope === 'all') {
    const rows = await deps.store.rollUps({ ...query, scope: 'municipality' });
    return () => rows;
  }
  const ids = places.map(({ id }) => id);
  const rows = Map.groupBy(await deps.store.rollUps({ ...query, scope, ids }), ({ id }) => id);
  return ({ id }) => rows.get(id) ?? [];
}

/** What places did in all, each in one row; `all` is the sum of the municipalities. */
export async function readTotals(
  deps: PlanningDeps,
  scope: Scope,
  places: readonly NamedPlace[],
  range: Interval,
): Promise<(place: NamedPlace) => readonly RollUp[]> {
  if (scope === 'all') {
    const totals = await deps.sums.totals({ ...range, scope: 'municipality' });
    return () => totals;
  }
  const ids = places.map(({ id }) => id);
  const totals = new Map(
    (await deps.sums.totals({ ...range, scope, ids })).map((total) => [total.id, [total]]),
  );
  return ({ id }) => totals.get(id) ?? [];
}

/** Without `from`: four whole weeks. */
const usualDays = 28;
/** Longer than anybody has measured: the history takes each week on its own, empty or not. */
const mostYears = 20;

/**
 * The time asked for; without an end up to where roll-ups are closed. Throws `invalid-request` for one
 * that is none or too long.
 */
export function rangeOf(
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  deps: PlanningDeps,
): Interval {
  const { timeZone } = deps.settings;
  const atOf = (text: string): number =>
    text.length === 10 ? localDateStart(text, timeZone) : Date.parse(text);
  const toMs = to === undefined ? (deps.rolledUp().doneMs ?? deps.clock.now()) : atOf(to);
  const fromMs =
    from === undefined ? localDayStart(toMs - usualDays * dayMs, timeZone) : atOf(from);
  if (fromMs >= toMs) throw new AppError('invalid-request', 'from: must lie before to');
  if (toMs - fromMs > mostYears * 366 * dayMs)
    throw new AppError('invalid-request', `from: at most ${mostYears} years before to`);
  return { fromMs, toMs };
}

/** The beginning of every planners' document. */
export function headOf(deps: PlanningDeps, { fromMs, toMs }: Interval) {
  const { doneMs } = deps.rolledUp();
  return {
    publishedAt: toInstant(deps.clock.now()),
    licence: toLicence(deps.settings),
    timeZone: deps.settings.timeZone,
    from: toInstant(fromMs),
    to: toInstant(toMs),
    rolledUpTo: doneMs === null ? null : toInstant(doneMs),
  };
}
