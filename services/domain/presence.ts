import type { EpochMs } from './ids.ts';
import type { AudienceCount, Freshness, SitePresent, SpacePresent } from './present.ts';
import type { Audience, ParkingSite, ParkingSpace } from './site.ts';
import type { SpaceTrack } from './occupancy.ts';

/** How long the news of a device holds. */
export interface Patience {
  /** Longest usual silence of its model, ms. */
  readonly heartbeatMs: number;
  /** After this long without news the status is unknown, ms. */
  readonly staleAfterMs: number;
}

/** Up to 1.2 heartbeat intervals late is usual: a heartbeat has jitter, and one may be under way. */
const liveRatio = 1.2;

/** How fresh news of `lastSeenMs` are now. */
export function freshnessOf(
  lastSeenMs: EpochMs | null,
  patience: Patience,
  nowMs: EpochMs,
): Freshness {
  if (lastSeenMs === null) return 'stale';
  const ageMs = nowMs - lastSeenMs;
  if (ageMs <= patience.heartbeatMs * liveRatio) return 'live';
  return ageMs <= patience.staleAfterMs ? 'delayed' : 'stale';
}

/** A space as it is shown now, as `version` of it: what its sensor said, as long as that holds. */
export function spaceNow(
  space: ParkingSpace,
  track: Readonly<SpaceTrack> | undefined,
  patience: Patience,
  at: { readonly nowMs: EpochMs; readonly version: number },
): SpacePresent {
  const lastSeenMs = track?.recent.at(-1)?.observedAtMs ?? null;
  const freshness = freshnessOf(lastSeenMs, patience, at.nowMs);
  const isStale = freshness === 'stale';
  return {
    spaceId: space.id,
    status: track && !isStale ? track.status : 'unknown',
    sinceMs:
      lastSeenMs !== null && isStale
        ? lastSeenMs + patience.staleAfterMs
        : (track?.sinceMs ?? null),
    lastSeenMs,
    freshness,
    version: at.version,
  };
}

type SiteNow = Omit<SitePresent, 'version' | 'chanceRatio'>;

const newest = (a: EpochMs | null, b: EpochMs | null): EpochMs | null =>
  a === null ? b : b === null ? a : Math.max(a, b);

/** A site whose spaces are watched one by one. */
export function siteNowFromSpaces(
  site: ParkingSite,
  spaces: readonly { readonly space: ParkingSpace; readonly now: SpacePresent }[],
): SiteNow {
  let known = 0;
  let vacant = 0;
  let lastSeenMs: EpochMs | null = null;
  let lastChangedMs: EpochMs | null = null;
  let freshness: Freshness = 'stale';
  const vacantFor: Partial<Record<Audience, AudienceCount>> = {};
  for (const { space, now } of spaces) {
    lastSeenMs = newest(lastSeenMs, now.lastSeenMs);
    if (now.freshness === 'live' || (now.freshness === 'delayed' && freshness === 'stale'))
      freshness = now.freshness;
    if (now.status === 'unknown') continue;
    const one = now.status === 'vacant' ? 1 : 0;
    known += 1;
    vacant += one;
    lastChangedMs = newest(lastChangedMs, now.sinceMs);
    if (space.audience === null) continue;
    const before = vacantFor[space.audience] ?? { known: 0, vacant: 0 };
    vacantFor[space.audience] = { known: before.known + 1, vacant: before.vacant + one };
  }
  return {
    siteId: site.id,
    numberOfKnownSpaces: known,
    numberOfVacantSpaces: known > 0 ? vacant : null,
    numberOfOccupiedSpaces: known > 0 ? known - vacant : null,
    vacantFor,
    lastSeenMs,
    lastChangedMs,
    freshness,
  };
}

/** A site whose gates are counted; `occupied` is `null` as long as no gate was heard. */
export function siteNowFromGates(
  site: ParkingSite,
  gates: {
    readonly occupied: number | null;
    readonly lastChangedMs: EpochMs | null;
    readonly lastSeenMs: EpochMs | null;
    /** Of the gate that is silent for longest: one silent gate makes the balance wrong. */
    readonly freshness: Freshness;
  },
): SiteNow {
  const { lastSeenMs, lastChangedMs, freshness } = gates;
  const occupied = freshness === 'stale' ? null : gates.occupied;
  return {
    siteId: site.id,
    numberOfKnownSpaces: occupied === null ? 0 : site.numberOfSpaces,
    numberOfVacantSpaces: occupied === null ? null : site.numberOfSpaces - occupied,
    numberOfOccupiedSpaces: occupied,
    vacantFor: {},
    lastSeenMs,
    lastChangedMs,
    freshness,
  };
}

/**
 * Cars inside from cars in and out. Nobody knows how many were there at the start, and counters miss
 * some: a balance that would leave [0, spaces] shows by how much it is wrong, and is moved by that much.
 */
export function correctedBalance(
  balance: number,
  offset: number,
  numberOfSpaces: number,
): { readonly occupied: number; readonly offset: number } {
  const occupied = Math.min(Math.max(balance + offset, 0), numberOfSpaces);
  return { occupied, offset: occupied - balance };
}
