import type { EpochMs, SiteId, SpaceId } from './ids.ts';
import type { Status } from './observation.ts';
import type { Audience } from './site.ts';

/** From the time of the last uplink and the heartbeat interval H: up to 1.2 H, up to the stale factor times H, beyond. */
export type Freshness = 'live' | 'delayed' | 'stale';

/** A space now. */
export interface SpacePresent {
  readonly spaceId: SpaceId;
  /** `unknown` when nothing was ever heard, when stale, or when no device watches it. */
  readonly status: Status;
  /** When the status began (for `unknown`: when it became so); `null` when nothing was ever heard. */
  readonly sinceMs: EpochMs | null;
  /** Last uplink of its device, heartbeats included; `null` when never. */
  readonly lastSeenMs: EpochMs | null;
  readonly freshness: Freshness;
  /** Grows with every change anywhere in the present; what changed after a version has a higher one. */
  readonly version: number;
}

/** Known and vacant spaces of one audience. */
export interface AudienceCount {
  readonly known: number;
  readonly vacant: number;
}

/** A site now. Counts speak of the same spaces: vacant + occupied = known ≤ numberOfSpaces. */
export interface SitePresent {
  readonly siteId: SiteId;
  readonly numberOfKnownSpaces: number;
  /** Anybody's and kept spaces together; `null` when too little is known for a number (known = 0, or stale). */
  readonly numberOfVacantSpaces: number | null;
  readonly numberOfOccupiedSpaces: number | null;
  /** Kept spaces that are watched, by audience. */
  readonly vacantFor: Readonly<Partial<Record<Audience, AudienceCount>>>;
  /** Newest and oldest news among its devices; `null` when never. */
  readonly lastSeenMs: EpochMs | null;
  readonly lastChangedMs: EpochMs | null;
  readonly freshness: Freshness;
  /** Probability of finding a space on arrival in a few minutes, 0–1; `null` is not known. */
  readonly chanceRatio: number | null;
  /** Set where privacy left spaces of groups under five out of the numbers (`privacy.ts`). */
  readonly withheld?: 'small-group';
  readonly version: number;
}

/** The present as the publishers read it. Answers come from memory and never wait. */
export interface Present {
  /** Version of the newest change. */
  version(): number;
  /** Changes with every start and every change of the inventory: versions of another epoch do not compare. */
  readonly epoch: string;
  space(id: SpaceId): SpacePresent | undefined;
  site(id: SiteId): SitePresent | undefined;
  spaces(): Iterable<SpacePresent>;
  sites(): Iterable<SitePresent>;
}
