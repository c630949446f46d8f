import { createCounters } from './devices/counters.ts';
import type { StoredCounters } from './devices/counters.ts';
import type { Device, RadioEvents, StoredDevice } from './devices/device.ts';
import { createRadio } from './devices/device.ts';
import type { StoredSensor } from './devices/space-sensors.ts';
import { createSpaceSensors } from './devices/space-sensors.ts';
import type { City } from './town/city.ts';
import { buildCity } from './town/city.ts';
import type { Deployment } from './town/deployment.ts';
import { createIsoTime, createLocalTime, localTimeBefore } from './town/local-time.ts';
import type { Advice, Advise, Guide } from './town/guide.ts';
import type { Happening } from './town/queue.ts';
import { createQueue } from './town/queue.ts';
import type { StoredTown, Town, TownEvents, TownOptions } from './town/town.ts';
import { createTown } from './town/town.ts';
import type { StoredTruth, Truth } from './town/truth.ts';
import { createTruth } from './town/truth.ts';

/** When the world began and what happens in it; the same origin gives the same world. */
export interface Origin {
  readonly seed: number;
  readonly startMs: number;
  /** Local midnight at which the measure begins; `null` without one. */
  readonly measure: { readonly fromMs: number; readonly date: string } | null;
  /** Local midnight from which on drivers ask for guidance; `null` if none does. */
  readonly guidance: { readonly fromMs: number; readonly date: string } | null;
}

/** An answer of guidance and when it came: with them a stored world goes on as it went on. */
export interface StoredAdvice {
  readonly atS: number;
  readonly driver: number;
  readonly advice: Advice;
}

/** Makes the guide of a world, when its streets are there. */
export type OpenGuide = (
  city: City,
  world: {
    readonly advise: Advise;
    readonly carParkCars: () => Int32Array;
    readonly fromS: number;
  },
) => Guide;

/** A world at a time, as plain data. */
export interface StoredWorld {
  readonly origin: Origin;
  readonly nowS: number;
  readonly queue: { readonly order: number; readonly items: readonly Happening[] };
  readonly town: StoredTown;
  readonly truth: StoredTruth;
  readonly radio: readonly StoredDevice[];
  readonly sensors: readonly StoredSensor[];
  readonly counters: StoredCounters;
}

export interface World {
  readonly origin: Origin;
  readonly city: City;
  readonly devices: readonly Device[];
  readonly truth: Truth;
  readonly town: Town;
  /** Everything before this has happened. */
  nowMs(): number;
  /** Lets happen what happens until `untilMs`, at most `most` things; false when there is more. */
  advance(untilMs: number, most?: number): boolean;
  store(): StoredWorld;
}

/** Local hour at which a world begins. */
const beginHour = 3;

/**
 * The beginning of a world whose history ends at `anchorMs`: `days` and a part of a day before, when the streets
 * and car parks are empty, so that counters and cars begin at the same number.
 */
export function originOf(
  deployment: Deployment,
  anchorMs: number,
  options: { readonly seed: number; readonly days: number },
): Origin {
  const { timeZone } = deployment;
  const { measure, guidance } = deployment.simulation;
  const begin = (one: { readonly daysBeforeStart: number } | null) => {
    const at = one && localTimeBefore(anchorMs, one.daysBeforeStart, 0, timeZone);
    return at && { fromMs: at.atMs, date: at.date };
  };
  return {
    seed: options.seed,
    startMs: localTimeBefore(anchorMs - beginHour * 3_600_000, options.days, beginHour, timeZone)
      .atMs,
    measure: begin(measure),
    guidance: begin(guidance),
  };
}

/** A world at its beginning, or a stored one. Its events come out in the order of time. */
export function createWorld(
  deployment: Deployment,
  origin: Origin,
  events: RadioEvents,
  options: {
    readonly openGuide?: OpenGuide;
    /** Told every answer of guidance. */
    readonly onAdvice?: (advice: StoredAdvice) => void;
    readonly stored?: StoredWorld;
    /** What guidance answered after the world was stored. */
    readonly answers?: readonly StoredAdvice[];
  } = {},
): World {
  const { openGuide, onAdvice, answers = [] } = options;
  const stored: Partial<StoredWorld> = options.stored ?? {};
  const { startMs, seed } = origin;
  const city = buildCity(deployment);
  const queue = createQueue(stored.queue);
  const localTime = createLocalTime(deployment.timeZone);
  const toIso = createIsoTime(startMs);
  const truth = createTruth(city, toIso, stored.truth);
  const radio = createRadio(
    deployment.installations,
    { seed, startMs },
    queue,
    events,
    stored.radio,
  );
  const sensors = createSpaceSensors(
    city,
    radio,
    queue,
    startMs,
    (space, occupied, atS) => guide?.news(space, occupied, atS),
    stored.sensors,
  );
  const counters = createCounters(city, radio, queue, startMs, stored.counters);
  const townEvents: TownEvents = {
    spaceChanged: sensors.spaceChanged,
    passed: counters.passed,
    gatePassed: counters.gatePassed,
  };
  const fromS = ((origin.guidance?.fromMs ?? Infinity) - startMs) / 1000;
  const guide = openGuide?.(city, {
    fromS,
    carParkCars: () => town.carParkCars,
    advise(driver, advice) {
      town.advise(driver, advice, nowS);
      onAdvice?.({ atS: nowS, driver, advice });
    },
  });
  const town: Town = createTown(
    city,
    queue,
    truth,
    (atS) => localTime(startMs + atS * 1000),
    townEvents,
    {
      seed,
      arrivalsPerHour: deployment.simulation.arrivalsPerHour,
      measure: measureOf(deployment, origin, city),
      guidance: askedFrom(deployment, guide, fromS),
    },
    stored.town,
  );
  let nowS = stored.nowS ?? 0;
  for (const { driver, advice, atS } of answers) town.advise(driver, advice, atS);
  if (options.stored === undefined) {
    town.start();
    sensors.start(town.occupied);
    counters.start();
  }

  function happen({ kind, index, data, atS }: Happening): void {
    const isHandled =
      town.handle(kind, index, data, atS) ||
      sensors.handle(kind, index, data, atS) ||
      radio.handle(kind, data) ||
      counters.handle(kind, index, atS);
    if (!isHandled) throw new Error(`nobody knows what happens with kind ${kind}`);
  }

  return {
    origin,
    city,
    devices: radio.devices,
    truth,
    town,
    nowMs: () => startMs + Math.floor(nowS * 1000),
    advance(untilMs, most = Infinity) {
      const untilS = (untilMs - startMs) / 1000;
      for (let i = 0; queue.nextAtS() < untilS; i++) {
        if (i >= most) return false;
        const next = queue.pop()!;
        nowS = next.atS;
        happen(next);
      }
      nowS = Math.max(nowS, untilS);
      return true;
    },
    store: () => ({
      origin,
      nowS,
      queue: queue.store(),
      town: town.store(),
      truth: truth.store(),
      radio: radio.store(),
      sensors: sensors.store(),
      counters: counters.store(),
    }),
  };
}

/** Who asks for guidance from when on; nobody where there is no guide. */
function askedFrom(
  { simulation }: Deployment,
  guide: Guide | undefined,
  fromS: number,
): TownOptions['guidance'] {
  const { guidance } = simulation;
  return guidance === null || guide === undefined ? null : { ...guidance, guide, fromS };
}

function measureOf(deployment: Deployment, origin: Origin, city: City): TownOptions['measure'] {
  const { measure } = deployment.simulation;
  if (measure === null || origin.measure === null) return null;
  return {
    zones: new Set(measure.zones.map((id) => city.zones.indexOf(id))),
    fromS: (origin.measure.fromMs - origin.startMs) / 1000,
    arrivalsFactor: measure.arrivalsFactor,
    stayFactor: measure.stayFactor,
  };
}
