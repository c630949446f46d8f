import { estimateStretch } from '../../services/domain/search-share/estimate-stretch.ts';
import type { ZoneObservations } from '../../services/domain/search-share/model/observed.ts';
import { exponential, integer, randomFrom, uniform } from '../random.ts';
import { goodSensors, observeTrueDay, type Faults } from './observe.ts';
import type { SpaceEvent, TrueDay } from './simulate.ts';
import type { TruthTown } from './town.ts';

/** One kerb of estimators.md 4: every passing vehicle would park with the same probability. */
const kerb = { spaces: 6, passesPerHour: 180, hours: 4, days: 10, meanStayS: 2400 };

/** What `traitsOf` tells the estimators of the sensors: means, as a data sheet would. */
export const traitsOf = (faults: Faults): ZoneObservations['sensors'] => ({
  debounceS: faults.debounceS,
  freeLatencyS: (faults.freeLatencyS[0] + faults.freeLatencyS[1]) / 2,
  occupiedLatencyS: (faults.occupiedLatencyS[0] + faults.occupiedLatencyS[1]) / 2,
  heartbeatS: faults.heartbeatS,
  lostUplinkRatio: faults.lostUplinkRatio,
  undercountRatio: faults.undercountRatio,
  missedArrivalRatio: null,
});

export interface Score {
  readonly truth: number;
  /** Mean relative error. */
  readonly bias: number;
  /** Share of replicates whose interval holds the truth. */
  readonly coverage: number;
}

/** How well θ of a single stretch is found, over `replicates` independent ten-day campaigns. */
export function scoreStretch(readyRatio: number, replicates: number, bootstraps: number): Score {
  let error = 0;
  let covered = 0;
  for (let seed = 0; seed < replicates; seed++) {
    const observations = observeKerb(readyRatio, seed);
    const estimate = estimateStretch(observations, 0, { acceptanceRatio: 1, bootstraps, seed });
    const found = estimate.searchReadyRatio ?? 0;
    error += found / readyRatio - 1;
    const [low, high] = estimate.readyInterval ?? [0, 0];
    if (low <= readyRatio && readyRatio <= high) covered++;
  }
  return { truth: readyRatio, bias: error / replicates, coverage: covered / replicates };
}

function observeKerb(readyRatio: number, seed: number): ZoneObservations {
  const random = randomFrom('kerb', seed, readyRatio);
  const durationS = kerb.hours * 3600;
  const town = { kerbs: [0] } as unknown as TruthTown;
  const sensed = [Array.from({ length: kerb.spaces }, () => true)];
  const faults = { ...goodSensors, offlineRatio: 0 };
  const groups = Array.from({ length: kerb.days }, (_, day) =>
    observeTrueDay(town, simulateKerb(readyRatio, random, durationS), day, sensed, faults, random),
  ).flat();
  return {
    stretches: [{ id: 'kerb', lengthM: 100, numberOfSpaces: kerb.spaces }],
    days: Array.from({ length: kerb.days }, () => ({
      durationS,
      segments: [{ fromS: 0, toS: durationS, stratum: 0 }],
    })),
    strata: 1,
    groups,
    sensors: traitsOf(faults),
  };
}

function simulateKerb(readyRatio: number, random: { state: number }, durationS: number): TrueDay {
  const leavesS: (number | null)[] = Array.from({ length: kerb.spaces }, () =>
    exponential(random, kerb.meanStayS),
  );
  const occupiedAtStart = [Uint8Array.from(leavesS, () => 1)];
  const events: SpaceEvent[] = [];
  const counts = new Float64Array(kerb.hours * 4);
  const leave = (untilS: number): void => {
    leavesS.forEach((atS, space) => {
      if (atS === null || atS > untilS) return;
      events.push({ atS, space, taken: false, guided: false });
      leavesS[space] = null;
    });
  };
  for (
    let atS = exponential(random, 3600 / kerb.passesPerHour);
    atS < durationS;
    atS += exponential(random, 3600 / kerb.passesPerHour)
  ) {
    leave(atS);
    const quarter = Math.floor(atS / 900);
    counts[quarter] = counts[quarter]! + 1;
    const free = leavesS.flatMap((leavesAtS, space) => (leavesAtS === null ? [space] : []));
    if (free.length === 0 || uniform(random) >= readyRatio) continue;
    const space = free[integer(random, free.length)]!;
    events.push({ atS, space, taken: true, guided: false });
    leavesS[space] = atS + Math.max(120, exponential(random, kerb.meanStayS));
  }
  leave(durationS);
  events.sort((a, b) => a.atS - b.atS);
  const unknown = { allM: 0, searchM: 0, guidedExcessM: 0, freePasses: 0, freeTakes: 0 };
  return { hours: kerb.hours, occupiedAtStart, events: [events], counts: [counts], ...unknown };
}
