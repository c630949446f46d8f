import { getContext, setContext } from 'svelte';
import type { Site, Streets } from '../../../services/contract/site.ts';
import type { Guidance } from '../guide/guidance.svelte.ts';
import type { ParkedCar } from '../guide/memory.ts';
import { getStreets } from '../live/api.ts';
import { LiveSites } from '../live/live-sites.svelte.ts';
import { listActive, matches } from '../site/filter.ts';
import { listRowFacts, shownChance, type Fact, type FactContext } from '../site/facts.ts';
import { distanceM, type Place } from '../site/geo.ts';
import { rank } from '../site/rank.ts';
import type { Destination } from '../site/search.ts';
import { m } from '../paraglide/messages.js';
import { locale } from '../ui/locale.svelte.ts';
import { Settings, type SettingsData } from './settings.svelte.ts';

export type View = 'list' | 'map';
export type Sheet = 'site' | 'filter' | 'settings' | 'help';

const pageSize = 50;
/** Farther from every site than this is "out of area". */
const areaM = 5000;
/** What "near" means in announcements. */
const nearM = 300;

interface Choices {
  readonly settings: SettingsData;
  readonly from: Place;
  readonly isFeedStale: boolean;
  readonly inventory: number;
}

/** What the driver's page shows now: choices of the driver over the live sites. */
export class Driver {
  readonly live = new LiveSites();
  readonly settings = new Settings();
  view = $state.raw<View>('list');
  sheet = $state.raw<Sheet | null>(null);
  selectedId = $state.raw<string | null>(null);
  destination = $state.raw<Destination | null>(null);
  position = $state.raw<Place | null>(null);
  locating = $state.raw<'idle' | 'asking' | 'denied'>('idle');
  streets = $state.raw<Streets>();
  /** Guidance takes the place of the list; everything of it is fetched then. */
  isGuiding = $state.raw(false);
  guide = $state.raw<Guidance | null>(null);
  /** The next tap on the map is the destination. */
  isPicking = $state.raw(false);
  parked = $state.raw<ParkedCar | null>(null);
  /** A site the driver wants to be guided to, whatever is recommended. */
  wantedSite: Site | null = null;
  limit = $state.raw(pageSize);
  /** Ids in the order shown; kept still while somebody is on a row. */
  order = $state.raw<readonly string[]>([]);

  readonly centre: Place = $derived(this.live.deployment?.map ?? { lat: 0, lon: 0 });
  readonly from: Place = $derived(this.destination ?? this.position ?? this.centre);
  readonly hasOrigin = $derived(this.destination !== null || this.position !== null);
  /** Whatever of these changes, the order follows at once. */
  readonly choices: Choices = $derived({
    settings: this.settings.data,
    from: this.from,
    isFeedStale: this.live.isStale,
    inventory: this.live.inventory,
  });
  readonly filterCount = $derived(listActive(this.settings.data.filter).length);
  readonly rows: readonly Site[] = $derived.by(() => {
    return this.order
      .slice(0, this.limit)
      .map((id) => this.live.find(id))
      .filter((site) => site !== undefined);
  });
  readonly selected: Site | undefined = $derived.by(() => {
    return this.selectedId === null ? undefined : this.live.find(this.selectedId);
  });
  readonly isOutOfArea: boolean = $derived.by(() => {
    if (!this.hasOrigin || this.live.phase !== 'ready') return false;
    return this.live.list().every((site) => distanceM(site, this.from) > areaM);
  });

  #isLoadingStreets = false;

  /** Asked for by a press only, and asked once: no is an answer. Resolves to whether it is known now. */
  locate(): Promise<boolean> {
    this.locating = 'asking';
    return new Promise((resolve) => {
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          this.position = { lat: coords.latitude, lon: coords.longitude };
          this.locating = 'idle';
          resolve(true);
        },
        () => {
          this.locating = 'denied';
          resolve(false);
        },
        { enableHighAccuracy: true, timeout: 10_000, maximumAge: 30_000 },
      );
    });
  }

  startGuide(site: Site | null = null): void {
    this.wantedSite = site;
    this.sheet = null;
    this.view = 'list';
    this.isGuiding = true;
  }

  startPicking(): void {
    this.isPicking = true;
    this.view = 'map';
  }

  stopPicking(): void {
    this.isPicking = false;
    this.view = 'list';
  }

  /** The place on the map that was tapped is the destination. */
  pickPlace({ lat, lon }: Place): void {
    this.destination = { name: m.guide_point(), lat, lon };
    this.stopPicking();
  }

  /** New order by the driver's choices and the present. */
  reorder({ settings, from, isFeedStale }: Choices = this.choices): void {
    const { filter, savedIds, sort, hasBlueCard, maxWalkM, maxEurPerHour } = settings;
    const sites = this.live
      .list()
      .filter((site) => matches(site, filter, { isFeedStale, savedIds }));
    const context = { from, isFeedStale, hasBlueCard, maxWalkM, maxEurPerHour };
    this.order = rank(sites, sort, context);
  }

  showMore(): void {
    this.limit += pageSize;
  }

  select(id: string | null): void {
    this.selectedId = id;
  }

  openSite(id: string): void {
    this.selectedId = id;
    this.sheet = 'site';
  }

  /** Next row of the list as selection, for those who walk along the map without a pointer. */
  selectNext(): void {
    const at = this.selectedId === null ? -1 : this.order.indexOf(this.selectedId);
    this.selectedId = this.order[(at + 1) % Math.max(1, this.order.length)] ?? null;
  }

  rowFacts(site: Site): readonly Fact[] {
    return listRowFacts(site, this.factContext(site));
  }

  factContext(site: Site): FactContext {
    return {
      nowMs: this.live.nowMs,
      locale: locale.value,
      isFeedStale: this.live.isStale,
      distanceM: distanceM(site, this.from),
    };
  }

  /** Street names for the search and lines for the map, asked for once and only when needed. */
  async loadStreets(): Promise<void> {
    if (this.streets !== undefined || this.#isLoadingStreets) return;
    this.#isLoadingStreets = true;
    try {
      this.streets = await getStreets();
    } catch {
      // The search then knows sites only, the map draws kerbs only; the next call asks again.
    } finally {
      this.#isLoadingStreets = false;
    }
  }

  /** One sentence for the status region. */
  summary(): string {
    const near = this.live.list().filter((site) => distanceM(site, this.from) <= nearM);
    const good = near.filter((site) => shownChance(site, this.live.isStale) === 'good').length;
    return m.announce_good({ n: good, metres: nearM });
  }
}

const key = Symbol('driver');
export const provideDriver = (driver: Driver): Driver => setContext(key, driver);
export const getDriver = (): Driver => getContext<Driver>(key);
