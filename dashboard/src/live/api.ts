import type { TypicalWeek } from '../../../services/contract/metrics.ts';
import type {
  Deployment,
  Site,
  SiteList,
  Space,
  SpaceList,
  Streets,
  ZoneList,
} from '../../../services/contract/site.ts';

/** No answer is worth more than this wait. */
const timeoutMs = 15_000;

/** `T` is the contract's promise: server and page ship from one build, so answers are not checked again. */
export async function getJson<T>(path: string): Promise<T> {
  const response = await fetch(path, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return (await response.json()) as T;
}

interface Page<Item> {
  readonly cursor: string;
  readonly publishedAt: string;
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** Follows `next` to the end; cursor and time are those of the first page, so that nothing is missed. */
async function getAll<Item>(path: string): Promise<Page<Item>> {
  const first = await getJson<Page<Item>>(path);
  const items = [...first.items];
  let next = first.next;
  while (next !== null) {
    const page = await getJson<Page<Item>>(next);
    items.push(...page.items);
    next = page.next;
  }
  return { ...first, items, next: null };
}

export const getDeployment = (): Promise<Deployment> => getJson('/api/v1/deployment');
export const getZones = (): Promise<ZoneList> => getJson('/api/v1/zones');
export const getStreets = (): Promise<Streets> => getJson('/api/v1/streets');

/** All sites with their present status. */
export const getSites = (): Promise<Pick<SiteList, 'cursor' | 'publishedAt' | 'items'>> =>
  getAll<Site>('/api/v1/sites?limit=1000') as Promise<SiteList>;

/** How full a site usually is, by hour and weekday. */
export const getTypicalWeek = (siteId: string): Promise<TypicalWeek> =>
  getJson(`/api/v1/sites/${encodeURIComponent(siteId)}/typical-week`);

/** Degrees: [minLon, minLat, maxLon, maxLat]. */
export type Box = readonly [number, number, number, number];

/** All spaces of a box with their present status. */
export const getSpaces = (box: Box): Promise<Pick<SpaceList, 'cursor' | 'items'>> =>
  getAll<Space>(`/api/v1/spaces?bbox=${box.join(',')}&limit=1000`) as Promise<SpaceList>;

/** Address of a live connection on this origin. */
export function liveUrl(): string {
  const url = new URL('/api/v1/live', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
