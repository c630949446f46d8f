import type { Random } from '../random.ts';
import { between, chance, normal, randomFrom, uniform } from '../random.ts';

/** How one frame was heard by the best of the gateways. */
export interface Heard {
  readonly rssiDbm: number;
  readonly snrDb: number;
  readonly gateways: number;
}

/** The radio way of one device; it does not change. */
export interface Link {
  /** Signal at each gateway without a car over the sensor, strongest first, dBm. */
  readonly signals: readonly { readonly gateway: number; readonly rssiDbm: number }[];
  readonly spreadingFactor: number;
}

export const gatewayNames = ['gw-rathaus', 'gw-hauptbahnhof', 'gw-feuerwache', 'gw-klinik'];

/** A car over the sensor costs 10 to 15 dB (PNI PlacePod manual). */
const carLossDb = { least: 10, most: 15 };
/** Signal at which every second frame is lost, and how sharp that limit is, dB. */
const sensitivity = { dbm: -120, slopeDb: 2 };
/** Frames lost to collisions however strong they are. */
const collisionRatio = 0.008;
const noiseDbm = -114;

export function createLink(random: Random): Link {
  const count = 1 + Math.floor(uniform(random) * 2.6);
  const first = Math.floor(uniform(random) * gatewayNames.length);
  const signals = Array.from({ length: count }, (_, i) => ({
    gateway: (first + i) % gatewayNames.length,
    rssiDbm: -93 - i * 9 + normal(random) * 6,
  })).sort((a, b) => b.rssiDbm - a.rssiDbm);
  const best = signals[0]!.rssiDbm;
  const spreadingFactor = best > -90 ? 7 : best > -97 ? 8 : best > -102 ? 9 : best > -107 ? 10 : 12;
  return { signals, spreadingFactor };
}

/**
 * Whether and how a frame is heard. Frames under a car are lost more often, so that "occupied" is
 * missed more often than "vacant"; and a gateway that is down takes all its devices with it.
 */
export function transmit(
  link: Link,
  random: Random,
  hasCarAbove: boolean,
  isDown: (gateway: number, atS: number) => boolean,
  atS: number,
): Heard | null {
  const loss = hasCarAbove ? between(random, carLossDb.least, carLossDb.most) : 0;
  const isCollision = chance(random, collisionRatio);
  let best = -Infinity;
  let gateways = 0;
  for (const signal of link.signals) {
    const rssi = signal.rssiDbm - loss + normal(random) * 3;
    const odds = Math.exp((rssi - sensitivity.dbm) / sensitivity.slopeDb);
    const isHeard = chance(random, odds / (1 + odds));
    if (isCollision || !isHeard || isDown(signal.gateway, atS)) continue;
    gateways++;
    best = Math.max(best, rssi);
  }
  if (gateways === 0) return null;
  const rssiDbm = Math.round(best);
  const snrDb = Math.round(Math.min(10, best - noiseDbm + normal(random)) * 4) / 4;
  return { rssiDbm, snrDb, gateways };
}

const dayS = 86_400;

/** Each gateway fails about once in ten days, for five to forty minutes. */
export function createOutages(seed: number): (gateway: number, atS: number) => boolean {
  /** Of each gateway, on the day that was asked for last: time goes forward. */
  const known: { readonly day: number; readonly fromS: number; readonly toS: number }[] = [];
  return (gateway, atS) => {
    const day = Math.floor(atS / dayS);
    let outage = known[gateway];
    if (outage?.day !== day) {
      const random = randomFrom(seed, 'outage', `${gateway}:${day}`);
      const fromS = day * dayS + uniform(random) * dayS;
      const lastsS = chance(random, 0.1) ? between(random, 300, 2400) : 0;
      outage = { day, fromS, toS: fromS + lastsS };
      known[gateway] = outage;
    }
    return atS >= outage.fromS && atS < outage.toS;
  };
}
