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

/** A driver this late does not come any more. */
const graceMs = 180_000;
/** Prior of the compliance in drivers, and how many outcomes are remembered. */
const prior = { followed: 14, ended: 20 };
const outcomeMemory = 500;

/** In memory, bounded and expiring: when full, the oldest commitment is forgotten. */
export function createCommitments(
  options: { readonly maxCommitments?: number; readonly complianceRatio?: number } = {},
): Commitments {
  const { maxCommitments = 20_000, complianceRatio: fixed } = options;
  const byDriver = new Map<string, Commitment>();
  const byPlace = new Map<number, Set<Commitment>>();
  let { followed, ended } = prior;

  const drop = (commitment: Commitment): void => {
    byDriver.delete(commitment.driver);
    const here = byPlace.get(commitment.place);
    here?.delete(commitment);
    if (here?.size === 0) byPlace.delete(commitment.place);
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

  return {
    sent(place, byMs, nowMs, except) {
      let cars = 0;
      for (const commitment of byPlace.get(place) ?? []) {
        if (commitment.expiresMs <= nowMs) expire(commitment);
        else if (commitment.driver !== except && commitment.etaMs <= byMs)
          cars += commitment.hasParked ? 1 : compliance();
      }
      return cars;
    },
    commit(driver, place, etaMs) {
      const before = byDriver.get(driver);
      if (before !== undefined) drop(before);
      const commitment = { driver, place, etaMs, expiresMs: etaMs + graceMs, hasParked: false };
      byDriver.set(driver, commitment);
      const here = byPlace.get(place);
      if (here === undefined) byPlace.set(place, new Set([commitment]));
      else here.add(commitment);
      const oldest = byDriver.values().next().value;
      if (byDriver.size > maxCommitments && oldest !== undefined) drop(oldest);
    },
    parked(driver, knownAtMs) {
      const commitment = byDriver.get(driver);
      if (commitment === undefined || commitment.hasParked) return;
      learn(1);
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
