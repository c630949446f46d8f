import type { EncodedUplink } from '../encoders/encoder.ts';
import type { Random } from '../random.ts';
import { between, chance, exponential, randomFrom, uniform } from '../random.ts';
import type { Queue } from '../town/queue.ts';
import type { SimulatedInstallation } from '../town/deployment.ts';
import type { Link } from './link.ts';
import { createLink, createOutages, transmit } from './link.ts';
import type { Profile } from './profiles.ts';
import { profileOf } from './profiles.ts';

/** What a network server has received: everything it needs to write its message. */
export interface SimulatedUplink {
  readonly device: number;
  readonly atMs: number;
  readonly fPort: number;
  /** Base64. */
  readonly payload: string;
  readonly fCnt: number;
  /** Joins so far. */
  readonly session: number;
  readonly rssiDbm: number;
  readonly snrDb: number;
  readonly gateways: number;
}

/** What of a device changes. */
interface DeviceState {
  fCnt: number;
  session: number;
  /** Frames sent since it was made: what devices with a sequence of their own count. */
  sequence: number;
}

/** All of a device that changes, as plain data: its random source is one number. */
export interface StoredDevice extends Readonly<DeviceState> {
  readonly random: number;
}

/** A device on the air, whatever it measures. */
export interface Device {
  readonly index: number;
  readonly installation: SimulatedInstallation;
  readonly profile: Profile;
  readonly link: Link;
  readonly random: Random;
  readonly state: DeviceState;
  /** When it falls silent for ever, s. */
  readonly diesAtS: number;
  batteryV(atS: number): number;
}

export interface Radio {
  readonly devices: readonly Device[];
  /** Sends frames; what is heard comes out, now or after a repetition, or never. */
  send(device: Device, atS: number, frames: readonly EncodedUplink[], hasCarAbove: boolean): void;
  /** A new session: counters start again. */
  join(device: Device, atS: number): void;
  handle(kind: number, data: unknown): boolean;
  store(): readonly StoredDevice[];
}

/** Kind of happening: a repeated frame is heard. */
const deliver = 20;

/** Repetitions of a confirmed frame, and the wait between them, s. */
const attempts = 4;
const retryS: readonly [number, number] = [4, 9];
/** Devices that fail for good within a year; a pilot of 1,000 sees about five a month. */
const deathsPerYear = 0.06;
const yearS = 31_536_000;

export interface RadioEvents {
  uplink(uplink: SimulatedUplink): void;
  joined(device: number, session: number, atMs: number): void;
}

export function createRadio(
  installations: readonly SimulatedInstallation[],
  options: { readonly seed: number; readonly startMs: number },
  queue: Queue,
  events: RadioEvents,
  stored?: readonly StoredDevice[],
): Radio {
  const outages = createOutages(options.seed);
  const devices = installations.map((installation, index): Device => {
    const fixed = randomFrom(options.seed, 'device', installation.devEui);
    const link = createLink(fixed);
    const diesAtS = chance(fixed, deathsPerYear) ? uniform(fixed) * yearS : Infinity;
    const freshV = between(fixed, 3.5, 3.65);
    const perYearV = between(fixed, 0.02, 0.09);
    const { random: randomState, ...state } = stored?.[index] ?? {
      random: randomFrom(options.seed, 'sensor', installation.devEui).state,
      fCnt: 0,
      session: 1,
      sequence: 0,
    };
    return {
      index,
      installation,
      profile: profileOf(installation.model),
      link,
      random: { state: randomState },
      state,
      diesAtS,
      batteryV: (atS) => Math.max(2.6, freshV - perYearV * (0.5 + atS / yearS)),
    };
  });

  const toMs = (atS: number): number => options.startMs + Math.round(atS * 1000);

  function sendOne(device: Device, atS: number, frame: EncodedUplink, hasCarAbove: boolean): void {
    const { state, link, random, profile } = device;
    const fCnt = state.fCnt++;
    state.sequence++;
    const tries = profile.isConfirmed ? attempts : 1;
    let sentS = atS;
    for (let i = 0; i < tries; i++) {
      const heard = transmit(link, random, hasCarAbove, outages, sentS);
      if (heard !== null) {
        const uplink: SimulatedUplink = {
          device: device.index,
          atMs: toMs(sentS),
          fPort: frame.fPort,
          payload: Buffer.from(frame.bytes).toString('base64'),
          fCnt,
          session: state.session,
          rssiDbm: heard.rssiDbm,
          snrDb: heard.snrDb,
          gateways: heard.gateways,
        };
        if (i === 0) events.uplink(uplink);
        else queue.schedule(sentS, deliver, device.index, uplink);
        return;
      }
      sentS += between(random, ...retryS) * (i + 1);
    }
  }

  return {
    devices,
    send(device, atS, frames, hasCarAbove) {
      if (atS >= device.diesAtS) return;
      for (const frame of frames) sendOne(device, atS, frame, hasCarAbove);
    },
    join(device, atS) {
      if (atS >= device.diesAtS) return;
      device.state.session++;
      device.state.fCnt = 0;
      events.joined(device.index, device.state.session, toMs(atS));
    },
    handle(kind, data) {
      if (kind !== deliver) return false;
      events.uplink(data as SimulatedUplink);
      return true;
    },
    store: () => devices.map(({ random, state }) => ({ random: random.state, ...state })),
  };
}

/** Temperature outside, °C: a mild year with cold nights; enough to fill the field. */
export function temperatureC(atMs: number): number {
  const day = (atMs / 86_400_000) % 1;
  const year = (atMs / (365.25 * 86_400_000)) % 1;
  return 11 - 9 * Math.cos(2 * Math.PI * (year - 0.04)) - 4 * Math.cos(2 * Math.PI * (day - 0.08));
}

/** Seconds to the next time a device joins anew: about once in half a year. */
export const nextJoinS = (random: Random): number => exponential(random, yearS / 2);
