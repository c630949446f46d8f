import { byteAt, indexAt, sumOf, valueAt } from './columns.ts';
import { blindS } from './blind.ts';

/** A vacancy of one stretch within one stratum of one day. */
export interface PassVacancy {
  readonly fromS: number;
  /** Corrected for the difference of the latencies. */
  readonly toS: number;
  readonly taken: boolean;
}

/** One day of one stretch in one stratum: its vacancies and the integral of its flow. */
export interface PassDay {
  readonly vacancies: readonly PassVacancy[];
  /** Vehicles that passed since the stratum began, corrected for undercount. */
  readonly passesUntil: (atS: number) => number;
}

/** θ: probability that a passing vehicle takes a free space, with phantom vacancies taken out. */
export interface PassMixture {
  readonly readyRatio: number;
  readonly phantomRatio: number;
  /** Rate at which phantoms end, 1/s. */
  readonly phantomEndRate: number;
  readonly takes: number;
  /** Passes of vehicles while a space was really free, the takers included. */
  readonly exposure: number;
  /** Posterior probability of being real, by day and vacancy. */
  readonly real: readonly Float64Array[];
}

export interface PassEffort {
  readonly outer: number;
  readonly inner: number;
}

const fewestTakes = 3;

/**
 * Mixture of real vacancies (taken with θ per exposed pass) and phantoms, by EM (estimators.md 2.3).
 * `start` continues from an earlier fit. Returns `null` with fewer than three takes.
 */
export function fitPassMixture(
  days: readonly PassDay[],
  start: PassMixture | null = null,
  effort: PassEffort = { outer: 3, inner: 15 },
): PassMixture | null {
  const real = days.map((day, d) =>
    Float64Array.from(day.vacancies, (_, v) => start?.real[d]?.[v] ?? 1),
  );
  const state = startState(start);
  for (let outer = 0; outer < effort.outer; outer++) {
    const rows = exposeAll(days, real);
    if (sumOf(rows.taken) < fewestTakes) return null;
    if (outer === 0 && start === null) state.theta = startingRatio(rows);
    for (let inner = 0; inner < effort.inner; inner++) iterate(rows, state);
    for (let i = 0; i < rows.size; i++) {
      const ofDay = real[indexAt(rows.day, i)];
      if (ofDay !== undefined) ofDay[indexAt(rows.vacancy, i)] = valueAt(rows.weight, i);
    }
  }
  return {
    readyRatio: state.theta,
    phantomRatio: state.phantom,
    phantomEndRate: state.endRate,
    takes: state.takes,
    exposure: state.exposure,
    real,
  };
}

interface PassState {
  theta: number;
  endRate: number;
  phantom: number;
  takes: number;
  exposure: number;
}

function startState(start: PassMixture | null): PassState {
  return {
    theta: start?.readyRatio ?? 0,
    endRate: start?.phantomEndRate ?? 1 / 1200,
    phantom: start?.phantomRatio ?? 0.05,
    takes: 0,
    exposure: 0,
  };
}

/** One EM iteration; a few pseudo-observations keep the phantom's parameters off the corners. */
function iterate(rows: Rows, state: PassState): void {
  const { theta, endRate, phantom } = state;
  let phantoms = 0;
  let phantomTakes = 0;
  let phantomAge = 0;
  state.takes = 0;
  state.exposure = 0;
  for (let i = 0; i < rows.size; i++) {
    const exposed = valueAt(rows.exposed, i);
    const age = valueAt(rows.age, i);
    const taken = byteAt(rows.taken, i);
    const atClosing = taken === 1 ? theta * valueAt(rows.closingRate, i) : 1;
    const asReal = (1 - phantom) * atClosing * Math.exp(-theta * exposed);
    const asPhantom = phantom * (taken === 1 ? endRate : 1) * Math.exp(-endRate * age);
    const weight = asReal / (asReal + asPhantom + 1e-300);
    rows.weight[i] = weight;
    state.takes += weight * taken;
    state.exposure += weight * exposed;
    phantoms += 1 - weight;
    phantomTakes += (1 - weight) * taken;
    phantomAge += (1 - weight) * age;
  }
  state.theta = Math.min(0.99, state.takes / Math.max(1e-9, state.exposure));
  state.endRate = (phantomTakes + 2) / (phantomAge + 2 * 900);
  state.phantom = (phantoms + 2) / (rows.size + 40);
}

interface Rows {
  size: number;
  readonly exposed: Float64Array;
  readonly age: Float64Array;
  readonly taken: Uint8Array;
  readonly closingRate: Float64Array;
  readonly day: Int32Array;
  readonly vacancy: Int32Array;
  readonly weight: Float64Array;
}

function exposeAll(days: readonly PassDay[], real: readonly Float64Array[]): Rows {
  const most = days.reduce((sum, day) => sum + day.vacancies.length, 0);
  const rows: Rows = {
    size: 0,
    exposed: new Float64Array(most),
    age: new Float64Array(most),
    taken: new Uint8Array(most),
    closingRate: new Float64Array(most),
    day: new Int32Array(most),
    vacancy: new Int32Array(most),
    weight: new Float64Array(most),
  };
  days.forEach((day, d) => {
    const share = sharedPasses(day, real[d] ?? new Float64Array());
    day.vacancies.forEach(({ fromS, toS, taken }, v) => {
      if (toS - fromS <= blindS) return;
      const i = rows.size++;
      rows.exposed[i] = share(toS) - share(fromS + blindS);
      rows.age[i] = toS - fromS - blindS;
      rows.taken[i] = taken ? 1 : 0;
      const lastMinute = Math.max(fromS, toS - 60);
      const rate = (share(toS) - share(lastMinute)) / Math.max(1, toS - lastMinute);
      rows.closingRate[i] = Math.max(1e-4, rate);
      rows.day[i] = d;
      rows.vacancy[i] = v;
    });
  });
  return rows;
}

/** ∫ flow / expected number of real vacancies dt: a pass is shared among the spaces that are free. */
function sharedPasses(day: PassDay, real: Float64Array): (atS: number) => number {
  const { vacancies } = day;
  const changeS = new Float64Array(2 * vacancies.length);
  vacancies.forEach(({ fromS, toS }, v) => {
    changeS[2 * v] = fromS;
    changeS[2 * v + 1] = Math.max(fromS, toS);
  });
  const order = Int32Array.from(changeS, (_, change) => change).sort(
    (a, b) => valueAt(changeS, a) - valueAt(changeS, b) || a - b,
  );
  const at = new Float64Array(changeS.length + 1);
  const integral = new Float64Array(changeS.length + 1);
  let knots = 1;
  let last = 0;
  let passesAtLast = day.passesUntil(0);
  let sum = 0;
  let present = 0;
  for (const change of order) {
    const atS = valueAt(changeS, change);
    if (atS > last) {
      const passes = day.passesUntil(atS);
      if (present > 0) sum += (passes - passesAtLast) / Math.max(1, present);
      at[knots] = atS;
      integral[knots++] = sum;
      last = atS;
      passesAtLast = passes;
    }
    const weight = real[change >> 1] ?? 1;
    present += change % 2 === 0 ? weight : -weight;
  }
  return (atS) => {
    let low = 0;
    let high = knots - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (valueAt(at, middle) <= atS) low = middle;
      else high = middle - 1;
    }
    const value = valueAt(integral, low);
    if (low + 1 >= knots) return value;
    const from = valueAt(at, low);
    const next = valueAt(integral, low + 1);
    return value + ((next - value) * (atS - from)) / (valueAt(at, low + 1) - from);
  };
}

/** Takes per exposed pass of the vacancies with little exposure, which phantoms hardly reach. */
function startingRatio(rows: Rows): number {
  let takes = 0;
  let exposed = 0;
  for (let i = 0; i < rows.size; i++) {
    if (valueAt(rows.exposed, i) >= 20) continue;
    takes += byteAt(rows.taken, i);
    exposed += valueAt(rows.exposed, i);
  }
  return Math.min(0.95, takes / Math.max(1e-9, exposed));
}
