import { noFilter, type SiteFilter } from '../site/filter.ts';
import { sortOrders, type SortOrder } from '../site/rank.ts';
import type { RouteApp } from '../site/route-links.ts';
import { locale, preferredLocale, type Locale } from '../ui/locale.svelte.ts';

export type Theme = 'system' | 'light' | 'dark';
export type Colours = 'standard' | 'traffic' | 'grey';

/** Everything a browser remembers of a driver; it never leaves the device. */
export interface SettingsData {
  readonly language: Locale | null;
  readonly theme: Theme;
  readonly colours: Colours;
  readonly isHighContrast: boolean;
  readonly isReducedMotion: boolean;
  readonly vehicleHeightM: number | null;
  readonly isElectric: boolean;
  readonly hasBlueCard: boolean;
  readonly maxWalkM: number | null;
  readonly maxEurPerHour: number | null;
  /** Minutes one usually stays; `null` makes no difference. */
  readonly stayMin: number | null;
  readonly acceptsCarParks: boolean;
  readonly isVoiceOn: boolean;
  /** Drive mode comes by itself when the car moves. */
  readonly opensDriveMode: boolean;
  readonly routeApp: RouteApp | null;
  readonly sort: SortOrder;
  readonly filter: SiteFilter;
  readonly savedIds: readonly string[];
}

export const defaults: SettingsData = {
  language: null,
  theme: 'system',
  colours: 'standard',
  isHighContrast: false,
  isReducedMotion: false,
  vehicleHeightM: null,
  isElectric: false,
  hasBlueCard: false,
  maxWalkM: null,
  maxEurPerHour: null,
  stayMin: null,
  acceptsCarParks: true,
  isVoiceOn: false,
  opensDriveMode: false,
  routeApp: null,
  sort: 'best',
  filter: noFilter,
  savedIds: [],
};

const storageKey = 'parklotse.settings';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads what an older version may have written: a value of the wrong kind falls back to the default. */
export function parseSettings(value: unknown): SettingsData {
  const input = isRecord(value) ? value : {};
  const filter = isRecord(input['filter']) ? input['filter'] : {};
  const oneOf = <T extends string>(key: string, allowed: readonly T[], fallback: T): T =>
    allowed.find((word) => word === input[key]) ?? fallback;
  const numberOf = (from: Readonly<Record<string, unknown>>, key: string): number | null => {
    const number = from[key];
    return typeof number === 'number' && number > 0 && number < 100_000 ? number : null;
  };
  const textOf = (from: Readonly<Record<string, unknown>>, key: string): string | null => {
    const text = from[key];
    return typeof text === 'string' && text !== '' ? text : null;
  };
  const savedIds = Array.isArray(input['savedIds']) ? input['savedIds'] : [];
  return {
    language: oneOf<Locale | ''>('language', ['de', 'en'], '') || null,
    theme: oneOf('theme', ['system', 'light', 'dark'], 'system'),
    colours: oneOf('colours', ['standard', 'traffic', 'grey'], 'standard'),
    isHighContrast: input['isHighContrast'] === true,
    isReducedMotion: input['isReducedMotion'] === true,
    vehicleHeightM: numberOf(input, 'vehicleHeightM'),
    isElectric: input['isElectric'] === true,
    hasBlueCard: input['hasBlueCard'] === true,
    maxWalkM: numberOf(input, 'maxWalkM'),
    maxEurPerHour: numberOf(input, 'maxEurPerHour'),
    stayMin: numberOf(input, 'stayMin'),
    acceptsCarParks: input['acceptsCarParks'] !== false,
    isVoiceOn: input['isVoiceOn'] === true,
    opensDriveMode: input['opensDriveMode'] === true,
    routeApp:
      oneOf<RouteApp | ''>('routeApp', ['google', 'apple', 'waze', 'osm', 'geo'], '') || null,
    sort: oneOf('sort', sortOrders, 'best'),
    filter: {
      disabled: filter['disabled'] === true,
      charging: filter['charging'] === true,
      free: filter['free'] === true,
      heightM: numberOf(filter, 'heightM'),
      stayMin: numberOf(filter, 'stayMin'),
      place:
        filter['place'] === 'street' || filter['place'] === 'off-street' ? filter['place'] : 'all',
      zoneId: textOf(filter, 'zoneId'),
      open: filter['open'] === true,
      known: filter['known'] === true,
      saved: filter['saved'] === true,
    },
    savedIds: savedIds.filter((id): id is string => typeof id === 'string'),
  };
}

function read(): SettingsData {
  try {
    return parseSettings(JSON.parse(localStorage.getItem(storageKey) ?? '{}'));
  } catch {
    return defaults;
  }
}

/** The settings of this browser and how to change them. */
export class Settings {
  data = $state.raw<SettingsData>(read());

  constructor() {
    this.#show();
  }

  change(change: Partial<SettingsData>): void {
    this.data = { ...this.data, ...change };
    this.#show();
    try {
      localStorage.setItem(storageKey, JSON.stringify(this.data));
    } catch {
      // Storage may be switched off: the choice then lasts as long as the page.
    }
  }

  toggleSaved(id: string): void {
    const { savedIds } = this.data;
    const isSaved = savedIds.includes(id);
    this.change({
      savedIds: isSaved ? savedIds.filter((other) => other !== id) : [...savedIds, id],
    });
  }

  clear(): void {
    this.data = defaults;
    this.#show();
    try {
      localStorage.removeItem(storageKey);
    } catch {
      // Nothing was stored then.
    }
  }

  #show(): void {
    const { language, theme, colours, isHighContrast, isReducedMotion } = this.data;
    locale.value = language ?? preferredLocale(navigator.languages);
    const root = document.documentElement;
    root.lang = locale.value;
    root.dataset['theme'] = theme;
    root.dataset['colours'] = colours;
    root.dataset['contrast'] = isHighContrast ? 'more' : 'normal';
    root.dataset['motion'] = isReducedMotion ? 'less' : 'normal';
  }
}

/** Whether moving things should stay still, by the system's or the page's setting. */
export function prefersStillness(settings: SettingsData): boolean {
  return settings.isReducedMotion || matchMedia('(prefers-reduced-motion: reduce)').matches;
}
