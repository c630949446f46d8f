import type { GuidanceRequest } from '../../../services/contract/guidance.ts';
import type { SettingsData } from '../driver/settings.svelte.ts';
import { m } from '../paraglide/messages.js';
import { formatDistance, formatEuros, formatHeight, formatStay } from '../ui/format.ts';
import type { Locale } from '../ui/locale.svelte.ts';

/** What of "Mein Fahrzeug" narrows the choice of a place. */
const needKeys = [
  'isElectric',
  'hasBlueCard',
  'vehicleHeightM',
  'maxWalkM',
  'maxEurPerHour',
  'stayMin',
  'acceptsCarParks',
] as const;
export type NeedKey = (typeof needKeys)[number];
export type NeedSettings = Pick<SettingsData, NeedKey>;

/** What each says when it makes no difference. */
const indifferent: NeedSettings = {
  isElectric: false,
  hasBlueCard: false,
  vehicleHeightM: null,
  maxWalkM: null,
  maxEurPerHour: null,
  stayMin: null,
  acceptsCarParks: true,
};

/** The settings with some needs left out for this trip. */
export function relaxNeeds(settings: NeedSettings, relaxed: readonly NeedKey[]): NeedSettings {
  const left = Object.fromEntries(relaxed.map((key) => [key, indifferent[key]]));
  return { ...settings, ...left };
}

/** The needs as the server understands them. Who must charge needs a charger first; a card is no help there. */
export function toNeeds(settings: NeedSettings): NonNullable<GuidanceRequest['needs']> {
  const { maxWalkM, vehicleHeightM, maxEurPerHour, stayMin, acceptsCarParks } = settings;
  return {
    acceptsCarParks,
    ...(settings.hasBlueCard && { audience: 'disabled' as const }),
    ...(settings.isElectric && { audience: 'charging' as const }),
    ...(maxWalkM !== null && { maxWalkM }),
    ...(vehicleHeightM !== null && { vehicleHeightM }),
    ...(maxEurPerHour !== null && { maxFeeEurPerHour: maxEurPerHour }),
    ...(stayMin !== null && { stayMin }),
  };
}

const words: Readonly<Record<NeedKey, (settings: NeedSettings, locale: Locale) => string | null>> =
  {
    isElectric: ({ isElectric }) => (isElectric ? m.filter_charging() : null),
    hasBlueCard: ({ hasBlueCard }) => (hasBlueCard ? m.blue_card() : null),
    vehicleHeightM: ({ vehicleHeightM: height }, locale) =>
      height === null ? null : m.need_height({ height: formatHeight(height, locale) }),
    maxWalkM: ({ maxWalkM }, locale) =>
      maxWalkM === null ? null : m.need_walk({ distance: formatDistance(maxWalkM, locale) }),
    maxEurPerHour: ({ maxEurPerHour: price }, locale) =>
      price === null ? null : m.need_price({ price: formatEuros(price, locale) }),
    stayMin: ({ stayMin }) =>
      stayMin === null ? null : m.need_stay({ stay: formatStay(stayMin) }),
    acceptsCarParks: ({ acceptsCarParks }) => (acceptsCarParks ? null : m.need_street()),
  };

export interface Need {
  readonly key: NeedKey;
  readonly text: string;
}

/** The needs that narrow the choice, in words. */
export function listNeeds(settings: NeedSettings, locale: Locale): readonly Need[] {
  const needs: Need[] = [];
  for (const key of needKeys) {
    const text = words[key](settings, locale);
    if (text !== null) needs.push({ key, text });
  }
  return needs;
}
