import type { EpochMs, SpaceId, StretchId } from '../ids.ts';
import type { SeenStatus, Transition } from '../observation.ts';
import { estimateStretch } from './estimate-stretch.ts';
import { estimateZone } from './estimate-zone.ts';
import { blindS } from './model/blind.ts';
import type { Interval } from './model/interval.ts';
import type { SensorTraits, StretchDay, ZoneObservations } from './model/observed.ts';
import { observeDay } from './observe-day.ts';
import { planDays, strataOfWeek } from './recording-days.ts';
import { reason, type Reason } from './reasons.ts';
import { judgeStretch, type Sufficiency } from './sufficiency.ts';

export interface RecordingOptions {
  readonly timeZone: string;
  readonly acceptanceRatio: number | null;
  /** `null`: those recorded. */
  readonly streetsOfZone: number | null;
  readonly bootstraps: number;
  readonly seed: number;
  readonly sensors: SensorTraits;
}

/** What a zone's sensors and counters told; metres by stretch, stretch by space. */
export interface RecordedZone {
  readonly stretches: ReadonlyMap<string, number>;
  readonly spaces: ReadonlyMap<string, string>;
  readonly transitions: readonly {
    readonly atMs: EpochMs;
    readonly spaceId: string;
    readonly to: SeenStatus;
  }[];
  readonly counts: readonly {
    readonly fromMs: EpochMs;
    readonly toMs: EpochMs;
    readonly stretchId: string;
    readonly vehicles: number;
  }[];
}

/** A line of the answer of `npm run estimate`; ratios are 0–1, `null` is not known. */
interface RecordedEstimate {
  readonly stretchId: string;
  readonly method: 'product-form' | 'zone-state';
  readonly takes: number;
  /** Vehicle passes while a space was free. */
  readonly exposure: number;
  readonly searchReadyRatio: number | null;
  readonly fullRatio: number | null;
  readonly searchShareRatio: number | null;
  /** 95 %, of `searchShareRatio`. */
  readonly interval: Interval | null;
  readonly phantomRatio: number | null;
  readonly sufficiency: Sufficiency;
  readonly reasons: readonly Reason[];
}

/** From this many stretches on there is a zone's state to learn from. */
const fewestStretches = 10;

/** What a recording shows, day by day. Time for which a stretch has no counts is left out altogether. */
export function observeRecording(zone: RecordedZone, options: RecordingOptions): ZoneObservations {
  const ids = [...zone.stretches.keys()];
  const counts = Map.groupBy(zone.counts, ({ stretchId }) => stretchId as StretchId);
  const spacesOf = Map.groupBy(zone.spaces.keys(), (spaceId) => zone.spaces.get(spaceId));
  const fromMs = zone.counts.reduce((least, count) => Math.min(least, count.fromMs), Infinity);
  const toMs = zone.counts.reduce((most, count) => Math.max(most, count.toMs), -Infinity);
  const planned = toMs > fromMs ? planDays(fromMs, toMs, options.timeZone) : [];
  const transitions = toTransitions(zone, fromMs);
  const groups: StretchDay[] = [];
  planned.forEach((day, position) => {
    const known = new Map<SpaceId, readonly { fromMs: EpochMs; toMs: EpochMs }[]>();
    const stretches = ids.map((id, stretch) => {
      const spaces = (spacesOf.get(id) ?? []) as SpaceId[];
      const counted = joinSpans(counts.get(id as StretchId) ?? []);
      for (const spaceId of spaces) known.set(spaceId, counted);
      return { stretch, stretchId: id as StretchId, spaces };
    });
    groups.push(
      ...observeDay({
        day: position,
        fromMs: day.fromMs,
        toMs: day.toMs,
        stretches,
        transitions,
        known,
        counts,
        guidedArrivals: [],
        heartbeatS: options.sensors.heartbeatS,
      }).map((group) => ({ ...group, sensedSpaces: perCountedTime(group, day.durationS) })),
    );
  });
  return {
    stretches: ids.map((id) => ({
      id,
      lengthM: zone.stretches.get(id) ?? 0,
      numberOfSpaces: spacesOf.get(id)?.length ?? 0,
    })),
    days: planned,
    strata: strataOfWeek,
    groups,
    sensors: options.sensors,
  };
}

/** Product form of every stretch, and estimator N of all of them from ten stretches on. */
export function estimateRecording(
  observations: ZoneObservations,
  options: RecordingOptions,
): { readonly stretches: readonly RecordedEstimate[]; readonly all: RecordedEstimate } {
  const stretches = observations.stretches.map((_, stretch) =>
    lineOfStretch(observations, stretch, options),
  );
  const sensed = new Set(
    observations.groups.filter(({ counts }) => counts.length > 0).map(({ stretch }) => stretch),
  );
  if (sensed.size < fewestStretches) {
    const total = (pick: (line: RecordedEstimate) => number): number =>
      stretches.reduce((sum, line) => sum + pick(line), 0);
    return {
      stretches,
      all: {
        stretchId: 'all',
        method: 'zone-state',
        takes: total(({ takes }) => takes),
        exposure: total(({ exposure }) => exposure),
        searchReadyRatio: null,
        fullRatio: null,
        searchShareRatio: null,
        interval: null,
        phantomRatio: null,
        sufficiency: 'insufficient',
        reasons: [
          sensed.size === 0
            ? reason('no-counts')
            : reason('few-stretches', sensed.size, fewestStretches),
        ],
      },
    };
  }
  const zone = estimateZone(observations, {
    streetsOfZone: options.streetsOfZone ?? observations.stretches.length,
    acceptanceRatio: options.acceptanceRatio,
    guidedExcessKm: 0,
    bootstraps: options.bootstraps,
    seed: options.seed,
    weights: 'length',
  });
  const { method, takes, exposure, searchReadyRatio, fullRatio, searchShareRatio } = zone;
  const { interval, phantomRatio, sufficiency, reasons } = zone;
  const all = { stretchId: 'all', method, takes, exposure, searchReadyRatio, fullRatio };
  return {
    stretches,
    all: { ...all, searchShareRatio, interval, phantomRatio, sufficiency, reasons },
  };
}

function lineOfStretch(
  observations: ZoneObservations,
  stretch: number,
  options: RecordingOptions,
): RecordedEstimate {
  const {
    passes,
    days,
    readyInterval: _ready,
    ...line
  } = estimateStretch(observations, stretch, {
    acceptanceRatio: options.acceptanceRatio ?? 1,
    bootstraps: options.bootstraps,
    seed: options.seed,
  });
  const groups = observations.groups.filter((group) => group.stretch === stretch);
  const countedS = groups.reduce((sum, group) => sum + countedTimeS(group), 0);
  const sensed = groups.reduce((sum, group) => sum + group.sensedSpaces, 0);
  const spaces = observations.stretches[stretch]?.numberOfSpaces ?? 0;
  const takesPerS = ((line.searchReadyRatio ?? 0) * passes) / Math.max(1, countedS);
  const judgement = judgeStretch({
    ...line,
    passes,
    days,
    phantomRatio: line.phantomRatio ?? 0,
    sensedSpacesRatio: spaces > 0 ? sensed / Math.max(1, groups.length) / spaces : 0,
    vacancyLifeS: takesPerS > 0 ? 1 / takesPerS : Infinity,
    blindS,
  });
  return { ...line, ...judgement };
}

const countedTimeS = ({ counts }: StretchDay): number =>
  counts.reduce((sum, { fromS, toS }) => sum + toS - fromS, 0);

/** Spaces were looked at in counted time only, so that is what their known time is compared with. */
const perCountedTime = (group: StretchDay, dayS: number): number =>
  (group.sensedSpaces * dayS) / Math.max(1, countedTimeS(group));

/**
 * A recording with vacancies of a few seconds comes from sensors that neither wait nor are late (cameras,
 * simulations): through a debounce of 20 s and LoRaWAN's latencies none is shorter than 5 s.
 */
export function isExact({ transitions }: Pick<RecordedZone, 'transitions'>): boolean {
  const openedMs = new Map<string, EpochMs>();
  let vacancies = 0;
  let brief = 0;
  for (const { atMs, spaceId, to } of transitions) {
    const since = openedMs.get(spaceId);
    if (to === 'vacant') openedMs.set(spaceId, atMs);
    else if (since !== undefined) {
      openedMs.delete(spaceId);
      vacancies++;
      if (atMs - since < 5000) brief++;
    }
  }
  return brief >= 3 && brief > 0.003 * vacancies;
}

/** In order; a space was in the other status before its first change. */
function toTransitions(
  { transitions }: RecordedZone,
  fromMs: EpochMs,
): ReadonlyMap<SpaceId, readonly Transition[]> {
  const bySpace = new Map<SpaceId, Transition[]>();
  for (const { atMs, spaceId, to } of transitions) {
    const id = spaceId as SpaceId;
    const list = bySpace.get(id) ?? [];
    const change = { spaceId: id, atMs, earliestMs: atMs, method: 'seen' as const };
    if (list.length === 0 && atMs > fromMs)
      list.push({
        ...change,
        to: to === 'vacant' ? 'occupied' : 'vacant',
        atMs: fromMs,
        earliestMs: fromMs,
      });
    list.push({ ...change, to });
    bySpace.set(id, list);
  }
  return bySpace;
}

/** Overlapping and touching spans made one; `spans` are in order of their beginning. */
function joinSpans(
  spans: readonly { readonly fromMs: EpochMs; readonly toMs: EpochMs }[],
): { fromMs: EpochMs; toMs: EpochMs }[] {
  const joined: { fromMs: EpochMs; toMs: EpochMs }[] = [];
  for (const { fromMs, toMs } of spans) {
    const last = joined.at(-1);
    if (last !== undefined && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else joined.push({ fromMs, toMs });
  }
  return joined;
}
