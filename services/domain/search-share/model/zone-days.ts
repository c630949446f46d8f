import { clampFactor, countedDay, fillCells, type CountedDay, type WeighedGroup } from './cells.ts';
import { byteAt, floatAt, valueAt } from './columns.ts';
import { createExposure, type Exposure, type PressureIntegral } from './exposure.ts';
import { fullnessOf, stepS, takesOf, weighShortVacancies } from './fullness.ts';
import type { CellShape, DayCells } from './imputation.ts';
import {
  createPosterior,
  createSums,
  type MixtureParameters,
  type MixtureSums,
  type Posterior,
} from './mixture-state.ts';
import { weighVacancies } from './mixture.ts';
import type { StretchDay, ZoneObservations } from './observed.ts';
import { firstWaits, type FirstWaits } from './opening-pressure.ts';
import { tabulateVacancies, type VacancyTable } from './vacancies.ts';
import { binStates, stateBorders, zoneStates } from './zone-state.ts';

/** Some days of a zone while they are fitted. */
export interface ZoneDays {
  readonly observations: ZoneObservations;
  /** In order of days. */
  readonly groups: readonly StretchDay[];
  /** First group of each day, and the number of groups at the end. */
  readonly firstGroup: readonly number[];
  readonly counted: readonly CountedDay[];
  readonly table: VacancyTable;
  readonly posterior: Posterior;
  readonly exposure: Exposure;
  readonly steps: StepColumns;
  /** Recomputes the exposure in place for the present posterior. */
  readonly expose: (pressure: PressureIntegral) => void;
}

/** One value a step and group, each look at the days over the one before: they are the largest thing in memory. */
interface StepColumns {
  /** Where each group's steps begin, and where the last ones end. */
  readonly first: readonly number[];
  readonly fullness: Float32Array;
  readonly bins: Uint8Array;
  /** With one value more a group: the integral up to the end of each step. */
  readonly pressure: Float32Array;
}

/** What remains of a day when its vacancies have been weighed: enough for every later estimate. */
export interface DayDigest {
  /** As seen: unsensed spaces are accounted for with all days together. */
  readonly cells: DayCells;
  readonly sums: MixtureSums;
  readonly waits: FirstWaits;
  readonly vacancies: number;
  /** Of these, expected to have been real to the end. */
  readonly realVacancies: number;
}

/** Lays out the days of `observations`, nothing weighed yet. */
export function layOutDays(observations: ZoneObservations): ZoneDays {
  const { days, sensors, strata } = observations;
  const groups = observations.groups.toSorted((a, b) => a.day - b.day);
  const segments = days.map((day) => day.segments);
  const table = tabulateVacancies(groups, segments, strata, sensors);
  const posterior = createPosterior(table.size);
  const { exposure, update } = createExposure(table, groups.length);
  return {
    observations,
    groups,
    firstGroup: Array.from({ length: days.length + 1 }, (_, day) => {
      const first = groups.findIndex((group) => group.day >= day);
      return first < 0 ? groups.length : first;
    }),
    counted: groups.map((group) =>
      countedDay(
        group,
        segments[group.day] ?? [],
        stepsOf(observations, group.day),
        strata,
        sensors.undercountRatio,
      ),
    ),
    table,
    posterior,
    exposure,
    steps: createStepColumns(groups.map(({ day }) => stepsOf(observations, day))),
    expose: (pressure) => update(posterior.presence, pressure),
  };
}

const stepsOf = ({ days }: ZoneObservations, day: number): number =>
  Math.ceil((days[day]?.durationS ?? 0) / stepS);

function createStepColumns(stepsOfGroups: readonly number[]): StepColumns {
  const first = [0];
  let steps = 0;
  for (const ofGroup of stepsOfGroups) first.push((steps += ofGroup));
  return {
    first,
    fullness: new Float32Array(steps),
    bins: new Uint8Array(steps),
    pressure: new Float32Array(steps + stepsOfGroups.length),
  };
}

/**
 * Fullness, takes and the bin of the zone's state, step by step; `borders` are found where none are given.
 * What was looked at before is overwritten.
 */
export function lookAt(
  zone: ZoneDays,
  parameters: MixtureParameters,
  stateBins: number,
  borders: Float64Array | null,
): { readonly weighed: readonly WeighedGroup[]; readonly borders: Float64Array } {
  const { observations, groups, counted, table, posterior, steps } = zone;
  const { sensors } = observations;
  weighShortVacancies(table, posterior, parameters);
  const ofGroup = <Column extends Float32Array | Uint8Array>(column: Column, g: number): Column =>
    column.subarray(steps.first[g], steps.first[g + 1]) as Column;
  const fullness = groups.map((_, g) => {
    const full = ofGroup(steps.fullness, g);
    fullnessOf(table, posterior, g, sensors, full);
    return full;
  });
  const stateOf = zoneStates(
    fullness,
    groups.map(({ day }) => day),
  );
  const cuts =
    borders ??
    stateBorders(
      stateOf,
      groups.map(({ stretch }, g) => ({
        stretch,
        stratumOfStep: counted[g]?.stratumOfStep ?? new Int8Array(),
      })),
      stateBins,
    );
  const weighed = groups.map((group, g) => {
    const bins = ofGroup(steps.bins, g);
    binStates(stateOf(g), cuts, bins);
    return {
      group,
      counted: counted[g] ?? { stratumOfStep: new Int8Array(), passes: new Float64Array() },
      fullness: fullness[g] ?? new Float32Array(),
      takes: takesOf(table, posterior, g, bins.length, sensors),
      bins,
    };
  });
  return { weighed, borders: cuts };
}

/**
 * Searching traffic relative to its mean follows the zone's state, step by step, as it was looked at last;
 * it holds until it is asked for again.
 */
export function pressureOf({ steps }: ZoneDays, stateFactor: Float64Array): PressureIntegral {
  const perStep = stateFactor.map((factor) => clampFactor(factor) * stepS);
  const integrals = steps.first.slice(1).map((end, g) => {
    const first = steps.first[g] ?? 0;
    const integral = steps.pressure.subarray(first + g, end + g + 1);
    let sum = 0;
    for (let step = first; step < end; step++) {
      sum += perStep[byteAt(steps.bins, step)] ?? 0;
      integral[step - first + 1] = sum;
    }
    return integral;
  });
  return (group, atS) => {
    const integral = integrals[group];
    if (integral === undefined || atS <= 0) return 0;
    const step = Math.min(integral.length - 1, Math.floor(atS / stepS));
    const value = floatAt(integral, step);
    const next = integral[step + 1] ?? value;
    return value + (next - value) * (atS / stepS - step);
  };
}

/** Digests every day, with the parameters the days were weighed with. */
export function digestDays(
  zone: ZoneDays,
  weighed: readonly WeighedGroup[],
  shape: CellShape,
  parameters: MixtureParameters,
  stateFactor: Float64Array | null,
): DayDigest[] {
  const { observations, table, posterior, exposure, firstGroup } = zone;
  const cells = fillCells(observations, weighed, shape, parameters.takeRate, stateFactor);
  const sources = { table, posterior, groups: weighed, observations };
  const waits = cells.map((_, day) =>
    firstWaits(sources, [firstGroup[day] ?? 0, firstGroup[day + 1] ?? 0]),
  );
  return cells.map((ofDay, day) => {
    const firstRow = table.groupStart[firstGroup[day] ?? 0] ?? 0;
    const lastRow = table.groupStart[firstGroup[day + 1] ?? 0] ?? 0;
    let realVacancies = 0;
    for (let row = firstRow; row < lastRow; row++) realVacancies += valueAt(posterior.real, row);
    const sums = createSums(parameters);
    const rows = [firstRow, lastRow] as const;
    weighVacancies(table, exposure, observations.sensors, parameters, posterior, sums, rows);
    return {
      cells: ofDay,
      sums,
      waits: waits[day] ?? firstWaits(sources, [0, 0]),
      vacancies: lastRow - firstRow,
      realVacancies,
    };
  });
}
