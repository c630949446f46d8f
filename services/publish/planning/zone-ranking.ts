import type { ZoneRanking } from '../../contract/metrics.ts';
import { wellObservedRatio } from '../../contract/thresholds.ts';
import type { Interval } from '../../domain/local-intervals.ts';
import { isTooSmall, toFigures, type Figures } from '../../domain/metrics.ts';
import { sumDevices } from '../../domain/planning/device-sums.ts';
import type { PlanningDeps } from './deps.ts';
import {
  nameOf,
  placeOf,
  roundedOrNull,
  toFiguresView,
  toShareView,
  type MetricsQuery,
} from './figures.ts';
import { choosePlaces, headOf, rangeOf, readTotals, type NamedPlace } from './places.ts';

/** A time that was hardly watched, as before the sensors came, is nothing to compare with. */
const isWellObserved = ({ occupancyRatio, evidence }: Figures): boolean =>
  occupancyRatio !== null && (evidence.observedRatio ?? 0) >= wellObservedRatio;

/** `GET /api/v1/metrics/zones`: rated zones first, the worst on top. */
export async function makeZoneRanking(
  query: Pick<MetricsQuery, 'municipality' | 'from' | 'to'>,
  deps: PlanningDeps,
): Promise<ZoneRanking> {
  const range = rangeOf(query, deps);
  const before = { fromMs: 2 * range.fromMs - range.toMs, toMs: range.fromMs };
  const { places } = choosePlaces({ ...query, scope: 'zone' }, deps);
  const figuresIn = async (interval: Interval) => {
    const rowsOf = await readTotals(deps, 'zone', places, interval);
    const closedMs = Math.min(interval.toMs, deps.rolledUp().doneMs ?? interval.toMs);
    const observable = { fromMs: interval.fromMs, toMs: closedMs };
    return (place: NamedPlace) => toFigures(rowsOf(place), placeOf(place), observable);
  };
  const [now, then] = [await figuresIn(range), await figuresIn(before)];
  const shares = new Map(
    deps
      .shares()
      .results.filter(({ scope, period }) => scope === 'zone' && period === 'recent')
      .map((result) => [result.id, result]),
  );
  const devices = sumDevices(deps.devices(deps.clock.now()), deps.inventory());
  const items = places.map((place) => {
    const ofDevices = place.zoneId === null ? undefined : devices.get(place.zoneId);
    const figures = now(place);
    const earlier = then(place);
    const share = shares.get(place.id);
    const isRated = figures.occupancyRatio !== null && !isTooSmall(place);
    const usable =
      share && share.estimate.sufficiency !== 'insufficient' ? share.estimate : undefined;
    return {
      ...nameOf(place),
      isRated,
      severity: usable ? 1 + usable.searchShareRatio : (figures.fullRatio ?? 0),
      figures: toFiguresView(figures),
      comparison: isWellObserved(earlier) ? toFiguresView(earlier) : null,
      searchShare: share ? toShareView(share) : null,
      devices: ofDevices
        ? { ...ofDevices, lostUplinkRatio: roundedOrNull(ofDevices.lostUplinkRatio) }
        : null,
    };
  });
  const sorted = items.toSorted(
    (a, b) => Number(b.isRated) - Number(a.isRated) || b.severity - a.severity,
  );
  return {
    ...headOf(deps, range),
    items: sorted.map(({ isRated, severity: _severity, ...item }, at) => ({
      ...item,
      rank: isRated ? at + 1 : null,
    })),
  };
}
