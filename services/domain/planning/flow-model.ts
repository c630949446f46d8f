import type { CountedInterval } from '../search-share/model/observed.ts';

/** A street of which the traffic is wanted. */
export interface FlowStretch {
  readonly id: string;
  readonly lengthM: number;
  readonly roadClass: string;
}

/** What counters say of a day: by stretch, in seconds since the day's start. */
export interface CountedDay {
  readonly durationS: number;
  readonly counts: ReadonlyMap<string, readonly CountedInterval[]>;
}

/** Vehicles on streets without a counter, as the counted streets of the same class have them. */
export interface FlowModel {
  /** Hourly vehicles of a stretch on a day (by position); empty where nothing was counted. */
  countsOf(stretch: FlowStretch, day: number): readonly CountedInterval[];
  /**
   * Relative standard deviation of the vehicle-kilometres of these streets, from the differences
   * between counted streets of a class; `null` with fewer than two counted streets to compare.
   */
  relativeSd(stretches: readonly FlowStretch[]): number | null;
}

const hourS = 3600;

interface Hours {
  readonly vehicles: Float64Array;
  readonly countedS: Float64Array;
}

const emptyHours = (durationS: number): Hours => {
  const hours = Math.ceil(durationS / hourS);
  return { vehicles: new Float64Array(hours), countedS: new Float64Array(hours) };
};

/** Spreads counts over the hours they touch. */
function addCounts(hours: Hours, counts: readonly CountedInterval[]): void {
  for (const { fromS, toS, vehicles } of counts) {
    for (let hour = Math.max(0, Math.floor(fromS / hourS)); hour * hourS < toS; hour++) {
      if (hour >= hours.vehicles.length) return;
      const sharedS = Math.min(toS, (hour + 1) * hourS) - Math.max(fromS, hour * hourS);
      hours.countedS[hour] = (hours.countedS[hour] ?? 0) + sharedS;
      hours.vehicles[hour] = (hours.vehicles[hour] ?? 0) + (vehicles * sharedS) / (toS - fromS);
    }
  }
}

/**
 * Streets without a counter take the mean flow of the counted streets of their road class in the same
 * hour, or of all counted streets where their class has none (estimators.md 2.6). `counted` are all
 * streets that have a counter, wherever they lie: the more there are, the surer the mean.
 */
export function createFlowModel(
  counted: readonly FlowStretch[],
  days: readonly CountedDay[],
): FlowModel {
  const classOf = new Map(counted.map(({ id, roadClass }) => [id, roadClass]));
  const hoursOf = ({ durationS, counts }: CountedDay) => {
    const all = emptyHours(durationS);
    const byClass = new Map<string, Hours>();
    for (const [id, own] of counts) {
      const roadClass = classOf.get(id);
      if (roadClass === undefined) continue;
      const hours = byClass.get(roadClass) ?? emptyHours(durationS);
      byClass.set(roadClass, hours);
      addCounts(hours, own);
      addCounts(all, own);
    }
    return { all, byClass, counts };
  };
  // Worked out for the days that are asked for: an estimate that is carried on asks for new ones only.
  const byDay: ReturnType<typeof hoursOf>[] = [];
  const spread = spreadOf(counted, days);
  return {
    countsOf({ id, roadClass }, day) {
      const asked = days[day];
      if (asked === undefined) return [];
      const known = (byDay[day] ??= hoursOf(asked));
      const own = known.counts.get(id);
      if (own !== undefined && own.length > 0) return own;
      const { vehicles, countedS } = known.byClass.get(roadClass) ?? known.all;
      const hours: CountedInterval[] = [];
      vehicles.forEach((sum, hour) => {
        const seconds = countedS[hour] ?? 0;
        // An hour that was hardly counted says nothing of itself.
        if (seconds < hourS / 2) return;
        hours.push({
          fromS: hour * hourS,
          toS: (hour + 1) * hourS,
          vehicles: (sum / seconds) * hourS,
        });
      });
      return hours;
    },
    relativeSd: (stretches) => spread(stretches),
  };
}

/** Mean flow of each counted stretch over all days, and what follows for streets without a counter. */
function spreadOf(
  counted: readonly FlowStretch[],
  days: readonly CountedDay[],
): (stretches: readonly FlowStretch[]) => number | null {
  const rates = new Map<string, number>();
  for (const { id } of counted) {
    let vehicles = 0;
    let seconds = 0;
    for (const { counts } of days)
      for (const count of counts.get(id) ?? []) {
        vehicles += count.vehicles;
        seconds += count.toS - count.fromS;
      }
    if (seconds > 0) rates.set(id, vehicles / seconds);
  }
  const mean = (own: readonly number[]): number =>
    own.reduce((sum, rate) => sum + rate, 0) / own.length;
  const byClass = Map.groupBy(
    counted.filter(({ id }) => rates.has(id)),
    ({ roadClass }) => roadClass,
  );
  const classes = new Map(
    [...byClass].map(([roadClass, own]) => [roadClass, own.map(({ id }) => rates.get(id) ?? 0)]),
  );
  const everywhere = [...rates.values()];
  // Differences within a class; between all streets where no class has two.
  const within = [...classes.values()].filter((own) => own.length > 1);
  const groups = within.length > 0 ? within : [everywhere];
  let squares = 0;
  let degrees = 0;
  for (const own of groups) {
    const middle = mean(own);
    for (const rate of own) squares += middle > 0 ? (rate / middle - 1) ** 2 : 0;
    degrees += own.length - 1;
  }
  return (stretches) => {
    if (degrees < 1) return null;
    const variation = squares / degrees;
    let total = 0;
    let variance = 0;
    const unknown = Map.groupBy(
      stretches.filter(({ id }) => !rates.has(id)),
      ({ roadClass }) => (classes.has(roadClass) ? roadClass : null),
    );
    for (const { id, lengthM } of stretches) total += (rates.get(id) ?? 0) * lengthM;
    for (const [roadClass, own] of unknown) {
      const like = roadClass === null ? everywhere : (classes.get(roadClass) ?? everywhere);
      const flow = mean(like) * own.reduce((sum, { lengthM }) => sum + lengthM, 0);
      total += flow;
      variance += flow ** 2 * variation * (1 / like.length + 1 / own.length);
    }
    return total > 0 ? Math.sqrt(variance) / total : null;
  };
}
