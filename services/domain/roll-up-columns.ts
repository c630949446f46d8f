import { createAgeColumns, toAgeTable, type AgeColumns } from './age-table.ts';
import type { EpochMs } from './ids.ts';
import type { RollUpGroup } from './roll-up-groups.ts';
import type { RollUp, RollUpStep } from './roll-up.ts';

const figures = [
  'observedMs',
  'occupiedMs',
  'arrivals',
  'departures',
  'inferred',
  'occupiedAtEnd',
  'observedAtEnd',
  'fullMs',
  'watchedMs',
  'streetFullMs',
  'streetWatchedMs',
  'endedStayMs',
  'endedStays',
  'vehicles',
  'countedMs',
] as const;
type Figure = (typeof figures)[number];

/**
 * Roll-ups while they are being summed, a column a figure: a day of a town is twenty thousand of them, which
 * as objects that change would be mostly the garbage collector's work.
 */
export interface RollUpColumns {
  readonly figures: Readonly<Record<Figure, Float64Array>>;
  /** Whether a counter reported: nothing counted is not the same as no vehicles. */
  readonly isCounted: Uint8Array;
  readonly ages: AgeColumns;
  /** Where the figures of a group's interval stand. */
  at(group: number, interval: number): number;
  /** The number of its table of ages, of stays or of vacancies. */
  ageTable(group: number, interval: number, isOccupied: boolean): number;
  /** In order of time, then of the groups; those in which nothing was observed, happened or was counted are left out. */
  toRows(step: RollUpStep, bounds: readonly EpochMs[], groups: readonly RollUpGroup[]): RollUp[];
}

/** All zero. */
export function createRollUpColumns(groupCount: number, intervals: number): RollUpColumns {
  const size = groupCount * intervals;
  const columns = Object.fromEntries(
    figures.map((figure) => [figure, new Float64Array(size)]),
  ) as Record<Figure, Float64Array>;
  const isCounted = new Uint8Array(size);
  const ages = createAgeColumns(2 * size);

  function toRow(
    place: number,
    { scope, id, numberOfSpaces }: RollUpGroup,
    interval: Pick<RollUp, 'step' | 'fromMs' | 'toMs'>,
  ): RollUp {
    const figure = (name: Figure): number => columns[name][place] ?? 0;
    return {
      scope,
      id,
      step: interval.step,
      fromMs: interval.fromMs,
      toMs: interval.toMs,
      numberOfSpaces,
      observedMs: figure('observedMs'),
      occupiedMs: figure('occupiedMs'),
      arrivals: figure('arrivals'),
      departures: figure('departures'),
      inferred: figure('inferred'),
      occupiedAtEnd: figure('occupiedAtEnd'),
      observedAtEnd: figure('observedAtEnd'),
      fullMs: figure('fullMs'),
      watchedMs: figure('watchedMs'),
      streetFullMs: figure('streetFullMs'),
      streetWatchedMs: figure('streetWatchedMs'),
      endedStayMs: figure('endedStayMs'),
      endedStays: figure('endedStays'),
      stays: toAgeTable(ages, 2 * place + 1),
      vacancies: toAgeTable(ages, 2 * place),
      vehicles: isCounted[place] === 1 ? figure('vehicles') : null,
      countedMs: figure('countedMs'),
    };
  }
  const isEmpty = (place: number): boolean =>
    columns.observedMs[place] === 0 &&
    columns.arrivals[place] === 0 &&
    columns.departures[place] === 0 &&
    isCounted[place] === 0;

  return {
    figures: columns,
    isCounted,
    ages,
    at: (group, interval) => interval * groupCount + group,
    ageTable: (group, interval, isOccupied) =>
      2 * (interval * groupCount + group) + (isOccupied ? 1 : 0),
    toRows(step, bounds, groups) {
      const rows: RollUp[] = [];
      for (let interval = 0; interval < intervals; interval += 1) {
        const fromMs = bounds[interval] ?? 0;
        const its = { step, fromMs, toMs: bounds[interval + 1] ?? fromMs };
        for (const [index, group] of groups.entries()) {
          const place = interval * groupCount + index;
          if (!isEmpty(place)) rows.push(toRow(place, group, its));
        }
      }
      return rows;
    },
  };
}
