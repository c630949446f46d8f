import type {
  GuidanceEvent,
  GuidanceRequest,
  GuidanceSession,
  GuidanceWay,
} from '../../../services/contract/guidance.ts';
import type { Motion } from '../drive/motion.ts';
import type { Destination } from '../site/search.ts';
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
import { keepGuidance } from './memory.ts';

/** How far a trip is. */
export type Step = 'where' | 'asking' | 'advice' | 'underway' | 'parked';

/** What a session must know of the trip it is for. */
interface Trip {
  readonly step: Step;
  /** Nothing is followed any more. */
  onOver(): void;
}

/** A trip's session on the server: begun, told, followed, and ended with it. */
export class TripSession {
  now = $state.raw<GuidanceSession | null>(null);
  trouble = $state.raw<GuideTrouble | null>(null);
  /** A navigation app took over: the session lives on while this page is away. */
  isHandedOver = false;

  readonly #trip: Trip;
  /** Answers to older questions are dropped. */
  #question = 0;
  #unfollow: () => void = () => undefined;

  constructor(trip: Trip) {
    this.#trip = trip;
    window.addEventListener('pagehide', this.#onPageHide);
  }

  /** Asks for advice; `stale` when something else was asked meanwhile. */
  async begin(request: GuidanceRequest): Promise<'begun' | 'failed' | 'stale'> {
    const question = this.#question;
    try {
      const session = await startSession(request);
      if (question !== this.#question) {
        endSession(session.id);
        return 'stale';
      }
      this.#follow(session);
      return 'begun';
    } catch (error) {
      if (question !== this.#question) return 'stale';
      this.#fail(error);
      return 'failed';
    }
  }

  /** Goes on with a session that was handed over before the page was closed. */
  async resume(id: string): Promise<void> {
    this.isHandedOver = true;
    try {
      this.#follow(await lookAtSession(id));
    } catch (error) {
      this.#fail(error);
    }
  }

  async tell(event: GuidanceEvent): Promise<void> {
    if (this.now === null) return;
    const question = this.#question;
    try {
      const session = await tellSession(this.now.id, event);
      if (question === this.#question) this.now = session;
    } catch (error) {
      if (question === this.#question) this.#fail(error);
    }
  }

  /** By which streets to the target; asked with the position as it is, which the server forgets. */
  async askWay({ lat, lon, headingDeg }: Motion): Promise<GuidanceWay> {
    if (this.now === null) return { siteId: null, way: null };
    return askWay(this.now.id, { from: { lat, lon }, ...(headingDeg !== null && { headingDeg }) });
  }

  /** Remembers on this device what is needed to go on after the page was closed. */
  keep(siteId: string, destination: Destination): void {
    if (this.now === null) return;
    keepGuidance({ id: this.now.id, siteId, destination, savedAtMs: Date.now() });
  }

  /** Follows no longer; the server's copy ends by itself, or has ended. */
  forget(): void {
    this.#question += 1;
    this.#unfollow();
    this.#trip.onOver();
    this.now = null;
    keepGuidance(null);
  }

  /** Ends it here and on the server. */
  leave(): void {
    if (this.now !== null && this.#trip.step !== 'parked') endSession(this.now.id);
    this.forget();
    this.isHandedOver = false;
    this.trouble = null;
  }

  /** The trip is over: what becomes of the page is of no interest any more. */
  close(): void {
    window.removeEventListener('pagehide', this.#onPageHide);
  }

  #onPageHide = (): void => {
    if (!this.isHandedOver && this.now !== null) endSession(this.now.id);
  };

  #follow(session: GuidanceSession): void {
    this.now = session;
    this.trouble = null;
    this.#unfollow();
    this.#unfollow = followSession(session.id, {
      onSession: (next) => (this.now = next),
      onEnded: () => {
        // The car stands: what the server says from now on is no news.
        if (this.#trip.step === 'parked') return;
        this.now = null;
        this.trouble = 'expired';
        keepGuidance(null);
      },
      onConnection: (isOpen) => {
        if (isOpen) this.trouble = null;
        else if (this.#trip.step === 'underway')
          this.trouble = navigator.onLine ? 'server' : 'offline';
      },
    });
  }

  #fail(error: unknown): void {
    this.trouble = guideTroubleOf(error);
    if (this.trouble === 'expired') this.forget();
  }
}
