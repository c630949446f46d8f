import type { EpochMs, SpaceId, StretchId } from '../ids.ts';
import type { Transition } from '../observation.ts';
import { matchGuided, type GuidedArrival } from './guided.ts';
import type { CountedInterval, StretchDay, Vacancy } from './model/observed.ts';
import { vacancyEnd } from './model/vacancy-end.ts';

interface Span {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** One local day of a zone as the history tells it. */
export interface ObservedDay extends Span {
  /** Position of the day in `ZoneObservations.days`. */
  readonly day: number;
  readonly stretches: readonly {
    /** Position in `ZoneObservations.stretches`. */
    readonly stretch: number;
    readonly stretchId: StretchId;
    readonly spaces: readonly SpaceId[];
  }[];
  /** By space, in order of time: those of the day and the last one before it. */
  readonly transitions: ReadonlyMap<SpaceId, readonly Transition[]>;
  /** When a space's status was known; a space that is not listed was known all day. */
  readonly known: ReadonlyMap<SpaceId, readonly Span[]>;
  /** By stretch, in any order. */
  readonly counts: ReadonlyMap<StretchId, readonly (Span & { readonly vehicles: number })[]>;
  readonly guidedArrivals: readonly GuidedArrival[];
  readonly heartbeatS: number;
}

/** The stretch-days of one day; days are independent, so that a new day costs one day. */
export function observeDay(input: ObservedDay): StretchDay[] {
  const toS = (atMs: EpochMs): number => (atMs - input.fromMs) / 1000;
  return input.stretches.flatMap(({ stretch, stretchId, spaces }) => {
    let knownMs = 0;
    const vacancies: Vacancy[] = [];
    for (const spaceId of spaces) {
      const transitions = input.transitions.get(spaceId) ?? [];
      const spans = knownSpans(input, spaceId, transitions);
      for (const span of spans) {
        knownMs += span.toMs - span.fromMs;
        vacancies.push(...spellsOf(transitions, span, input));
      }
    }
    const sensedSpaces = knownMs / (input.toMs - input.fromMs);
    if (sensedSpaces <= 0) return [];
    const counts: CountedInterval[] = (input.counts.get(stretchId) ?? [])
      .filter(({ fromMs, toMs }) => toMs > input.fromMs && fromMs < input.toMs && toMs > fromMs)
      .map(({ fromMs, toMs, vehicles }) => ({ fromS: toS(fromMs), toS: toS(toMs), vehicles }));
    const arrivalsS = input.guidedArrivals
      .filter((arrival) => arrival.stretchId === stretchId)
      .map((arrival) => toS(arrival.atMs));
    const matched = matchGuided(vacancies, arrivalsS);
    return [{ stretch, day: input.day, sensedSpaces, vacancies: matched, counts }];
  });
}

/** From the first news on, cut to what was known of the day. */
function knownSpans(
  day: ObservedDay,
  spaceId: SpaceId,
  transitions: readonly Transition[],
): readonly Span[] {
  const first = transitions[0];
  if (first === undefined) return [];
  return (day.known.get(spaceId) ?? [day]).flatMap((span) => {
    const fromMs = Math.max(span.fromMs, day.fromMs, first.atMs);
    const toMs = Math.min(span.toMs, day.toMs);
    return toMs > fromMs ? [{ fromMs, toMs }] : [];
  });
}

/**
 * Vacancies of one space in one span. An inferred closing is an interval: the space was taken after
 * `earliestMs` and found out at `atMs`. An inferred opening counts from when it was found out, for what
 * happened before nobody could see.
 */
function spellsOf(
  transitions: readonly Transition[],
  span: Span,
  { fromMs: dayMs, heartbeatS }: ObservedDay,
): Vacancy[] {
  const toS = (atMs: EpochMs): number => (atMs - dayMs) / 1000;
  const spells: Vacancy[] = [];
  let openMs: EpochMs | null = null;
  const close = (atMs: EpochMs, end: Vacancy['end'], earliestMs?: EpochMs): void => {
    if (openMs === null) return;
    const fromMs = Math.max(openMs, span.fromMs);
    const cut = openMs < span.fromMs ? { isOpeningSeen: false as const } : {};
    openMs = null;
    if (atMs <= fromMs) return;
    const earliest =
      earliestMs === undefined ? {} : { earliestToS: toS(Math.max(earliestMs, fromMs)) };
    spells.push({ fromS: toS(fromMs), toS: toS(atMs), end, ...earliest, ...cut });
  };
  for (const transition of transitions) {
    const { to, atMs, earliestMs, method } = transition;
    if (atMs >= span.toMs && (method === 'seen' || earliestMs >= span.toMs)) break;
    if (to === 'vacant') {
      // Vacant again without having been occupied: what was carried over from before the span is void.
      if (openMs === null || openMs < span.fromMs) openMs = atMs;
    } else if (method === 'seen') close(atMs, vacancyEnd.taken);
    else if (atMs < span.toMs && atMs - earliestMs <= 2000 * heartbeatS)
      close(atMs, vacancyEnd.inferred, earliestMs);
    // Silent for longer than heartbeats explain: all that is known is that it was vacant until then.
    else close(Math.min(earliestMs, span.toMs), vacancyEnd.open);
  }
  close(span.toMs, vacancyEnd.open);
  return spells;
}
