/** Milliseconds since 1970-01-01T00:00:00Z, always UTC. */
export type EpochMs = number;

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type DevEui = Branded<'DevEui'>;
export type SpaceId = Branded<'SpaceId'>;
export type SiteId = Branded<'SiteId'>;
export type StretchId = Branded<'StretchId'>;
export type ZoneId = Branded<'ZoneId'>;
export type MunicipalityId = Branded<'MunicipalityId'>;

const idPattern = /^[A-Za-z0-9][A-Za-z0-9._:~-]{0,63}$/;

/** An identifier of the deployment's own: 1–64 letters, digits and `._:~-`, safe in a URL path. */
const isId = (text: string): boolean => idPattern.test(text);

const checked = (text: string): string => {
  if (!isId(text)) throw new TypeError(`'${text}' is no identifier`);
  return text;
};

export const toSpaceId = (text: string): SpaceId => checked(text) as SpaceId;
export const toSiteId = (text: string): SiteId => checked(text) as SiteId;
export const toStretchId = (text: string): StretchId => checked(text) as StretchId;
export const toZoneId = (text: string): ZoneId => checked(text) as ZoneId;
export const toMunicipalityId = (text: string): MunicipalityId => checked(text) as MunicipalityId;

/** A LoRaWAN DevEUI as 16 upper-case hex digits; separators as printed on labels are accepted. */
export function parseDevEui(text: string): DevEui | undefined {
  // As network servers write it.
  if (text.length === 16 && /^[0-9A-F]{16}$/.test(text)) return text as DevEui;
  const hex = text.replaceAll(/[-: ]/g, '').toUpperCase();
  return /^[0-9A-F]{16}$/.test(hex) ? (hex as DevEui) : undefined;
}
