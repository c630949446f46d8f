import type { Site } from '../../../services/contract/site.ts';
import { shownChance } from './facts.ts';

/** What a driver wants to see; everything off shows everything. */
export interface SiteFilter {
  readonly disabled: boolean;
  readonly charging: boolean;
  readonly free: boolean;
  /** Height of the vehicle in metres; sites that name no height stay listed and say so. */
  readonly heightM: number | null;
  /** Minutes one wants to stay. */
  readonly stayMin: number | null;
  readonly place: 'all' | 'street' | 'off-street';
  readonly zoneId: string | null;
  readonly open: boolean;
  readonly known: boolean;
  readonly saved: boolean;
}

export type FilterKey = keyof SiteFilter;

export const noFilter: SiteFilter = {
  disabled: false,
  charging: false,
  free: false,
  heightM: null,
  stayMin: null,
  place: 'all',
  zoneId: null,
  open: false,
  known: false,
  saved: false,
};

export interface FilterContext {
  readonly isFeedStale: boolean;
  readonly savedIds: readonly string[];
}

type Test = (site: Site, filter: SiteFilter, context: FilterContext) => boolean;

const tests: Readonly<Record<FilterKey, Test>> = {
  disabled: ({ numberOfSpacesFor: kept, status }) =>
    (kept.disabled ?? status.vacantFor.disabled?.known ?? 0) > 0,
  charging: ({ numberOfSpacesFor: kept, status }) =>
    (kept.charging ?? status.vacantFor.charging?.known ?? 0) > 0,
  free: ({ hasFee }) => hasFee === false,
  heightM: ({ maxHeightM }, { heightM }) =>
    maxHeightM === null || heightM === null || maxHeightM >= heightM,
  stayMin: ({ maxStayMin }, { stayMin }) =>
    maxStayMin === null || stayMin === null || maxStayMin >= stayMin,
  place: ({ kind }, { place }) => (kind === 'on-street') === (place === 'street'),
  zoneId: (site, { zoneId }) => site.zoneId === zoneId,
  open: (site, _, { isFeedStale }) => shownChance(site, isFeedStale) !== 'closed',
  known: (site, _, { isFeedStale }) => shownChance(site, isFeedStale) !== 'unknown',
  saved: ({ id }, _, { savedIds }) => savedIds.includes(id),
};

const keys = Object.keys(noFilter) as readonly FilterKey[];

/** The filters that are set, in the order of the dialog. */
export const listActive = (filter: SiteFilter): readonly FilterKey[] =>
  keys.filter((key) => filter[key] !== noFilter[key]);

/** Whether a site passes every filter that is set. */
export function matches(site: Site, filter: SiteFilter, context: FilterContext): boolean {
  return listActive(filter).every((key) => tests[key](site, filter, context));
}

/** The filter whose removal brings back most sites, or `undefined` when no single one does. */
export function findLoosest(
  sites: readonly Site[],
  filter: SiteFilter,
  context: FilterContext,
): FilterKey | undefined {
  let best: FilterKey | undefined;
  let most = 0;
  for (const key of listActive(filter)) {
    const loose = { ...filter, [key]: noFilter[key] };
    const n = sites.filter((site) => matches(site, loose, context)).length;
    if (n > most) [best, most] = [key, n];
  }
  return best;
}
