import type { Observed } from '../domain/observation.ts';
import type { SiteId, SpaceId } from '../domain/ids.ts';
import type { Inventory } from '../domain/site.ts';
import type { DownlinkTold } from './downlinks.ts';

/** The present changed: these items have a new version. */
export interface PresentChanged {
  readonly spaceIds: readonly SpaceId[];
  readonly siteIds: readonly SiteId[];
}

/** The chance of finding a space at these sites moved noticeably. */
export interface ChancesChanged {
  readonly siteIds: readonly SiteId[];
}

/** The inventory is another one; what is kept of it must be made anew. */
export interface InventoryChanged {
  readonly inventory: Inventory;
}

export interface Topics {
  /** What uplinks that came at a time say, in their order. */
  readonly observed: readonly Observed[];
  readonly 'present-changed': PresentChanged;
  readonly 'chances-changed': ChancesChanged;
  readonly 'inventory-changed': InventoryChanged;
  readonly 'downlink-told': DownlinkTold;
}

/** Where the stages meet. In-process delivery is synchronous and in order. */
export interface EventBus {
  publish<Topic extends keyof Topics>(topic: Topic, event: Topics[Topic]): void;
  /** The returned function ends the subscription. */
  subscribe<Topic extends keyof Topics>(
    topic: Topic,
    listener: (event: Topics[Topic]) => void,
  ): () => void;
}
