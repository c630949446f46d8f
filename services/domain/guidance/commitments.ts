import type { EpochMs } from '../ids.ts';

/** Cars that were told to go somewhere and are not yet seen there. Places are indices. */
export interface Commitments {
  /**
   * Cars other than `except` expected at the place by `byMs` that its count at `nowMs` does not
   * show yet; drivers on their way count with the learnt compliance.
   */
  sent(place: number, byMs: EpochMs, nowMs: EpochMs, except: string | null): number;
  /** One commitment a driver: a new one replaces the last. */
  commit(driver: string, place: number, etaMs: EpochMs): void;
  /** Parked there: his car counts fully until the sensors' count knows it. */
  parked(driver: string, knownAtMs: EpochMs): void;
  /** Was there and found nothing: he followed, and is gone. */
  failed(driver: string): void;
  /** Changed his mind, or was sent elsewhere: says nothing about compliance. */
  withdraw(driver: string): void;
  /** Where a driver is expected; `null` when nowhere. */
  target(driver: string): number | null;
  /** Drops what has expired; whoever never came has not followed. */
  purge(nowMs: EpochMs): void;
  /** Share of drivers who go where they were sent, learnt. */
  readonly complianceRatio: number;
  readonly size: number;
}

interface Commitment {
  readonly driver: string;
  readonly place: number;
  readonly etaMs: EpochMs;
  expiresMs: EpochMs;
  hasParked: boolean;
}
/** Who is expected at one place: on the way, in the order of arrival, and parked but not yet counted. */
interface Expected {
  readonly onWay: Commitment[];
  readonly parked: Commitment[];
}

/** A driver this late does not come any more. */
const graceMs = 180_000;
/** Prior of the compliance in drivers, and how many outcomes are remembered. */
const prior = { followed: 14, ended: 20 };
const outcomeMemory = 500;

/** How many of them are expected by then; they are in the order of arrival. */
function countBy(onWay: readonly Commitment[], byMs: EpochMs): number {
  let [low, high] = [0, onWay.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((onWay[middle]?.etaMs ?? Infinity) <= byMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

const take = (from: Commitment[], commitment: Commitment): void => {
  const at = from.indexOf(commitment);
  if (at >= 0) from.splice(at, 1);
};

/** In memory, bounded and expiring: when full, the oldest commitment is forgotten. */
export function createCommitments(
  options: { readonly maxCommitments?: number; readonly complianceRatio?: number } = {},
): Commitments {
  const { maxCommitments = 20_000, complianceRatio: fixed } = options;
  const byDriver = new Map<string, Commitment>();
  const byPlace = new Map<number, Expected>();
  let { followed, ended } = prior;

  const drop = (commitment: Commitment): void => {
    byDriver.delete(commitment.driver);
    const here = byPlace.get(commitment.place);
    if (here === undefined) return;
    take(commitment.hasParked ? here.parked : here.onWay, commitment);
    if (here.onWay.length + here.parked.length === 0) byPlace.delete(commitment.place);
  };
  const learn = (outcome: 0 | 1): void => {
    const kept = 1 - 1 / outcomeMemory;
    followed = followed * kept + outcome;
    ended = ended * kept + 1;
  };
  const expire = (commitment: Commitment): void => {
    if (!commitment.hasParked) learn(0);
    drop(commitment);
  };
  const compliance = (): number => fixed ?? followed / ended;
  const expireAt = ({ onWay, parked }: Expected, nowMs: EpochMs): void => {
    // Those on their way expire in the order of their arrival.
    for (let next = onWay[0]; next && next.expiresMs <= nowMs; next = onWay[0]) expire(next);
    if (parked.length === 0) return;
    for (const commitment of parked.filter(({ expiresMs }) => expiresMs <= nowMs))
      expire(commitment);
  };

  return {
    sent(place, byMs, nowMs, except) {
      const here = byPlace.get(place);
      if (here === undefined) return 0;
      expireAt(here, nowMs);
      let onWay = countBy(here.onWay, byMs);
      let parked = here.parked.filter(({ etaMs }) => etaMs <= byMs).length;
      const own = except === null ? undefined : byDriver.get(except);
      if (own?.place === place && own.etaMs <= byMs) {
        if (own.hasParked) parked -= 1;
        else onWay -= 1;
      }
      return parked + onWay * compliance();
    },
    commit(driver, place, etaMs) {
      const before = byDriver.get(driver);
      if (before !== undefined) drop(before);
      const commitment = { driver, place, etaMs, expiresMs: etaMs + graceMs, hasParked: false };
      byDriver.set(driver, commitment);
      const here = byPlace.get(place) ?? { onWay: [], parked: [] };
      byPlace.set(place, here);
      here.onWay.splice(countBy(here.onWay, etaMs), 0, commitment);
      const oldest = byDriver.values().next().value;
      if (byDriver.size > maxCommitments && oldest !== undefined) drop(oldest);
    },
    parked(driver, knownAtMs) {
      const commitment = byDriver.get(driver);
      if (commitment === undefined || commitment.hasParked) return;
      learn(1);
      const here = byPlace.get(commitment.place);
      if (here !== undefined) {
        take(here.onWay, commitment);
        here.parked.push(commitment);
      }
      commitment.hasParked = true;
      commitment.expiresMs = knownAtMs;
    },
    failed(driver) {
      const commitment = byDriver.get(driver);
      if (commitment === undefined) return;
      learn(1);
      drop(commitment);
    },
    withdraw(driver) {
      const commitment = byDriver.get(driver);
      if (commitment !== undefined) drop(commitment);
    },
    target: (driver) => byDriver.get(driver)?.place ?? null,
    purge(nowMs) {
      for (const commitment of byDriver.values())
        if (commitment.expiresMs <= nowMs) expire(commitment);
    },
    get complianceRatio() {
      return compliance();
    },
    get size() {
      return byDriver.size;
    },
  };
}
