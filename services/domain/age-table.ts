const minuteMs = 60_000;

/**
 * Where the classes of age begin: fine where stays at the kerb end, coarse where only few last. The
 * last class has no end.
 */
const classStartsMs: readonly number[] = [
  0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1080, 1440, 2880,
  4320, 10_080,
].map((minutes) => minutes * minuteMs);
const ageClasses = classStartsMs.length;
const lastClass = ageClasses - 1;

/**
 * Occurrences and exposure by age, of stays or of vacancies: for how long some of that age were
 * watched, and how many were seen to end at it. All are sums, so tables of spaces and of intervals
 * add up; what began before or goes on after is watched for as long as it was (left truncation and
 * right censoring), and time that nobody observed is not watched.
 */
export interface AgeTable {
  /** By class; shorter lists end where nothing was watched any more. */
  readonly watchedMs: readonly number[];
  readonly ended: readonly number[];
}

/** An age table while it is being summed. */
export interface AgeSums extends AgeTable {
  readonly watchedMs: number[];
  readonly ended: number[];
}

export const noAges = (): AgeSums => ({ watchedMs: [], ended: [] });

function classAt(ageMs: number): number {
  let at = 0;
  while (at < lastClass && ageMs >= (classStartsMs[at + 1] ?? Infinity)) at += 1;
  return at;
}

const add = (column: Float64Array, at: number, by: number): void => {
  column[at] = (column[at] ?? 0) + by;
};

/** Plain loops: a day of a thousand spaces adds a hundred thousand tables. */
function addList(list: number[], more: readonly number[]): void {
  for (let at = list.length; at < more.length; at += 1) list.push(0);
  for (let at = 0; at < more.length; at += 1) list[at] = (list[at] ?? 0) + (more[at] ?? 0);
}

/**
 * Many tables while they are being summed, one after the other in two columns: a day of a town is a hundred
 * thousand of them.
 */
export interface AgeColumns {
  readonly watchedMs: Float64Array;
  readonly ended: Float64Array;
}

export const createAgeColumns = (tables: number): AgeColumns => ({
  watchedMs: new Float64Array(tables * ageClasses),
  ended: new Float64Array(tables * ageClasses),
});

/** One was watched from one age to another: that goes into each of the tables. */
export function watchAges(
  { watchedMs }: AgeColumns,
  tables: readonly number[],
  fromAgeMs: number,
  toAgeMs: number,
): void {
  let ageMs = Math.max(0, fromAgeMs);
  for (let at = classAt(ageMs); ageMs < toAgeMs; at += 1) {
    const endMs = Math.min(toAgeMs, classStartsMs[at + 1] ?? Infinity);
    for (const table of tables) add(watchedMs, table * ageClasses + at, endMs - ageMs);
    ageMs = endMs;
  }
}

/** One that was watched ended at this age: it belongs to the class it was watched in up to then. */
export function endAge({ ended }: AgeColumns, tables: readonly number[], ageMs: number): void {
  const at = classAt(Math.max(0, ageMs - 1));
  for (const table of tables) add(ended, table * ageClasses + at, 1);
}

/** The classes from `from` on up to the last that is not 0. */
function listed(column: Float64Array, from: number): number[] {
  let classes = ageClasses;
  while (classes > 0 && column[from + classes - 1] === 0) classes -= 1;
  const list: number[] = [];
  for (let at = from; at < from + classes; at += 1) list.push(column[at] ?? 0);
  return list;
}

/** A table as a list of its own; `null` when nothing was watched. */
export function toAgeTable({ watchedMs, ended }: AgeColumns, table: number): AgeSums | null {
  const from = table * ageClasses;
  const sums = { watchedMs: listed(watchedMs, from), ended: listed(ended, from) };
  return sums.watchedMs.length + sums.ended.length === 0 ? null : sums;
}

/** The first one becomes the sum of both. */
export function addAges(sums: AgeSums, more: AgeTable): void {
  addList(sums.watchedMs, more.watchedMs);
  addList(sums.ended, more.ended);
}

/** How many were seen to end. */
export const endsOf = ({ ended }: AgeTable): number => ended.reduce((sum, count) => sum + count, 0);

/**
 * The age that the given share does not exceed, in ms: the life table of Kaplan and Meier (1958) in
 * classes, `S = exp(−Σ ended / watched · width)`, with a constant hazard within a class. Stays under
 * way count for as long as they were watched, so that long ones are not lost, which a mean of ended
 * ones does lose. `null` when too few ends were seen at great ages to say.
 */
export function ageQuantileMs({ watchedMs, ended }: AgeTable, ratio: number): number | null {
  let left = -Math.log(1 - ratio);
  for (const [at, watched] of watchedMs.entries()) {
    if (watched <= 0) continue;
    const hazardPerMs = (ended[at] ?? 0) / watched;
    const startMs = classStartsMs[at] ?? 0;
    const lastsMs = (classStartsMs[at + 1] ?? Infinity) - startMs;
    if (hazardPerMs > 0 && hazardPerMs * lastsMs >= left) return startMs + left / hazardPerMs;
    left -= hazardPerMs > 0 ? hazardPerMs * lastsMs : 0;
  }
  return null;
}
