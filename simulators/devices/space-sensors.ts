import { findEncoder } from '../encoders/index.ts';
import type { SensorState, SpaceEncoder } from '../encoders/encoder.ts';
import { between, chance, exponential, uniform } from '../random.ts';
import type { City } from '../town/city.ts';
import type { Queue } from '../town/queue.ts';
import type { Device, Radio } from './device.ts';
import { nextJoinS, temperatureC } from './device.ts';

/** Kinds of happenings in the queue. */
const detect = 21;
const lookAgain = 22;
const misread = 23;
const readRight = 24;
const heartbeat = 25;
const rejoin = 26;
const hello = 27;

/**
 * Imperfections, as in the estimators' validation: latency of seeing a car come and go, arrivals
 * that are missed until the sensor looks again, false "vacant" while a car stands there.
 */
const imperfect = {
  occupiedS: { least: 10, most: 40 },
  vacantS: { least: 5, most: 25 },
  missedRatio: 0.02,
  lookAgainS: 3600,
  misreadsPerHour: 0.02,
  misreadS: { least: 60, most: 600 },
};
/** A misreading later than this after the arrival is not planned: hardly any car stays so long. */
const misreadHorizonS = 36_000;

export interface StoredSensor {
  actual: boolean;
  /** What it last said. */
  said: boolean;
  /** Grows with every real change: what was planned before is void. */
  change: number;
  saidAtS: number;
  previousMs: number | null;
}

const fresh: StoredSensor = {
  actual: false,
  said: false,
  change: 0,
  saidAtS: 0,
  previousMs: null,
};

interface Sensor extends StoredSensor {
  readonly space: number;
  readonly device: Device;
  readonly encoder: SpaceEncoder;
}

export interface SpaceSensors {
  start(occupied: Uint8Array): void;
  spaceChanged(space: number, occupied: boolean, atS: number): void;
  handle(kind: number, index: number, data: unknown, atS: number): boolean;
  store(): readonly StoredSensor[];
}

/** One sensor in each watched space: debounces, errs, and tells. */
export function createSpaceSensors(
  city: City,
  radio: Radio,
  queue: Queue,
  startMs: number,
  /** Told what every frame says of its space. */
  told: (space: number, occupied: boolean, atS: number) => void,
  stored?: readonly StoredSensor[],
): SpaceSensors {
  const spaceIndex = new Map(city.spaces.map(({ id }, index) => [id, index]));
  const sensors: Sensor[] = [];
  const sensorOf = new Int32Array(city.spaces.length).fill(-1);
  const spaceOf: number[] = [];
  for (const device of radio.devices) {
    const [kind, id] = device.installation.watches;
    const encoder = findEncoder(device.installation.model);
    const space = spaceIndex.get(id ?? '');
    if (kind !== 'space' || space === undefined || encoder?.kind !== 'space') continue;
    const state = stored?.[sensors.length] ?? fresh;
    sensorOf[space] = sensors.length;
    spaceOf.push(space);
    sensors.push({ ...state, space, device, encoder });
  }

  const seen = ({ device, said, previousMs }: Sensor, atS: number): SensorState => ({
    occupied: said,
    previousStateMs: previousMs,
    temperatureC: temperatureC(startMs + atS * 1000),
    batteryV: device.batteryV(atS),
    sequence: device.state.sequence,
    atMs: startMs + Math.round(atS * 1000),
  });

  function say(sensor: Sensor, occupied: boolean, atS: number): void {
    sensor.previousMs = Math.round((atS - sensor.saidAtS) * 1000);
    sensor.said = occupied;
    sensor.saidAtS = atS;
    told(sensor.space, occupied, atS);
    radio.send(sensor.device, atS, [sensor.encoder.encodeStatus(seen(sensor, atS))], sensor.actual);
  }

  function notice(index: number, change: number, atS: number): void {
    const sensor = sensors[index]!;
    const { random } = sensor.device;
    if (change !== sensor.change || sensor.actual === sensor.said) return;
    if (sensor.actual && chance(random, imperfect.missedRatio)) {
      queue.schedule(atS + uniform(random) * imperfect.lookAgainS, lookAgain, index, change);
      return;
    }
    say(sensor, sensor.actual, atS);
    if (sensor.actual) planMisreading(index, change, atS);
  }

  function planMisreading(index: number, change: number, atS: number): void {
    const wait = 120 + exponential(sensors[index]!.device.random, 3600 / imperfect.misreadsPerHour);
    if (wait < misreadHorizonS) queue.schedule(atS + wait, misread, index, change);
  }

  function misreadNow(index: number, change: number, atS: number): void {
    const sensor = sensors[index]!;
    if (change !== sensor.change || !sensor.said) return;
    say(sensor, false, atS);
    const until =
      atS + between(sensor.device.random, imperfect.misreadS.least, imperfect.misreadS.most);
    queue.schedule(until, readRight, index, change);
  }

  function correct(index: number, change: number, atS: number): void {
    const sensor = sensors[index]!;
    if (change === sensor.change && sensor.actual !== sensor.said) say(sensor, sensor.actual, atS);
  }

  function beat(index: number, atS: number): void {
    const sensor = sensors[index]!;
    told(sensor.space, sensor.said, atS);
    const frame = sensor.encoder.encodeHeartbeat(seen(sensor, atS));
    radio.send(sensor.device, atS, [frame], sensor.actual);
  }

  return {
    start(occupied) {
      sensors.forEach((sensor, index) => {
        const { random, profile } = sensor.device;
        sensor.actual = occupied[spaceOf[index]!] === 1;
        sensor.said = sensor.actual;
        // A first sign of life within minutes of being switched on, then each in its own beat.
        queue.schedule(uniform(random) * 300, hello, index, null);
        queue.schedule(300 + uniform(random) * profile.heartbeatS, heartbeat, index, null);
        queue.schedule(nextJoinS(random), rejoin, index, null);
      });
    },
    spaceChanged(space, occupied, atS) {
      const index = sensorOf[space]!;
      if (index < 0) return;
      const sensor = sensors[index]!;
      sensor.actual = occupied;
      sensor.change++;
      const { least, most } = occupied ? imperfect.occupiedS : imperfect.vacantS;
      const wait = between(sensor.device.random, least, most);
      queue.schedule(atS + wait, detect, index, sensor.change);
    },
    handle(kind, index, data, atS) {
      const change = data as number;
      switch (kind) {
        case detect:
          notice(index, change, atS);
          return true;
        case lookAgain:
        case readRight:
          correct(index, change, atS);
          return true;
        case misread:
          misreadNow(index, change, atS);
          return true;
        case hello:
          beat(index, atS);
          return true;
        case heartbeat: {
          beat(index, atS);
          const { heartbeatS } = sensors[index]!.device.profile;
          queue.schedule(atS + heartbeatS, heartbeat, index, null);
          return true;
        }
        case rejoin:
          radio.join(sensors[index]!.device, atS);
          queue.schedule(atS + nextJoinS(sensors[index]!.device.random), rejoin, index, null);
          return true;
        default:
          return false;
      }
    },
    store: () =>
      sensors.map(({ actual, said, change, saidAtS, previousMs }) => ({
        actual,
        said,
        change,
        saidAtS,
        previousMs,
      })),
  };
}
