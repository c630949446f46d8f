import { toSiteId, type EpochMs, type SiteId } from '../ids.ts';

/**
 * Where a guided driver stopped: what the search share must know of guidance, and all that is kept of
 * it. Nobody's way can be told from it.
 */
export interface GuidedStop {
  /** `parked`: his take is no searcher's. `found-full`: from here he drove on in search. */
  readonly kind: 'parked' | 'found-full';
  readonly siteId: SiteId;
  readonly atMs: EpochMs;
  /** Metres from here to where he stopped next; 0 where he parked. */
  readonly detourM: number;
}

export const guidedStopsHeader = 'time,kind,site_id,detour_m\n';

/** A line of the record, with its line break. */
export const toGuidedStopLine = ({ kind, siteId, atMs, detourM }: GuidedStop): string =>
  `${new Date(atMs).toISOString()},${kind},${siteId},${Math.round(detourM)}\n`;

/** `undefined` for the header, a torn line, or one that was written by something else. */
export function parseGuidedStopLine(line: string): GuidedStop | undefined {
  const [time = '', kind, site = '', metres = ''] = line.trim().split(',');
  const atMs = Date.parse(time);
  const isKind = kind === 'parked' || kind === 'found-full';
  if (!isKind || Number.isNaN(atMs) || site === '' || !/^\d+$/.test(metres)) return undefined;
  return { kind, siteId: toSiteId(site), atMs, detourM: Number(metres) };
}
