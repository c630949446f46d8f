import { tick } from 'svelte';
import type { GuidanceSession, GuidanceWay } from '../../../services/contract/guidance.ts';
import type { Site } from '../../../services/contract/site.ts';
import type { SettingsData } from '../driver/settings.svelte.ts';
import { isArriving, type Motion } from '../drive/motion.ts';
import type { Place } from '../site/geo.ts';
import type { Destination } from '../site/search.ts';
import { findProposal, isLost, suggestionsOf } from './advice.ts';
import { CarPosition } from './car-position.svelte.ts';
import type { GuideTrouble } from './guide-api.ts';
import { keepParked, type KeptGuidance, type ParkedCar } from './memory.ts';
import { relaxNeeds, toNeeds, type NeedKey } from './needs.ts';
import { TripSession, type Step } from './trip-session.svelte.ts';

/** Where he usually is when the device does not say: five minutes away. */
const usualDriveMin = 5;

/** Four decimals are 10 m: near enough for advice, and no more than it needs. */
const roughly = ({ lat, lon }: Place) => ({
  lat: Number(lat.toFixed(4)),
  lon: Number(lon.toFixed(4)),
});

const toInstant = (ms: number): string => new Date(ms).toISOString();

/** What a trip needs of the page it is shown on. */
interface GuideHost {
  readonly live: { readonly nowMs: number; find(id: string): Site | undefined };
  readonly settings: { readonly data: SettingsData };
  readonly position: Place | null;
  destination: Destination | null;
  parked: ParkedCar | null;
  guide: Guidance | null;
  isGuiding: boolean;
  isPicking: boolean;
}

/** One trip under guidance, from "Wohin?" to the parked car. */
export class Guidance {
  step = $state.raw<Step>('where');
  /** The site the driver goes to. */
  chosenId = $state.raw<string | null>(null);
  isDriving = $state.raw(false);
  relaxed = $state.raw<readonly NeedKey[]>([]);
  /** A change was proposed and not wanted: the next hint comes after the arrival only. */
  hasRefused = $state.raw(false);
  destination = $state.raw<Destination | null>(null);

  readonly suggestions = $derived(suggestionsOf(this.session));
  readonly chosen: Site | undefined = $derived.by(() =>
    this.chosenId === null ? undefined : this.#driver.live.find(this.chosenId),
  );
  readonly isLost = $derived(isLost(this.session, this.chosenId));
  readonly proposal = $derived(this.hasRefused ? null : findProposal(this.session, this.chosenId));
  readonly isArriving = $derived(
    this.chosen !== undefined && this.motion !== null && isArriving(this.chosen, this.motion),
  );
  /** The site the map's card shows. */
  readonly focus: Site | undefined = $derived.by(() => {
    const first = this.suggestions[0]?.site.id;
    return this.chosen ?? (first === undefined ? undefined : this.#driver.live.find(first));
  });
  readonly needs = $derived.by(() => relaxNeeds(this.#driver.settings.data, this.relaxed));
  /** What the map marks: the suggestions in their order, or the one place to go to. */
  readonly marks: readonly Place[] = $derived.by(() => {
    if (this.step === 'underway') return this.chosen === undefined ? [] : [this.chosen];
    return this.step === 'advice' ? this.suggestions.map(({ site }) => site) : [];
  });

  readonly #driver: GuideHost;
  readonly #session = new TripSession(this);
  readonly #position = new CarPosition(this);

  constructor(driver: GuideHost) {
    this.#driver = driver;
  }

  /** The car has been driving for a while. */
  onDriving(): void {
    if (this.#driver.settings.data.opensDriveMode && this.step === 'underway')
      this.isDriving = true;
  }

  /** Tells the server where the car is; `false` when there is nobody to tell. */
  tellPosition(motion: Motion): boolean {
    if (this.session === null) return false;
    void this.#session.tell({ event: 'position', from: roughly(motion) });
    return true;
  }

  /** Nothing is followed any more. */
  onOver(): void {
    this.#position.stop();
  }

  get session(): GuidanceSession | null {
    return this.#session.now;
  }

  get trouble(): GuideTrouble | null {
    return this.#session.trouble;
  }

  get motion(): Motion | null {
    return this.#position.motion;
  }

  /** Asks for advice for a destination; `wantedId` is a site the driver chose already. */
  async ask(destination: Destination, wantedId: string | null = null): Promise<void> {
    this.#leaveSession();
    this.destination = destination;
    this.step = 'asking';
    const position = this.motion ?? this.#driver.position;
    const outcome = await this.#session.begin({
      destination: { lat: destination.lat, lon: destination.lon },
      needs: toNeeds(this.needs),
      ...(position !== null && { from: roughly(position) }),
    });
    if (outcome === 'stale') return;
    this.step = 'advice';
    if (outcome === 'begun' && wantedId !== null) await this.pick(wantedId);
  }

  /** Leaves a need out for this trip and asks again. */
  relax(key: NeedKey): void {
    this.relaxed = [...this.relaxed, key];
    if (this.destination !== null) void this.ask(this.destination);
  }

  async pick(siteId: string): Promise<void> {
    const suggestion = this.suggestions.find(({ site }) => site.id === siteId);
    const driveMin = suggestion?.driveMin ?? usualDriveMin;
    this.chosenId = siteId;
    this.step = 'underway';
    if (this.#session.isHandedOver) this.#keep();
    if (this.#driver.position !== null) this.watch();
    const expectedAt = toInstant(this.#driver.live.nowMs + driveMin * 60_000);
    await this.#session.tell({ event: 'picked', siteId, expectedAt });
  }

  /** The driver wants to stay with what he chose. */
  refuse(): void {
    this.hasRefused = true;
  }

  /** Back to the recommendations, as of now. */
  chooseAgain(): void {
    if (this.destination !== null) void this.ask(this.destination);
  }

  /** A navigation app takes over: the session lives on while this page is away. */
  handOver(): void {
    this.#session.isHandedOver = true;
    this.#keep();
  }

  /** Goes on with a session that was handed over before the page was closed. */
  async resume(kept: KeptGuidance): Promise<void> {
    this.destination = kept.destination;
    this.#driver.destination = kept.destination;
    this.chosenId = kept.siteId;
    this.step = 'underway';
    await this.#session.resume(kept.id);
  }

  async foundFull(): Promise<void> {
    this.chosenId = null;
    this.isDriving = false;
    this.hasRefused = false;
    this.step = 'asking';
    await this.#session.tell({ event: 'found-full' });
    this.step = 'advice';
  }

  /** The car stands: remembered on this device, told to the server without saying whose it is. */
  async arrived(): Promise<void> {
    const { chosen, motion } = this;
    if (chosen === undefined) return;
    const isThere = motion !== null && isArriving(chosen, motion);
    const at = isThere ? motion : chosen;
    this.#park({
      name: chosen.name,
      lat: at.lat,
      lon: at.lon,
      parkedAtMs: this.#driver.live.nowMs,
      maxStayMin: chosen.maxStayMin,
    });
    this.isDriving = false;
    this.step = 'parked';
    await this.#session.tell({ event: 'arrived', siteId: chosen.id });
    this.#session.forget();
    this.#session.trouble = null;
  }

  /** To this very site, whatever else is recommended near it. */
  goTo({ id, name, lat, lon }: Site): void {
    const destination = { name, lat, lon };
    this.#driver.destination = destination;
    void this.ask(destination, id);
  }

  /** The car is gone from where it stood. */
  pickUp(): void {
    keepParked(null);
    this.#driver.parked = null;
    this.end();
  }

  /** Follows the device's position; only after the driver has asked for it. */
  watch(): void {
    this.#position.watch();
  }

  /** By which streets to the target; asked with the position as it is, which the server forgets. */
  askWay(motion: Motion): Promise<GuidanceWay> {
    return this.#session.askWay(motion);
  }

  /** Ends the trip; nothing of it is left on the server. */
  end(): void {
    this.#leaveSession();
    this.#session.close();
    this.#driver.guide = null;
    this.#driver.isGuiding = false;
    this.#driver.isPicking = false;
    void tick().then(() => document.getElementById('guide-open')?.focus());
  }

  #park(car: ParkedCar): void {
    keepParked(car);
    this.#driver.parked = car;
  }

  #keep(): void {
    if (this.chosenId !== null && this.destination !== null)
      this.#session.keep(this.chosenId, this.destination);
  }

  #leaveSession(): void {
    this.#session.leave();
    this.isDriving = false;
    this.chosenId = null;
    this.hasRefused = false;
  }
}
