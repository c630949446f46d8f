import { createDrivingDetector, watchMotion, type Motion } from '../drive/motion.ts';

/** What becomes of the car's movements. */
interface Follower {
  /** The car has been driving for a while. */
  onDriving(): void;
  /** Where it is, for the server; `false` when there is nobody to tell. */
  tellPosition(motion: Motion): boolean;
}

/** The server looks at its advice again every half a minute at most. */
const tellEveryMs = 30_000;

/** Where the car is, by the device, while somebody wants it followed. */
export class CarPosition {
  /** `null`: not known, or no longer. */
  motion = $state.raw<Motion | null>(null);

  readonly #follower: Follower;
  readonly #drives = createDrivingDetector();
  #unwatch: (() => void) | null = null;
  #toldAtMs = 0;

  constructor(follower: Follower) {
    this.#follower = follower;
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

  stop(): void {
    this.#unwatch?.();
    this.#unwatch = null;
    this.#toldAtMs = 0;
  }

  #move(motion: Motion): void {
    this.motion = motion;
    if (this.#drives(motion)) this.#follower.onDriving();
    const nowMs = Date.now();
    if (nowMs - this.#toldAtMs < tellEveryMs) return;
    if (this.#follower.tellPosition(motion)) this.#toldAtMs = nowMs;
  }
}
