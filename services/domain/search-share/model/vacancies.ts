import { vacancyEnd, type Segment } from './vacancy-end.ts';
import { blindS } from './blind.ts';
import type { SensorTraits, StretchDay } from './observed.ts';

/**
 * All vacancies of a zone, one column a quantity. A group is one stretch on one day; its vacancies lie
 * side by side, `groupStart[g]` to `groupStart[g + 1]`. Times are seconds since the day's start.
 */
export interface VacancyTable {
  readonly size: number;
  readonly groupStart: Int32Array;
  readonly from: Float64Array;
  /** Closing time, moved back by the latency by which "occupied" is slower than "vacant". */
  readonly to: Float64Array;
  readonly end: Uint8Array;
  /** 0 where watching began on a space that was vacant already. */
  readonly openingSeen: Uint8Array;
  /** Watched life after the blind time; 0 when it ended before. */
  readonly age: Float64Array;
  /** Age at which a take that is only inferred can have happened at the earliest; NaN where seen. */
  readonly earliestAge: Float64Array;
  /** stretch × strata + stratum at the closing. */
  readonly closingCell: Int32Array;
  readonly pieceStart: Int32Array;
  readonly pieceCell: Int32Array;
  readonly pieceFrom: Float64Array;
  readonly pieceTo: Float64Array;
}

/** The stratum at a time; between segments, that of the segment before. */
function stratumAt(segments: readonly Segment[], atS: number): number {
  let stratum = segments[0]?.stratum ?? 0;
  for (const segment of segments) if (segment.fromS <= atS) stratum = segment.stratum;
  return stratum;
}

/** Lays the vacancies of all stretch-days into one table and cuts their exposed life at stratum borders. */
export function tabulateVacancies(
  groups: readonly StretchDay[],
  segmentsOfDay: readonly (readonly Segment[])[],
  strata: number,
  sensors: SensorTraits,
): VacancyTable {
  const size = groups.reduce((sum, group) => sum + group.vacancies.length, 0);
  const table = {
    size,
    groupStart: new Int32Array(groups.length + 1),
    from: new Float64Array(size),
    to: new Float64Array(size),
    end: new Uint8Array(size),
    openingSeen: new Uint8Array(size),
    age: new Float64Array(size),
    earliestAge: new Float64Array(size).fill(NaN),
    closingCell: new Int32Array(size),
    pieceStart: new Int32Array(size + 1),
  };
  const pieceCell: number[] = [];
  const pieceFrom: number[] = [];
  const pieceTo: number[] = [];
  const shiftS = sensors.occupiedLatencyS - sensors.freeLatencyS;
  let row = 0;
  groups.forEach((group, g) => {
    const segments = segmentsOfDay[group.day] ?? [];
    const firstCell = group.stretch * strata;
    for (const vacancy of group.vacancies) {
      const shift = vacancy.end === vacancyEnd.open ? 0 : shiftS;
      const to = Math.max(vacancy.fromS, vacancy.toS - shift);
      const exposedFrom = vacancy.fromS + blindS;
      table.from[row] = vacancy.fromS;
      table.to[row] = to;
      table.end[row] = vacancy.end;
      table.openingSeen[row] = vacancy.fromS > 0 && vacancy.isOpeningSeen !== false ? 1 : 0;
      table.age[row] = Math.max(0, to - exposedFrom);
      if (vacancy.end === vacancyEnd.inferred)
        table.earliestAge[row] = Math.max(0, (vacancy.earliestToS ?? vacancy.fromS) - exposedFrom);
      table.closingCell[row] = firstCell + stratumAt(segments, to);
      table.pieceStart[row] = pieceCell.length;
      for (const { fromS, toS, stratum } of segments) {
        const start = Math.max(exposedFrom, fromS);
        const stop = Math.min(to, toS);
        if (stop <= start) continue;
        pieceCell.push(firstCell + stratum);
        pieceFrom.push(start);
        pieceTo.push(stop);
      }
      row++;
    }
    table.groupStart[g + 1] = row;
  });
  table.pieceStart[size] = pieceCell.length;
  return {
    ...table,
    pieceCell: Int32Array.from(pieceCell),
    pieceFrom: Float64Array.from(pieceFrom),
    pieceTo: Float64Array.from(pieceTo),
  };
}
