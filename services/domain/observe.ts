import type {
  Count,
  CountTarget,
  CountTotal,
  Observation,
  Observed,
  SeenStatus,
} from './observation.ts';
import type { Reading } from './reading.ts';
import type { Installation } from './site.ts';
import type { Uplink } from './uplink.ts';

/** Places of one uplink that order its events; no payload carries more. */
const eventsPerUplink = 16;

/** The frame counter of the uplink that an observation came with. */
export const frameOf = ({ order }: Pick<Observation, 'order'>): number =>
  Math.floor(order / eventsPerUplink);

/** A car is gone when the distance exceeds the threshold by this much; between the two nothing is said. */
const vacantAboveRatio = 1.1;

/** Counters report per quarter hour unless the installation says otherwise; their clock has no date and no zone. */
const usualCountIntervalMs = 15 * 60_000;

/** Nearly every uplink says nothing of something. */
const none: readonly never[] = [];

const toStatus = (occupied: boolean): SeenStatus => (occupied ? 'occupied' : 'vacant');

function occupiedByDistance(distanceM: number, belowM: number): boolean | undefined {
  if (distanceM < belowM) return true;
  return distanceM > belowM * vacantAboveRatio ? false : undefined;
}

function toObservations(
  uplink: Uplink,
  reading: Reading,
  installation: Installation,
  occupiedBelowM: number | undefined,
): Observation[] {
  if (installation.target.kind !== 'space') return [];
  const { spaceId } = installation.target;
  const { previousStateMinMs: minMs, previousStateMaxMs: maxMs } = reading;
  const events: Reading['events'] =
    reading.events ??
    (reading.occupied === undefined
      ? []
      : [{ kind: reading.kind === 'status' ? 'status' : 'heartbeat', occupied: reading.occupied }]);
  // A distance is a sample: when it changed, it changed somewhere since the last one. Only an alarm
  // of the sensor's own threshold comes the moment something changes.
  const belowM = installation.occupiedBelowM ?? occupiedBelowM;
  const sampled =
    reading.distanceM !== undefined && belowM !== undefined && events.length === 0
      ? occupiedByDistance(reading.distanceM, belowM)
      : undefined;
  const kind = reading.kind === 'status' ? 'status' : 'heartbeat';
  const all = sampled === undefined ? events : [{ kind, occupied: sampled } as const];
  const told = all.length > eventsPerUplink ? all.slice(0, eventsPerUplink) : all;
  return told.map((event, index, { length }) => {
    return {
      spaceId,
      // The text of the installation: each uplink brings one of its own, and what is remembered would keep it.
      devEui: installation.devEui,
      status: toStatus(event.occupied),
      kind: event.kind === 'status' ? 'event' : 'heartbeat',
      // No payload says how long before the last of them the others happened: a millisecond keeps them
      // apart, or a car that came and left between two uplinks would be no transition at all.
      observedAtMs: uplink.receivedAtMs - (length - 1 - index),
      order: uplink.fCnt * eventsPerUplink + index,
      previousState: minMs === undefined ? undefined : { minMs, maxMs: maxMs ?? null },
    };
  });
}

/**
 * What passed in each direction. A counter that sends its classes in one uplink is added up. A class
 * that comes in an uplink of its own (PMX TCR, ports 14 to 17) is left out: it is a filter that the
 * operator sets, filters overlap or leave vehicles out, and the total comes beside them on port 13. With
 * port 13 switched off nobody knows how many passed; `assessDevice` calls such a counter `no-counts`.
 */
function toCounts(
  uplink: Uplink,
  reading: Reading,
  target: CountTarget,
  countIntervalMs: number,
): Count[] {
  const counts = reading.counts ?? [];
  const totals = counts.filter(({ category }) => category === undefined);
  const classes = new Set(counts.map(({ category }) => category));
  const used = totals.length > 0 ? totals : classes.size > 1 ? counts : [];
  const toMs = Math.floor(uplink.receivedAtMs / countIntervalMs) * countIntervalMs;
  return (['left', 'right', 'both'] as const).flatMap((direction) => {
    const ofDirection = used.filter((count) => count.direction === direction);
    if (ofDirection.length === 0) return [];
    const vehicles = ofDirection.reduce((sum, count) => sum + count.vehicles, 0);
    const driven = ofDirection.reduce((sum, c) => sum + c.vehicles * (c.meanSpeedKmh ?? 0), 0);
    const measured = ofDirection.some(({ meanSpeedKmh }) => meanSpeedKmh !== null);
    return [
      {
        devEui: uplink.devEui,
        target,
        direction,
        fromMs: toMs - countIntervalMs,
        toMs,
        vehicles,
        meanSpeedKmh: measured && vehicles > 0 ? driven / vehicles : null,
      },
    ];
  });
}

function toTotals(uplink: Uplink, reading: Reading, target: CountTarget): CountTotal[] {
  const isBaseline = reading.kind === 'startup' || reading.resetCause !== undefined;
  if (reading.countTotal === undefined && !isBaseline) return [];
  return [
    {
      devEui: uplink.devEui,
      target,
      atMs: uplink.receivedAtMs,
      order: uplink.fCnt,
      total: reading.countTotal ?? 0,
      isBaseline,
      modulus: reading.modulus ?? 65_536,
    },
  ];
}

/** What a decoded uplink says about the place its device watches, at the time the network had it. */
export function observe(
  uplink: Uplink,
  reading: Reading,
  installation: Installation,
  occupiedBelowM: number | undefined,
): Observed {
  const { target, countIntervalMs = usualCountIntervalMs } = installation;
  return {
    observations: toObservations(uplink, reading, installation, occupiedBelowM),
    counts: target.kind === 'space' ? none : toCounts(uplink, reading, target, countIntervalMs),
    totals: target.kind === 'space' ? none : toTotals(uplink, reading, target),
    health: {
      devEui: installation.devEui,
      atMs: uplink.receivedAtMs,
      fCnt: uplink.fCnt,
      session: uplink.session,
      rssiDbm: uplink.rssiDbm,
      snrDb: uplink.snrDb,
      batteryV: reading.batteryV ?? null,
      batteryRatio: reading.batteryRatio ?? uplink.batteryRatio,
      batteryLow: reading.batteryLow ?? null,
      temperatureC: reading.temperatureC ?? null,
      faults: reading.faults ?? none,
    },
  };
}
