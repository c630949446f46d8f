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
import { request } from './request.ts';

interface Page<Item> {
  readonly cursor: string;
  readonly publishedAt: string;
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** Follows `next` to the end; cursor and time are those of the first page, so that nothing is missed. */
async function getAll<Item>(path: string, signal?: AbortSignal): Promise<Page<Item>> {
  const options = signal === undefined ? {} : { signal };
  const first = await request<Page<Item>>(path, options);
  const items = [...first.items];
  let next = first.next;
  while (next !== null) {
    const page = await request<Page<Item>>(next, options);
    items.push(...page.items);
    next = page.next;
  }
  return { ...first, items, next: null };
}

export const getDeployment = (): Promise<Deployment> => request('/api/v1/deployment');
export const getZones = (): Promise<ZoneList> => request('/api/v1/zones');
export const getStreets = (): Promise<Streets> => request('/api/v1/streets');

/** All sites with their present status. */
export const getSites = (): Promise<Pick<SiteList, 'cursor' | 'publishedAt' | 'items'>> =>
  getAll<Site>('/api/v1/sites?limit=1000') as Promise<SiteList>;

/** How full a site usually is, by hour and weekday. */
export const getTypicalWeek = (siteId: string, signal: AbortSignal): Promise<TypicalWeek> =>
  request(`/api/v1/sites/${encodeURIComponent(siteId)}/typical-week`, { signal });

/** Degrees: [minLon, minLat, maxLon, maxLat]. */
export type Box = readonly [number, number, number, number];

/** All spaces of a box with their present status. */
export const getSpaces = (
  box: Box,
  signal: AbortSignal,
): Promise<Pick<SpaceList, 'cursor' | 'items'>> =>
  getAll<Space>(`/api/v1/spaces?bbox=${box.join(',')}&limit=1000`, signal) as Promise<SpaceList>;

/** Address of a live connection on this origin. */
export function liveUrl(): string {
  const url = new URL('/api/v1/live', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
