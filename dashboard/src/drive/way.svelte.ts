import type { GuidanceWay } from '../../../services/contract/guidance.ts';
import type { Place } from '../site/geo.ts';
import { lengthsAlong, nearestOnLine } from './line.ts';
import type { Motion } from './motion.ts';

export type Way = NonNullable<GuidanceWay['way']>;
export type Turn = Way['turns'][number];

/** How far somebody has come on his way. */
export interface Progress {
  /** Metres beside the way. */
  readonly offM: number;
  readonly leftM: number;
  /** The next turn and the metres to it; `null`: straight on to the target. */
  readonly next: (Turn & { readonly inM: number }) | null;
}

/** A junction this near is being driven through: the next turn is the one behind it. */
const passedM = 8;

export function progressOn({ line, turns }: Way, at: Place): Progress {
  const { offM, alongM } = nearestOnLine(line.coordinates, at);
  const lengths = lengthsAlong(line.coordinates);
  const inM = (turn: Turn): number => (lengths[turn.at] ?? 0) - alongM;
  const next = turns.find((turn) => inM(turn) > passedM);
  return {
    offM,
    leftM: (lengths.at(-1) ?? 0) - alongM,
    next: next === undefined ? null : { ...next, inM: inM(next) },
  };
}

/** Further beside the way than a position is wrong and a street is wide: he drives another way. */
const lostM = 40;
const askEveryMs = 5_000;

/** Asks for the way when there is none to the target yet, or the driver has left it. */
export class WayFollower {
  progress = $state.raw<Progress | null>(null);
  #way: Way | null = null;
  #targetId: string | null = null;
  #askedMs = -Infinity;
  readonly #ask: (motion: Motion) => Promise<GuidanceWay>;

  /** `ask` tells the way to the session's target. */
  constructor(ask: (motion: Motion) => Promise<GuidanceWay>) {
    this.#ask = ask;
  }

  /** To be called with every movement. */
  async look(motion: Motion, targetId: string): Promise<void> {
    const isKnown = this.#targetId === targetId && this.#way !== null;
    if (!isKnown) this.#way = null;
    this.progress = this.#way && progressOn(this.#way, motion);
    const isLost = this.progress === null || this.progress.offM > lostM;
    if (!isLost || motion.atMs - this.#askedMs < askEveryMs) return;
    this.#askedMs = motion.atMs;
    this.#targetId = targetId;
    try {
      const { siteId, way } = await this.#ask(motion);
      // He may have chosen another target meanwhile.
      if (siteId !== this.#targetId) return;
      this.#way = way;
      this.progress = way && progressOn(way, motion);
    } catch {
      // Without a way the direction is shown as the crow flies; the next movement asks again.
    }
  }
}
