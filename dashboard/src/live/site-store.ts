import type { Site, SiteStatus } from '../../../services/contract/site.ts';

/** The sites one knows, with their newest status; plain, so that fifty changes a second cost nothing. */
export interface SiteStore {
  list(): readonly Site[];
  find(id: string): Site | undefined;
  /** Another inventory altogether. */
  replace(sites: readonly Site[]): void;
  /** Newer statuses; false when one of them belongs to no known site, so the inventory is out of date. */
  merge(statuses: readonly SiteStatus[]): boolean;
  /** Newest uplink heard of at any site; `null` is never. */
  newestUplinkMs(): number | null;
}

export function createSiteStore(): SiteStore {
  const sites = new Map<string, Site>();
  let newestMs: number | null = null;

  function hear({ lastSeenAt }: SiteStatus): void {
    if (lastSeenAt === null) return;
    const atMs = Date.parse(lastSeenAt);
    if (newestMs === null || atMs > newestMs) newestMs = atMs;
  }

  return {
    list: () => [...sites.values()],
    find: (id) => sites.get(id),
    replace(next) {
      sites.clear();
      newestMs = null;
      for (const site of next) {
        sites.set(site.id, site);
        hear(site.status);
      }
    },
    merge(statuses) {
      let isComplete = true;
      for (const status of statuses) {
        const site = sites.get(status.id);
        if (site === undefined) isComplete = false;
        else sites.set(status.id, { ...site, status });
        hear(status);
      }
      return isComplete;
    },
    newestUplinkMs: () => newestMs,
  };
}
