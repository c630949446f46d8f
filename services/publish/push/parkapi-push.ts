/**
 * Delivers the ParkAPI v3 objects to a ParkAPI that wants them pushed (ParkenDD park-api-v3, admin REST
 * API): static and real-time part together, so that no real-time value arrives before its site.
 */
import { z } from 'zod';
import type { EpochMs } from '../../domain/ids.ts';
import { dayMs } from '../../domain/local-time.ts';
import { toLocalMoment } from '../../domain/opening-hours.ts';
import type { Present } from '../../domain/present.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { isOpenNow } from '../feeds/counts.ts';
import { toCombinedSite, toCombinedSpot, momentOf } from '../feeds/parkapi-v3.ts';
import type { InventoryIndex } from '../inventory-index.ts';

const roundEveryMs = 60_000;
/** What has not changed is said again well within the 30 min after which ParkAPI calls data outdated. */
const repeatAfterMs = 10 * 60_000;
/** Sites nobody watches are only said again so that they do not vanish. */
const repeatStaticAfterMs = dayMs;
const firstPauseMs = 5_000;
const longestPauseMs = 15 * 60_000;
const requestTimeoutMs = 30_000;
const sitesARequest = 500;
/**
 * Answers of 4xx that speak of who asks, where and how often, not of what was sent: as after 5xx, everything
 * waits for a better time. Any other 4xx refuses what the request held.
 */
const notOfTheItems: ReadonlySet<number> = new Set([401, 403, 404, 405, 407, 408, 425, 429]);
/** Of what was refused in a round, so many are named in the log, each with so many characters of the reason. */
const named = { items: 5, reasonLength: 200 };

interface Item {
  readonly uid: string;
  /** The same object until something changes. */
  readonly source: object | undefined;
  readonly isLive: boolean;
  body(): Readonly<Record<string, unknown>>;
}

interface Channel {
  readonly path: string;
  readonly itemsARequest: number;
  items(): Iterable<Item>;
  request(items: readonly Item[]): unknown;
}

/** A request that may succeed later, with the pause the server asks for. */
class NotNow extends Error {
  readonly retryAfterMs: number;
  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** An item that ParkAPI did not want; it may not say which. */
interface Refusal {
  readonly uid: string | null;
  readonly reason: string;
}

const answerSchema = z.object({
  errors: z
    .array(z.object({ message: z.string().default(''), parking_site_uid: z.string().nullable() }))
    .default([]),
});

function readErrors(text: string): z.output<typeof answerSchema>['errors'] {
  try {
    return answerSchema.parse(JSON.parse(text)).errors;
  } catch {
    return [];
  }
}

/** In a list ParkAPI names those it refuses; an item that it refuses with a status stands alone. */
function toRefusals({ ok, status }: Response, text: string, items: readonly Item[]): Refusal[] {
  const errors = readErrors(text);
  const refused = ok
    ? errors.map(({ parking_site_uid: uid, message }) => ({ uid, reason: message }))
    : [{ uid: items[0]?.uid ?? null, reason: `${status} ${errors[0]?.message ?? text}`.trim() }];
  return refused.map(({ uid, reason }) => ({ uid, reason: reason.slice(0, named.reasonLength) }));
}

/** ParkAPI takes an absent field for "not known" everywhere, but `null` not everywhere. */
const withoutNulls = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

export interface ParkApiPush {
  start(): void;
  stop(): void;
  status(): ParkApiPushStatus;
}

export interface ParkApiPushStatus {
  readonly lastSuccessMs: EpochMs | null;
  readonly pushed: number;
  /** Items ParkAPI did not want; they are offered again when they change and once a day. */
  readonly rejected: number;
  /** One sentence; `null` while all is well. */
  readonly problem: string | null;
}

/** One round a minute at most; a slow or silent ParkAPI delays nothing but the next round. */
export function createParkApiPush(deps: {
  /** Root of the ParkAPI, without `/api`. */
  readonly url: string;
  /** User of HTTP Basic: the uid of the source. */
  readonly sourceUid: string;
  readonly password: string;
  readonly index: () => InventoryIndex;
  /** The present everybody may see. */
  readonly present: Present;
  readonly inventoryAtMs: () => EpochMs;
  /** IANA zone of the opening hours. */
  readonly timeZone: string;
  readonly clock: Clock;
  readonly log: Logger;
}): ParkApiPush {
  const { index, present, clock, log } = deps;
  const root = `${deps.url.replace(/\/+$/, '')}/api/admin/v1`;
  const basic = Buffer.from(`${deps.sourceUid}:${deps.password}`).toString('base64');
  const told = new Map<
    string,
    { readonly source: object | undefined; readonly atMs: EpochMs; readonly isTaken: boolean }
  >();
  let [pushed, rejected, failures] = [0, 0, 0];
  let lastSuccessMs: EpochMs | null = null;
  let problem: string | null = null;
  let cancelNext = (): void => undefined;
  let stopping = new AbortController();

  const view = (): Parameters<typeof momentOf>[0] => {
    const nowMs = clock.now();
    const moment = toLocalMoment(nowMs, deps.timeZone);
    const inventoryAtMs = deps.inventoryAtMs();
    return { inventoryAtMs, nowMs, isOpen: (site) => isOpenNow(site, moment) };
  };
  const channels: readonly Channel[] = [
    {
      path: '/parking-sites/upsert-list',
      itemsARequest: sitesARequest,
      items: () =>
        index()
          .sites.values()
          .map((site) => {
            const now = present.site(site.id);
            const isLive = typeof now?.lastSeenMs === 'number';
            const body = () => withoutNulls(toCombinedSite(site, now, momentOf(view(), site)));
            return { uid: site.id, source: now, isLive, body };
          }),
      request: (items) => ({ items: items.map((item) => item.body()) }),
    },
    {
      path: '/parking-spots/upsert-item',
      itemsARequest: 1,
      items: () =>
        index()
          .spaces.values()
          .map((space) => {
            const now = present.space(space.id);
            const site = index().site.get(space.siteId);
            const isLive = typeof now?.lastSeenMs === 'number';
            const body = () => withoutNulls(toCombinedSpot(space, site, now, momentOf(view())));
            return { uid: space.id, source: now, isLive, body };
          }),
      request: (items) => items[0]?.body(),
    },
  ];

  async function post(path: string, body: unknown): Promise<Response> {
    const response = await fetch(root + path, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(requestTimeoutMs)]),
    });
    const { ok, status } = response;
    if (ok || (status >= 400 && status < 500 && !notOfTheItems.has(status))) return response;
    await response.body?.cancel();
    const retryAfterS = Number(response.headers.get('retry-after') ?? 0);
    throw new NotNow(`${path} answered ${status}`, (retryAfterS || 0) * 1000);
  }

  const isDue = (path: string, item: Item): boolean => {
    const before = told.get(path + item.uid);
    if (before === undefined) return true;
    const ageMs = clock.now() - before.atMs;
    if (item.source !== before.source) return true;
    return ageMs >= (item.isLive && before.isTaken ? repeatAfterMs : repeatStaticAfterMs);
  };

  /** Several that are refused together are sent again in halves, until who is not wanted stands alone. */
  async function deliver(channel: Channel, items: readonly Item[]): Promise<readonly Refusal[]> {
    const { path, request } = channel;
    const response = await post(path, request(items));
    const text = await response.text();
    if (!response.ok && items.length > 1) {
      const middle = Math.ceil(items.length / 2);
      const before = await deliver(channel, items.slice(0, middle));
      return [...before, ...(await deliver(channel, items.slice(middle)))];
    }
    const refused = toRefusals(response, text, items);
    rejected += refused.length;
    pushed += items.length - refused.length;
    const uids = new Set(refused.map(({ uid }) => uid));
    for (const { uid, source } of items)
      told.set(path + uid, { source, atMs: clock.now(), isTaken: !uids.has(uid) });
    return refused;
  }

  /** Items that are due; who is refused keeps no other from being sent. */
  async function deliverDue(channel: Channel): Promise<void> {
    const { path, itemsARequest } = channel;
    const due = [...channel.items()].filter((item) => isDue(path, item));
    const refused: Refusal[] = [];
    try {
      for (let at = 0; at < due.length; at += itemsARequest)
        refused.push(...(await deliver(channel, due.slice(at, at + itemsARequest))));
    } finally {
      const items = refused.slice(0, named.items);
      if (items.length > 0)
        log.warn({ path, refused: refused.length, items }, 'ParkAPI refused items');
    }
  }

  async function round(): Promise<void> {
    for (const channel of channels) await deliverDue(channel);
    lastSuccessMs = clock.now();
    failures = 0;
    problem = null;
  }

  function failed(error: unknown): number {
    failures += 1;
    problem = error instanceof Error ? error.message : 'ParkAPI does not answer';
    log.warn({ problem, failures }, 'push to ParkAPI failed');
    const pauseMs = Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs);
    return error instanceof NotNow ? Math.max(pauseMs, error.retryAfterMs) : pauseMs;
  }

  const run = async (): Promise<void> => {
    const { signal } = stopping;
    const pauseMs = await round().then(() => roundEveryMs, failed);
    if (!signal.aborted) cancelNext = clock.after(pauseMs, () => void run());
  };

  return {
    start() {
      stopping = new AbortController();
      cancelNext = clock.after(0, () => void run());
    },
    stop() {
      stopping.abort();
      cancelNext();
    },
    status: () => ({ lastSuccessMs, pushed, rejected, problem }),
  };
}
