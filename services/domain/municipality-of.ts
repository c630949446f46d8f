import type { MunicipalityId, SiteId, StretchId, ZoneId } from './ids.ts';
import type { Inventory, Stretch } from './site.ts';

/** In which municipality something lies; `null` is not known. */
export interface MunicipalityOf {
  zone(id: ZoneId): MunicipalityId | null;
  site(id: SiteId): MunicipalityId | null;
  stretch(stretch: Pick<Stretch, 'id' | 'zoneId'>): MunicipalityId | null;
}

/** A stretch lies where its zone or its kerb does; where there is one municipality only, in that one. */
export function municipalityOf({
  municipalities,
  zones,
  sites,
}: Pick<Inventory, 'municipalities' | 'zones' | 'sites'>): MunicipalityOf {
  const [only, ...others] = municipalities;
  const usual = others.length === 0 ? (only?.id ?? null) : null;
  const ofZone = new Map(zones.map(({ id, municipalityId }) => [id, municipalityId]));
  const ofSite = new Map(sites.map(({ id, municipalityId }) => [id, municipalityId]));
  const ofKerb = new Map<StretchId, MunicipalityId>();
  for (const { stretchId, municipalityId } of sites)
    if (stretchId !== null) ofKerb.set(stretchId, municipalityId);
  return {
    zone: (id) => ofZone.get(id) ?? null,
    site: (id) => ofSite.get(id) ?? null,
    stretch: ({ id, zoneId }) =>
      (zoneId === null ? undefined : ofZone.get(zoneId)) ?? ofKerb.get(id) ?? usual,
  };
}
