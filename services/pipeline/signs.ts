import type { SignText } from '../domain/guidance/sign-text.ts';
import type { EpochMs } from '../domain/ids.ts';
import type { Sign, SignDelivery, SignNow } from '../domain/sign.ts';
import type { Clock } from '../ports/clock.ts';

export interface Signs {
  start(): void;
  stop(): void;
  /** In the order of the deployment. */
  all(): readonly SignNow[];
  find(id: string): SignNow | undefined;
}

const lookEveryMs = 5_000;

const isSame = (a: SignText, b: SignText): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * What every sign shows: looked at every five seconds, changed no more often than the sign allows, so
 * that nobody sees numbers flicker and no device is flooded.
 */
export function createSigns(deps: {
  /** May be replaced. */
  readonly signs: () => readonly Sign[];
  readonly textOf: (sign: Sign) => SignText;
  readonly clock: Clock;
  readonly onChanged: (sign: Sign, text: SignText) => void;
  readonly deliveryOf: (sign: Sign) => SignDelivery | null;
}): Signs {
  const { signs, textOf, clock, onChanged, deliveryOf } = deps;
  const shown = new Map<string, { readonly text: SignText; readonly sinceMs: EpochMs }>();
  let stopLooking = (): void => undefined;

  const look = (): void => {
    const nowMs = clock.now();
    const current = signs();
    const ids = new Set(current.map(({ id }) => id));
    for (const id of shown.keys()) if (!ids.has(id)) shown.delete(id);
    for (const sign of current) {
      const before = shown.get(sign.id);
      if (before && nowMs - before.sinceMs < sign.changeEveryMs) continue;
      const text = textOf(sign);
      if (before && isSame(before.text, text)) continue;
      shown.set(sign.id, { text, sinceMs: nowMs });
      onChanged(sign, text);
    }
  };
  const now = (sign: Sign): SignNow => {
    const { text, sinceMs } = shown.get(sign.id) ?? {
      text: { kind: 'no-data' },
      sinceMs: clock.now(),
    };
    return { sign, text, sinceMs, delivery: deliveryOf(sign) };
  };
  return {
    start() {
      look();
      stopLooking = clock.every(lookEveryMs, look);
    },
    stop: () => stopLooking(),
    all: () => signs().map(now),
    find(id) {
      const sign = signs().find((one) => one.id === id);
      return sign && now(sign);
    },
  };
}
