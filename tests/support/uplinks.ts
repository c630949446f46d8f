import { parseDevEui, type DevEui } from '../../services/domain/ids.ts';
import type { Uplink } from '../../services/domain/uplink.ts';

/** The DevEUI with this number. */
export function devEui(number: number): DevEui {
  const parsed = parseDevEui(number.toString(16).padStart(16, '0'));
  if (!parsed) throw new Error(`no DevEUI: ${number}`);
  return parsed;
}

/** An uplink as any sensor sends it, with what the test cares about. */
export const anUplink = (with_: Partial<Uplink> = {}): Uplink => ({
  devEui: devEui(1),
  session: 'AZqT5yY1nK7k0cQ2vBq3pA==',
  fCnt: 0,
  fPort: 1,
  payload: Uint8Array.of(0x95),
  receivedAtMs: Date.UTC(2026, 10, 21, 9, 14),
  rssiDbm: -97,
  snrDb: 6.8,
  gateways: 2,
  spreadingFactor: 9,
  batteryRatio: 0.87,
  via: 'mqtt',
  ...with_,
});
