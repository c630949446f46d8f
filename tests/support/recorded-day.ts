import { toSpaceId } from '../../services/domain/ids.ts';
import type { Observed } from '../../services/domain/observation.ts';
import type { Inventory } from '../../services/domain/site.ts';
import type { Uplink } from '../../services/domain/uplink.ts';
import { devEui, health, observed, seen } from './builders.ts';
import { street } from './street.ts';

const hourMs = 3_600_000;
const numberOfSpaces = 20;
const spaceIdOf = (device: number) => toSpaceId(`day-${device}`);

/** The street with twenty spaces. */
export const dayInventory: Inventory = {
  ...street,
  spaces: Array.from({ length: numberOfSpaces }, (_, device) => ({
    ...street.spaces[0]!,
    id: spaceIdOf(device),
  })),
};

/** Repeatable numbers in [0, 1): Park and Miller (1988). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/**
 * A day of a street as its uplinks came in: events, heartbeats, a counter every ten minutes; one in
 * twenty is lost, one in twenty comes twice, some come hours late.
 */
export function recordedDay(startMs: number): readonly Uplink[] {
  const random = createRandom(7);
  const uplinks: { atMs: number; uplink: Uplink }[] = [];
  const send = (device: number, fCnt: number, atMs: number, payload: number[]): void => {
    if (random() < 0.05) return;
    const uplink: Uplink = {
      devEui: devEui(device),
      session: 's',
      fCnt,
      fPort: 1,
      payload: Uint8Array.from(payload),
      receivedAtMs: atMs,
      rssiDbm: random() < 0.5 ? null : -100.5,
      snrDb: null,
      gateways: 1,
      spreadingFactor: 7,
      batteryRatio: null,
      via: 'mqtt',
    };
    const delayMs = random() < 0.03 ? 2 * hourMs * random() : 0;
    uplinks.push({ atMs: atMs + delayMs, uplink });
    if (random() < 0.05) uplinks.push({ atMs: atMs + delayMs + 500, uplink });
  };
  for (let device = 0; device < numberOfSpaces; device += 1) {
    let atMs = startMs + random() * hourMs;
    let occupied = random() < 0.5;
    for (let fCnt = 1; atMs < startMs + 24 * hourMs; fCnt += 1) {
      const isHeartbeat = random() < 0.4;
      if (!isHeartbeat) occupied = !occupied;
      send(device, fCnt, Math.floor(atMs), [isHeartbeat ? 1 : 0, occupied ? 1 : 0]);
      atMs += random() * 2 * hourMs;
    }
  }
  for (let slot = 1; slot <= 144; slot += 1) {
    const vehicles = Math.floor(random() * 40);
    send(100, slot, startMs + slot * 600_000, [2, vehicles, Math.floor(random() * 50)]);
  }
  return uplinks.sort((a, b) => a.atMs - b.atMs).map(({ uplink }) => uplink);
}

/** What those uplinks say. */
export function interpretDay(uplink: Uplink): Observed {
  const [kind = 0, value = 0, speed = 0] = uplink.payload;
  const atMs = uplink.receivedAtMs;
  const own = health(atMs, {
    devEui: uplink.devEui,
    fCnt: uplink.fCnt,
    rssiDbm: uplink.rssiDbm,
    batteryLow: value % 3 === 0 ? null : value % 2 === 0,
    faults: value === 13 ? ['radar'] : [],
  });
  if (kind < 2) {
    const observation = seen(atMs, value === 1 ? 'occupied' : 'vacant', {
      spaceId: spaceIdOf(Number.parseInt(uplink.devEui, 16)),
      devEui: uplink.devEui,
      kind: kind === 1 ? 'heartbeat' : 'event',
      order: uplink.fCnt,
    });
    return observed({ health: own, observations: [observation] });
  }
  const stretchId = street.stretches[0]!.id;
  const count = {
    devEui: uplink.devEui,
    target: { kind: 'stretch', stretchId },
    direction: 'both',
    fromMs: atMs - 600_000,
    toMs: atMs,
    vehicles: value,
    meanSpeedKmh: value === 0 ? null : speed + 0.1,
  } as const;
  return observed({ health: own, counts: [count] });
}
