import type { EpochMs } from '../domain/ids.ts';
import type { Present } from '../domain/present.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { LiveFilter, LiveItem, LiveItems, Wishes } from './live-items.ts';
import { toFilter } from './live-items.ts';

/** Where frames go: a WebSocket or an event stream. */
export interface LiveClient {
  /** Whom it is counted under: one address gets no more than its share of the connections. */
  readonly address: string;
  /** A whole frame as JSON text; the same buffer is handed to every client with the same wishes. */
  send(frame: LiveFrameText): void;
  /** Bytes that wait on the way to the client. */
  bufferedBytes(): number;
  /** The client has not read for too long, or the server ends. */
  close(reason: 'too-slow' | 'shutting-down'): void;
}

export interface LiveFrameText {
  readonly type: 'snapshot' | 'delta' | 'heartbeat';
  readonly cursor: string;
  readonly bytes: Buffer;
}

export interface LiveConnection {
  /** Replaces the wishes; the answer is a snapshot, or a delta when `since` can still be compared. */
  subscribe(wishes: Wishes, since: string | undefined): void;
  end(): void;
}

export interface LiveHub {
  /** `undefined` when there are as many clients as allowed, in all or of its address. */
  connect(client: LiveClient): LiveConnection | undefined;
  clients(): number;
  start(): void;
  stop(): void;
}

/** At most four frames a second and client: faster than anybody looks, slow enough to share the work. */
const frameEveryMs = 250;
/** After a frame that took longer to send to everybody the next one is left out: time for everything else. */
const crowdedMs = 100;
const heartbeatEveryMs = 15_000;
/** A client with more than this unread gets no more frames until it has read; then one with all that changed. */
export const congestedBytes = 256 * 1024;
/** Wishes of a client that are answered at once between two frames; after that its last one, with the next frame. */
const answersAFrame = 2;
const givesUpAfterMs = 60_000;
/** Snapshots of the same wishes at the same version, for a crowd that reconnects at once. */
const cachedSnapshots = 8;

interface Entry {
  readonly client: LiveClient;
  filter: LiveFilter | undefined;
  /** Everything up to this version has been sent; -1 when nothing of the present inventory has. */
  version: number;
  /** Answered at once since the last frame. */
  answers: number;
  sentAtMs: EpochMs;
  congestedSinceMs: EpochMs | null;
}

/**
 * Snapshot, then coalesced deltas. Nothing is queued for a client: what it still has to hear is what has
 * a higher version than the last frame it got, so a slow client costs nothing and can resume any time.
 */
export function createLiveHub(deps: {
  readonly bus: EventBus;
  readonly present: Present;
  readonly items: () => LiveItems;
  readonly clock: Clock;
  readonly lastUplinkMs: () => EpochMs | null;
  readonly maxClients: number;
  /** `null` does not limit. */
  readonly maxClientsPerAddress: number | null;
}): LiveHub {
  const { bus, present, items, clock } = deps;
  const entries = new Set<Entry>();
  const clientsOf = new Map<string, number>();
  const changed = new Set<LiveItem>();
  const snapshots = new Map<string, LiveFrameText>();
  /** Up to which version `changed` is known to lead; `undefined` when nobody looked. */
  let tickVersion: number | undefined = present.version();
  let isCrowded = false;
  let stops: (() => void)[] = [];

  const cursorOf = (version: number): string => `${present.epoch}.${version}`;

  const toFrame = (
    type: 'snapshot' | 'delta',
    version: number,
    its: readonly LiveItem[],
    { kinds }: LiveFilter,
  ): LiveFrameText => {
    const list = (kind: LiveItem['kind']): string =>
      its.flatMap((item) => (item.kind === kind ? [item.json()] : [])).join(',');
    const cursor = cursorOf(version);
    const guidance = kinds.has('guidance') ? `,"guidance":[${list('guidance')}]` : '';
    const publishedAt = new Date(clock.now()).toISOString();
    const text = `{"type":"${type}","cursor":"${cursor}","publishedAt":"${publishedAt}","sites":[${list('sites')}],"spaces":[${list('spaces')}]${guidance}}`;
    return { type, cursor, bytes: Buffer.from(text) };
  };

  const heartbeat = (): LiveFrameText => {
    const cursor = cursorOf(present.version());
    const lastMs = deps.lastUplinkMs();
    const text = JSON.stringify({
      type: 'heartbeat',
      cursor,
      publishedAt: new Date(clock.now()).toISOString(),
      lastUplinkAt: lastMs === null ? null : new Date(lastMs).toISOString(),
    });
    return { type: 'heartbeat', cursor, bytes: Buffer.from(text) };
  };

  const snapshotFor = (filter: LiveFilter): LiveFrameText => {
    const version = present.version();
    const key = `${version}:${filter.key}`;
    const known = snapshots.get(key);
    if (known) return known;
    const its = items().all.filter((item) => filter.matches(item));
    const frame = toFrame('snapshot', version, its, filter);
    snapshots.set(key, frame);
    const oldest = snapshots.keys().next().value;
    if (snapshots.size > cachedSnapshots && oldest !== undefined) snapshots.delete(oldest);
    return frame;
  };

  const send = (entry: Entry, frame: LiveFrameText): void => {
    entry.sentAtMs = clock.now();
    entry.client.send(frame);
  };

  /** The version a cursor stands for; `undefined` when it is of another start, or of the future. */
  const versionOf = (cursor: string | undefined): number | undefined => {
    const [epoch, version] = cursor?.split('.') ?? [];
    const known = epoch === present.epoch ? Number(version) : NaN;
    return known <= present.version() ? known : undefined;
  };

  const forget = (entry: Entry): void => {
    if (!entries.delete(entry)) return;
    const { address } = entry.client;
    const left = (clientsOf.get(address) ?? 1) - 1;
    if (left > 0) clientsOf.set(address, left);
    else clientsOf.delete(address);
  };

  const isCongested = (entry: Entry): boolean => {
    if (entry.client.bufferedBytes() <= congestedBytes) {
      entry.congestedSinceMs = null;
      return false;
    }
    entry.congestedSinceMs ??= clock.now();
    if (clock.now() - entry.congestedSinceMs > givesUpAfterMs) {
      forget(entry);
      entry.client.close('too-slow');
    }
    return true;
  };

  const tick = (): void => {
    // Whoever connects is told everything: until then nobody looks at what changes.
    if (entries.size === 0) return;
    const now = clock.now();
    if (isCrowded) {
      isCrowded = false;
      return;
    }
    const version = present.version();
    const shared = new Map<number, Map<string, LiveFrameText | null>>();
    for (const entry of entries) {
      const { filter } = entry;
      if (!filter || isCongested(entry)) continue;
      entry.answers = 0;
      const since = shared.get(entry.version) ?? new Map<string, LiveFrameText | null>();
      shared.set(entry.version, since);
      let frame = since.get(filter.key);
      if (frame === undefined) {
        frame = entry.version < 0 ? snapshotFor(filter) : deltaFor(filter, entry.version);
        since.set(filter.key, frame);
      }
      entry.version = version;
      if (frame) send(entry, frame);
      else if (now - entry.sentAtMs >= heartbeatEveryMs) send(entry, heartbeat());
    }
    changed.clear();
    tickVersion = version;
    isCrowded = clock.now() - now > crowdedMs;
  };

  const deltaFor = (filter: LiveFilter, since: number): LiveFrameText | null => {
    const its = newsFor(filter, since);
    return its.length > 0 ? toFrame('delta', present.version(), its, filter) : null;
  };

  /** What has changed after a version: usually the items of this tick, for a late client all are looked at. */
  const newsFor = (filter: LiveFilter, since: number): LiveItem[] => {
    const candidates = since === tickVersion ? [...changed] : items().all;
    return candidates.filter((item) => filter.matches(item) && item.version() > since);
  };

  return {
    connect(client) {
      const { address } = client;
      const ofAddress = clientsOf.get(address) ?? 0;
      if (entries.size >= deps.maxClients) return undefined;
      if (ofAddress >= (deps.maxClientsPerAddress ?? Infinity)) return undefined;
      clientsOf.set(address, ofAddress + 1);
      const entry: Entry = {
        client,
        filter: undefined,
        version: 0,
        answers: 0,
        sentAtMs: clock.now(),
        congestedSinceMs: null,
      };
      entries.add(entry);
      return {
        subscribe(wishes, since) {
          entry.filter = toFilter(wishes);
          const version = versionOf(since);
          // A snapshot takes time and, unread, memory: who asks and asks gets one a frame, and none while it does not read.
          if (entry.answers >= answersAFrame || isCongested(entry)) {
            entry.version = version ?? -1;
            return;
          }
          entry.answers += 1;
          entry.version = version ?? present.version();
          if (version === undefined) send(entry, snapshotFor(entry.filter));
          else if (version === present.version()) send(entry, heartbeat());
        },
        end: () => forget(entry),
      };
    },
    clients: () => entries.size,
    start() {
      stops = [
        bus.subscribe('present-changed', ({ spaceIds, siteIds }) => {
          if (entries.size === 0) {
            tickVersion = undefined;
            return;
          }
          for (const id of spaceIds) add(changed, items().space(id));
          for (const id of siteIds) {
            add(changed, items().site(id));
            add(changed, items().guidance(id));
          }
        }),
        bus.subscribe('inventory-changed', () => {
          changed.clear();
          snapshots.clear();
          for (const entry of entries) entry.version = -1;
        }),
        clock.every(frameEveryMs, tick),
      ];
    },
    stop() {
      for (const stop of stops) stop();
      for (const { client } of entries) client.close('shutting-down');
      entries.clear();
      clientsOf.clear();
    },
  };
}

const add = <Item>(set: Set<Item>, item: Item | undefined): void => {
  if (item !== undefined) set.add(item);
};
