import type { IntervalCounterEncoder, Lane, TotalCounterEncoder } from '../encoders/encoder.ts';
import { findEncoder } from '../encoders/index.ts';
import { chance, uniform } from '../random.ts';
import type { City } from '../town/city.ts';
import type { Queue } from '../town/queue.ts';
import type { Device, Radio } from './device.ts';
import { temperatureC } from './device.ts';

/** Kinds of happenings in the queue. */
const interval = 31;
const report = 32;

/** Vehicles a side radar does not see behind others. */
const undercountRatio = 0.04;
/** Vehicles an overrun counter does not see. */
const missedAtGateRatio = 0.0005;
const intervalS = 900;
/** How often a gate counter looks whether there is news, s. */
const reportS = 900;

/** Passing vehicles of one interval, by direction. */
interface Passed {
  vehicles: [number, number];
  speedSum: [number, number];
}

export interface StoredCounters {
  readonly passed: readonly (readonly (readonly [number, Passed])[])[];
  readonly gates: readonly { total: number; sentTotal: number; sentAtS: number }[];
}

interface Radar {
  readonly device: Device;
  readonly encoder: IntervalCounterEncoder;
  readonly passed: Map<number, Passed>;
}

interface Gate {
  readonly device: Device;
  readonly encoder: TotalCounterEncoder;
  readonly way: 'in' | 'out';
  total: number;
  sentTotal: number;
  sentAtS: number;
}

export interface Counters {
  start(): void;
  passed(stretch: number, edge: number, atS: number, speedKmh: number): void;
  gatePassed(carPark: number, way: 'in' | 'out', atS: number): void;
  handle(kind: number, index: number, atS: number): boolean;
  store(): StoredCounters;
}

/** Radars beside streets, which tell of intervals, and counters in lanes, which tell totals. */
export function createCounters(
  city: City,
  radio: Radio,
  queue: Queue,
  startMs: number,
  stored?: StoredCounters,
): Counters {
  const { radars, radarOf } = installRadars(city, radio.devices, stored);
  const { gates, gatesOf } = installGates(city, radio.devices, stored);

  function tellInterval(index: number, atS: number): void {
    const radar = radars[index]!;
    const key = Math.floor(atS / intervalS) - 1;
    const passed = radar.passed.get(key);
    radar.passed.delete(key);
    const lane = (way: 0 | 1): Lane => {
      const vehicles = passed?.vehicles[way] ?? 0;
      const mean = vehicles === 0 ? null : Math.round((passed?.speedSum[way] ?? 0) / vehicles);
      return { vehicles, meanSpeedKmh: mean };
    };
    const endMs = startMs + (key + 1) * intervalS * 1000;
    const frames = radar.encoder.encodeCounts({
      intervalEndMs: endMs,
      left: lane(0),
      right: lane(1),
      temperatureC: temperatureC(endMs),
      batteryV: radar.device.batteryV(atS),
    });
    radio.send(radar.device, atS, frames, false);
    queue.schedule(atS + intervalS, interval, index, null);
  }

  function tellTotal(index: number, atS: number): void {
    const gate = gates[index]!;
    queue.schedule(atS + reportS, report, index, null);
    const isQuiet = gate.total === gate.sentTotal;
    const { heartbeatS } = gate.device.profile;
    if (isQuiet && atS - gate.sentAtS < heartbeatS) return;
    gate.sentTotal = gate.total;
    gate.sentAtS = atS;
    radio.send(gate.device, atS, [gate.encoder.encodeTotal(gate.total)], false);
  }

  return {
    start() {
      radars.forEach(({ device }, index) =>
        queue.schedule(intervalS + uniform(device.random) * 20, interval, index, null),
      );
      gates.forEach(({ device }, index) =>
        queue.schedule(uniform(device.random) * reportS, report, index, null),
      );
    },
    passed(stretch, edge, atS, speedKmh) {
      const index = radarOf[stretch]!;
      if (index < 0) return;
      const radar = radars[index]!;
      if (chance(radar.device.random, undercountRatio)) return;
      const key = Math.floor(atS / intervalS);
      const passed = radar.passed.get(key) ?? { vehicles: [0, 0], speedSum: [0, 0] };
      const way = city.isAlongPoints[edge] === true ? 0 : 1;
      passed.vehicles[way]++;
      passed.speedSum[way] += speedKmh;
      radar.passed.set(key, passed);
    },
    gatePassed(carPark, way) {
      for (const index of gatesOf[carPark]!) {
        const gate = gates[index]!;
        if (gate.way !== way) continue;
        if (!chance(gate.device.random, missedAtGateRatio)) gate.total++;
        return;
      }
    },
    handle(kind, index, atS) {
      if (kind === interval) tellInterval(index, atS);
      else if (kind === report) tellTotal(index, atS);
      else return false;
      return true;
    },
    store: () => ({
      passed: radars.map(({ passed }) => [...passed]),
      gates: gates.map(({ total, sentTotal, sentAtS }) => ({ total, sentTotal, sentAtS })),
    }),
  };
}

function installRadars(city: City, devices: readonly Device[], stored?: StoredCounters) {
  const stretchIndex = new Map(city.stretches.map(({ id }, index) => [id, index]));
  const radars: Radar[] = [];
  const radarOf = new Int16Array(city.stretches.length).fill(-1);
  for (const device of devices) {
    const [kind, id] = device.installation.watches;
    const encoder = findEncoder(device.installation.model);
    const stretch = stretchIndex.get(id ?? '');
    if (kind !== 'stretch' || encoder?.kind !== 'interval-counter' || stretch === undefined) {
      continue;
    }
    radarOf[stretch] = radars.length;
    radars.push({ device, encoder, passed: new Map(stored?.passed[radars.length]) });
  }
  return { radars, radarOf };
}

function installGates(city: City, devices: readonly Device[], stored?: StoredCounters) {
  const carParkIndex = new Map(city.carParks.map(({ id }, index) => [id, index]));
  const gates: Gate[] = [];
  const gatesOf: number[][] = city.carParks.map(() => []);
  for (const device of devices) {
    const [kind, id, way] = device.installation.watches;
    const encoder = findEncoder(device.installation.model);
    const carPark = carParkIndex.get(id ?? '');
    if (kind !== 'gate' || encoder?.kind !== 'total-counter' || carPark === undefined) continue;
    if (way !== 'in' && way !== 'out') continue;
    gatesOf[carPark]!.push(gates.length);
    const state = stored?.gates[gates.length] ?? { total: 0, sentTotal: -1, sentAtS: 0 };
    gates.push({ ...state, device, encoder, way });
  }
  return { gates, gatesOf };
}
