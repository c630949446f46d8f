import { parseAgeText, toAgeText } from './age-text.ts';
import type { DevEui, SiteId, SpaceId, StretchId } from '../../domain/ids.ts';
import type { Count, DeviceHealth, Observation, Transition } from '../../domain/observation.ts';
import type { RollUp, RollUpStep } from '../../domain/roll-up.ts';
import type { Gate } from '../../domain/site.ts';

export type Cell = number | string | boolean | null;

/**
 * `time` and `int` are whole numbers, `flag` is true or false. A `tag` says what a row is of and is
 * few and bounded (an InfluxDB tag); everything else is a field.
 */
export interface Column<Row> {
  readonly name: string;
  readonly type: 'time' | 'int' | 'float' | 'text' | 'flag';
  readonly isTag: boolean;
  readonly cell: (row: Row) => Cell;
}

/**
 * How one kind of history is laid out: the same columns in DuckDB, in Parquet and, the first one as
 * the time of the point, in InfluxDB.
 */
export interface Table<Row> {
  readonly name: string;
  /** The first column is the time that queries, order and retention go by. */
  readonly columns: readonly Column<Row>[];
  /** Rows with equal keys are the same row, and the later write holds. */
  readonly key: readonly string[];
  /** After the time, answers are ordered by these. */
  readonly orderedBy: readonly string[];
  /** Tells rows of the same device and millisecond apart; 0 where that cannot happen. */
  readonly withinMs: (row: Row) => number;
  /** From cells in the order of `columns`. */
  readonly toRow: (cells: readonly Cell[]) => Row;
}

type Cells<Row> = (row: Row) => Cell;
const time = <Row>(name: string, cell: Cells<Row>): Column<Row> => ({
  name,
  type: 'time',
  isTag: false,
  cell,
});
const tag = <Row>(name: string, cell: Cells<Row>): Column<Row> => ({
  name,
  type: 'text',
  isTag: true,
  cell,
});
const field = <Row>(name: string, type: Column<Row>['type'], cell: Cells<Row>): Column<Row> => ({
  name,
  type,
  isTag: false,
  cell,
});

export const observationTable: Table<Observation> = {
  name: 'observation',
  columns: [
    time('observed_at_ms', (row) => row.observedAtMs),
    tag('device', (row) => row.devEui),
    tag('space', (row) => row.spaceId),
    field('occupied', 'flag', (row) => row.status === 'occupied'),
    field('heartbeat', 'flag', (row) => row.kind === 'heartbeat'),
    field('order_in_ms', 'int', (row) => row.order),
    field('previous_min_ms', 'int', (row) => row.previousState?.minMs ?? null),
    field('previous_max_ms', 'int', (row) => row.previousState?.maxMs ?? null),
  ],
  key: ['device', 'space', 'observed_at_ms', 'order_in_ms'],
  orderedBy: ['space', 'order_in_ms', 'device'],
  withinMs: (row) => row.order,
  toRow: ([observedAtMs, device, space, occupied, heartbeat, order, minMs, maxMs]) => ({
    spaceId: space as SpaceId,
    devEui: device as DevEui,
    status: occupied === true ? 'occupied' : 'vacant',
    kind: heartbeat === true ? 'heartbeat' : 'event',
    observedAtMs: observedAtMs as number,
    order: order as number,
    ...(minMs !== null && {
      previousState: { minMs: minMs as number, maxMs: maxMs as number | null },
    }),
  }),
};

export const transitionTable: Table<Transition> = {
  name: 'transition',
  columns: [
    time('at_ms', (row) => row.atMs),
    tag('space', (row) => row.spaceId),
    field('occupied', 'flag', (row) => row.to === 'occupied'),
    field('inferred', 'flag', (row) => row.method === 'inferred'),
    field('earliest_ms', 'int', (row) => row.earliestMs),
  ],
  key: ['space', 'at_ms'],
  orderedBy: ['space'],
  withinMs: () => 0,
  toRow: ([atMs, space, occupied, inferred, earliestMs]) => ({
    spaceId: space as SpaceId,
    to: occupied === true ? 'occupied' : 'vacant',
    atMs: atMs as number,
    earliestMs: earliestMs as number,
    method: inferred === true ? 'inferred' : 'seen',
  }),
};

export const countTable: Table<Count> = {
  name: 'count',
  columns: [
    time('from_ms', (row) => row.fromMs),
    tag('device', (row) => row.devEui),
    tag('stretch', (row) => (row.target.kind === 'stretch' ? row.target.stretchId : null)),
    tag('site', (row) => (row.target.kind === 'site-gate' ? row.target.siteId : null)),
    tag('direction', (row) => row.direction),
    field('gate', 'text', (row) => (row.target.kind === 'site-gate' ? row.target.gate : null)),
    field('to_ms', 'int', (row) => row.toMs),
    field('vehicles', 'int', (row) => row.vehicles),
    field('mean_speed_kmh', 'float', (row) => row.meanSpeedKmh),
  ],
  key: ['device', 'direction', 'from_ms'],
  orderedBy: ['device', 'direction'],
  withinMs: () => 0,
  toRow: ([fromMs, device, stretch, site, direction, gate, toMs, vehicles, speed]) => ({
    devEui: device as DevEui,
    target:
      stretch === null
        ? { kind: 'site-gate', siteId: site as SiteId, gate: gate as Gate }
        : { kind: 'stretch', stretchId: stretch as StretchId },
    direction: direction as Count['direction'],
    fromMs: fromMs as number,
    toMs: toMs as number,
    vehicles: vehicles as number,
    meanSpeedKmh: speed as number | null,
  }),
};

export const healthTable: Table<DeviceHealth> = {
  name: 'health',
  columns: [
    time('at_ms', (row) => row.atMs),
    tag('device', (row) => row.devEui),
    field('f_cnt', 'int', (row) => row.fCnt),
    field('session', 'text', (row) => row.session),
    field('rssi_dbm', 'float', (row) => row.rssiDbm),
    field('snr_db', 'float', (row) => row.snrDb),
    field('battery_v', 'float', (row) => row.batteryV),
    field('battery_ratio', 'float', (row) => row.batteryRatio),
    field('battery_low', 'flag', (row) => row.batteryLow),
    field('temperature_c', 'float', (row) => row.temperatureC),
    // Nearly never any: then no text is written.
    field('faults', 'text', (row) => (row.faults.length > 0 ? JSON.stringify(row.faults) : null)),
  ],
  key: ['device', 'at_ms', 'f_cnt'],
  orderedBy: ['device', 'f_cnt'],
  withinMs: (row) => row.fCnt,
  toRow: ([atMs, device, fCnt, session, rssi, snr, volts, ratio, low, temperature, faults]) => ({
    devEui: device as DevEui,
    atMs: atMs as number,
    fCnt: fCnt as number,
    session: session as string,
    rssiDbm: rssi as number | null,
    snrDb: snr as number | null,
    batteryV: volts as number | null,
    batteryRatio: ratio as number | null,
    batteryLow: low as boolean | null,
    temperatureC: temperature as number | null,
    faults: faults === null ? [] : (JSON.parse(faults as string) as readonly string[]),
  }),
};

export const rollUpTable: Table<RollUp> = {
  name: 'roll_up',
  columns: [
    time('from_ms', (row) => row.fromMs),
    tag('scope', (row) => row.scope),
    tag('id', (row) => row.id),
    tag('step', (row) => row.step),
    field('to_ms', 'int', (row) => row.toMs),
    field('number_of_spaces', 'int', (row) => row.numberOfSpaces),
    field('observed_ms', 'int', (row) => row.observedMs),
    field('occupied_ms', 'int', (row) => row.occupiedMs),
    field('arrivals', 'int', (row) => row.arrivals),
    field('departures', 'int', (row) => row.departures),
    field('inferred', 'int', (row) => row.inferred),
    field('full_ms', 'int', (row) => row.fullMs),
    field('ended_stay_ms', 'int', (row) => row.endedStayMs),
    field('ended_stays', 'int', (row) => row.endedStays),
    field('vehicles', 'int', (row) => row.vehicles),
    field('counted_ms', 'int', (row) => row.countedMs),
    field('occupied_at_end', 'int', (row) => row.occupiedAtEnd),
    field('observed_at_end', 'int', (row) => row.observedAtEnd),
    field('watched_ms', 'int', (row) => row.watchedMs),
    field('street_full_ms', 'int', (row) => row.streetFullMs),
    field('street_watched_ms', 'int', (row) => row.streetWatchedMs),
    field('stays', 'text', (row) => toAgeText(row.stays)),
    field('vacancies', 'text', (row) => toAgeText(row.vacancies)),
  ],
  key: ['step', 'scope', 'id', 'from_ms'],
  orderedBy: ['id'],
  withinMs: () => 0,
  toRow: ([fromMs, scope, id, step, toMs, ...numbers]) => {
    const [numberOfSpaces, observedMs, occupiedMs, arrivals, departures, inferred] =
      numbers as number[] as [number, number, number, number, number, number];
    const [fullMs, endedStayMs, endedStays] = numbers.slice(6) as [number, number, number];
    const [vehicles, countedMs] = numbers.slice(9) as [number | null, number];
    // Rows of before these columns existed have none of them.
    const [occupiedAtEnd, observedAtEnd, watchedMs, streetFullMs, streetWatchedMs] = numbers
      .slice(11, 16)
      .map((number) => number ?? 0) as [number, number, number, number, number];
    const [stays, vacancies] = numbers.slice(16) as unknown as [string?, string?];
    return {
      scope: scope as RollUp['scope'],
      id: id as string,
      step: step as RollUpStep,
      fromMs: fromMs as number,
      toMs: toMs as number,
      numberOfSpaces,
      observedMs,
      occupiedMs,
      arrivals,
      departures,
      inferred,
      occupiedAtEnd,
      observedAtEnd,
      fullMs,
      watchedMs,
      streetFullMs,
      streetWatchedMs,
      endedStayMs,
      endedStays,
      stays: parseAgeText(stays ?? null),
      vacancies: parseAgeText(vacancies ?? null),
      vehicles,
      countedMs,
    };
  },
};

const ages = new Set(['stays', 'vacancies']);
/** A table of roll-ups as it is read by who does not look at ages; they are its last columns. */
export const withoutAges = (table: Table<RollUp>): Table<RollUp> => ({
  ...table,
  columns: table.columns.filter(({ name }) => !ages.has(name)),
});
