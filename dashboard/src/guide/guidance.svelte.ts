import { tick } from 'svelte';
import type {
  GuidanceEvent,
  GuidanceSession,
  GuidanceWay,
} from '../../../services/contract/guidance.ts';
import type { Site } from '../../../services/contract/site.ts';
import type { SettingsData } from '../driver/settings.svelte.ts';
import { createDrivingDetector, isArriving, watchMotion, type Motion } from '../drive/motion.ts';
import type { Place } from '../site/geo.ts';
import type { Destination } from '../site/search.ts';
import { findProposal, isLost, suggestionsOf } from './advice.ts';
import {
  askWay,
  endSession,
  followSession,
  guideTroubleOf,
  lookAtSession,
  startSession,
  tellSession,
  type GuideTrouble,
} from './guide-api.ts';
import { keepGuidance, keepParked, type KeptGuidance, type ParkedCar } from './memory.ts';
import { relaxNeeds, toNeeds, type NeedKey } from './needs.ts';

export type Step = 'where' | 'asking' | 'advice' | 'underway' | 'parked';

/** The server looks at its advice again every half a minute at most. */
const tellEveryMs = 30_000;
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
  session = $state.raw<GuidanceSession | null>(null);
  trouble = $state.raw<GuideTrouble | null>(null);
  /** The site the driver goes to. */
  chosenId = $state.raw<string | null>(null);
  isDriving = $state.raw(false);
  motion = $state.raw<Motion | null>(null);
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
  #question = 0;
  #isHandedOver = false;
  #toldAtMs = 0;
  #unfollow: () => void = () => undefined;
  #unwatch: (() => void) | null = null;
  #drives = createDrivingDetector();

  constructor(driver: GuideHost) {
    this.#driver = driver;
    window.addEventListener('pagehide', this.#onPageHide);
  }

  /** Asks for advice for a destination; `wantedId` is a site the driver chose already. */
  async ask(destination: Destination, wantedId: string | null = null): Promise<void> {
    this.#leaveSession();
    this.destination = destination;
    this.step = 'asking';
    const question = this.#question;
    try {
      const position = this.motion ?? this.#driver.position;
      const session = await startSession({
        destination: { lat: destination.lat, lon: destination.lon },
        needs: toNeeds(this.needs),
        ...(position !== null && { from: roughly(position) }),
      });
      if (question !== this.#question) {
        endSession(session.id);
        return;
      }
      this.#follow(session);
      this.step = 'advice';
      if (wantedId !== null) await this.pick(wantedId);
    } catch (error) {
      if (question !== this.#question) return;
      this.#fail(error);
      this.step = 'advice';
    }
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
    if (this.#isHandedOver) this.#keep();
    if (this.#driver.position !== null) this.watch();
    const expectedAt = toInstant(this.#driver.live.nowMs + driveMin * 60_000);
    await this.#tell({ event: 'picked', siteId, expectedAt });
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
    this.#isHandedOver = true;
    this.#keep();
  }

  /** Goes on with a session that was handed over before the page was closed. */
  async resume(kept: KeptGuidance): Promise<void> {
    this.destination = kept.destination;
    this.#driver.destination = kept.destination;
    this.chosenId = kept.siteId;
    this.#isHandedOver = true;
    this.step = 'underway';
    try {
      this.#follow(await lookAtSession(kept.id));
    } catch (error) {
      this.#fail(error);
    }
  }

  async foundFull(): Promise<void> {
    this.chosenId = null;
    this.isDriving = false;
    this.hasRefused = false;
    this.step = 'asking';
    await this.#tell({ event: 'found-full' });
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
    await this.#tell({ event: 'arrived', siteId: chosen.id });
    this.#forget();
    this.trouble = null;
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
    this.#unwatch ??= watchMotion(
      (motion) => this.#move(motion),
      () => {
        this.motion = null;
      },
    );
  }

  /** By which streets to the target; asked with the position as it is, which the server forgets. */
  async askWay({ lat, lon, headingDeg }: Motion): Promise<GuidanceWay> {
    const id = this.session?.id;
    if (id === undefined) return { siteId: null, way: null };
    return askWay(id, { from: { lat, lon }, ...(headingDeg !== null && { headingDeg }) });
  }

  /** Ends the trip; nothing of it is left on the server. */
  end(): void {
    this.#leaveSession();
    window.removeEventListener('pagehide', this.#onPageHide);
    this.#driver.guide = null;
    this.#driver.isGuiding = false;
    this.#driver.isPicking = false;
    void tick().then(() => document.getElementById('guide-open')?.focus());
  }

  #onPageHide = (): void => {
    if (!this.#isHandedOver && this.session !== null) endSession(this.session.id);
  };

  #follow(session: GuidanceSession): void {
    this.session = session;
    this.trouble = null;
    this.#unfollow();
    this.#unfollow = followSession(session.id, {
      onSession: (next) => (this.session = next),
      onEnded: () => {
        if (this.step === 'parked') return;
        this.session = null;
        this.trouble = 'expired';
        keepGuidance(null);
      },
      onConnection: (isOpen) => {
        if (isOpen) this.trouble = null;
        else if (this.step === 'underway') this.trouble = navigator.onLine ? 'server' : 'offline';
      },
    });
  }

  #park(car: ParkedCar): void {
    keepParked(car);
    this.#driver.parked = car;
  }

  #move(motion: Motion): void {
    this.motion = motion;
    const { opensDriveMode } = this.#driver.settings.data;
    if (this.#drives(motion) && opensDriveMode && this.step === 'underway') this.isDriving = true;
    const nowMs = Date.now();
    if (this.session === null || nowMs - this.#toldAtMs < tellEveryMs) return;
    this.#toldAtMs = nowMs;
    void this.#tell({ event: 'position', from: roughly(motion) });
  }

  async #tell(event: GuidanceEvent): Promise<void> {
    if (this.session === null) return;
    const question = this.#question;
    try {
      const session = await tellSession(this.session.id, event);
      if (question === this.#question) this.session = session;
    } catch (error) {
      if (question === this.#question) this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.trouble = guideTroubleOf(error);
    if (this.trouble === 'expired') this.#forget();
  }

  #keep(): void {
    if (this.session === null || this.chosenId === null || this.destination === null) return;
    keepGuidance({
      id: this.session.id,
      siteId: this.chosenId,
      destination: this.destination,
      savedAtMs: Date.now(),
    });
  }

  /** Nothing is followed any more. */
  #forget(): void {
    this.#question += 1;
    this.#unfollow();
    this.#unwatch?.();
    this.#unwatch = null;
    this.session = null;
    keepGuidance(null);
  }

  #leaveSession(): void {
    if (this.session !== null && this.step !== 'parked') endSession(this.session.id);
    this.#forget();
    this.#isHandedOver = false;
    this.isDriving = false;
    this.chosenId = null;
    this.hasRefused = false;
    this.trouble = null;
    this.#toldAtMs = 0;
  }
}
