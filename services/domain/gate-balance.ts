import type { EpochMs } from './ids.ts';
import { isInForce } from './installations.ts';
import type { Freshness } from './present.ts';
import type { Patience } from './presence.ts';
import { freshnessOf } from './presence.ts';
import type { Gate, Installation } from './site.ts';
import type { Tracker } from './tracker.ts';

/** A counter at a gate of a site. */
export type GateInstallation = Installation & {
  readonly target: Extract<Installation['target'], { kind: 'site-gate' }>;
};

export const isGate = (installation: Installation): installation is GateInstallation =>
  installation.target.kind === 'site-gate';

/** Which directions of a gate counter add a car and which take one away. */
const gateSigns: Readonly<Record<Gate, { both: number; left: number; right: number }>> = {
  in: { both: 1, left: 1, right: 1 },
  out: { both: -1, left: -1, right: -1 },
  'left-in': { both: 0, left: 1, right: -1 },
  'right-in': { both: 0, left: -1, right: 1 },
};

/** Cars in minus cars out since the gates were first heard. */
export interface GateBalance {
  readonly balance: number;
  /** Whether every gate was heard at least once. */
  readonly isHeard: boolean;
  readonly lastSeenMs: EpochMs | null;
  /** Of the gate that is silent for longest. */
  readonly freshness: Freshness;
}

const worse = (a: Freshness, b: Freshness): Freshness =>
  a === 'stale' || b === 'live' ? a : b === 'stale' || a === 'live' ? b : a;

/**
 * What all gates of one site say together. What counters counted that were there before stays in the
 * balance; only those that are there now are waited for.
 */
export function gateBalance(
  gates: readonly GateInstallation[],
  tracker: Tracker,
  patienceOf: (model: string) => Patience,
  nowMs: EpochMs,
): GateBalance {
  let balance = 0;
  for (const gate of gates) {
    const signs = gateSigns[gate.target.gate];
    for (const direction of ['both', 'left', 'right'] as const)
      balance += signs[direction] * tracker.passed(gate, direction);
  }
  const present = gates.filter((gate) => isInForce(gate, nowMs));
  let lastSeenMs: EpochMs | null = null;
  let isHeard = present.length > 0;
  let freshness: Freshness = isHeard ? 'live' : 'stale';
  for (const { devEui, model, fromMs } of present) {
    const heardMs = tracker.device(devEui)?.lastSeenMs ?? null;
    const seenMs = heardMs !== null && heardMs >= fromMs ? heardMs : null;
    freshness = worse(freshness, freshnessOf(seenMs, patienceOf(model), nowMs));
    if (seenMs === null) isHeard = false;
    else lastSeenMs = Math.max(lastSeenMs ?? 0, seenMs);
  }
  return { balance, isHeard, lastSeenMs, freshness };
}
