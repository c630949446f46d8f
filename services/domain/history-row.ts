import type { EpochMs } from './ids.ts';
import type { RollUp } from './roll-up.ts';

/** A quarter hour of a site or a zone, as it may be downloaded; ratios have three decimals. */
export interface HistoryRow {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly scope: 'site' | 'zone';
  readonly id: string;
  readonly name: string;
  readonly numberOfSpaces: number;
  readonly observedRatio: number | null;
  readonly occupancyRatio: number | null;
  readonly fullRatio: number | null;
  readonly arrivals: number;
  readonly departures: number;
  readonly inferred: number;
  readonly vehicles: number | null;
}

interface HistoryColumn {
  readonly name: string;
  readonly type: 'instant' | 'text' | 'count' | 'ratio';
  readonly meaning: string;
  value(row: HistoryRow): number | string | null;
}

const column = (
  name: string,
  type: HistoryColumn['type'],
  value: HistoryColumn['value'],
  meaning: string,
): HistoryColumn => ({ name, type, meaning, value });

/** The columns of every history file, in their order; the meaning travels inside the files. */
export const historyColumns: readonly HistoryColumn[] = [
  column('from', 'instant', (row) => row.fromMs, 'beginning of the quarter hour, UTC'),
  column('to', 'instant', (row) => row.toMs, 'its end, not included, UTC'),
  column('scope', 'text', (row) => row.scope, 'site or zone; a zone is the sum of its sites'),
  column('id', 'text', (row) => row.id, 'id as in /api/v1/sites and /api/v1/zones'),
  column('name', 'text', (row) => row.name, 'name when the file was made'),
  column('numberOfSpaces', 'count', (row) => row.numberOfSpaces, 'spaces that belong to it'),
  column(
    'observedRatio',
    'ratio',
    (row) => row.observedRatio,
    'space-time with a known status / space-time of all spaces, 0-1',
  ),
  column(
    'occupancyRatio',
    'ratio',
    (row) => row.occupancyRatio,
    'occupied space-time / observed space-time, 0-1; empty where nothing was observed',
  ),
  column(
    'fullRatio',
    'ratio',
    (row) => row.fullRatio,
    'share of the time with every observed space occupied, 0-1',
  ),
  column('arrivals', 'count', (row) => row.arrivals, 'spaces that became occupied'),
  column('departures', 'count', (row) => row.departures, 'spaces that became vacant'),
  column(
    'inferred',
    'count',
    (row) => row.inferred,
    'of arrivals and departures, those known only from a later message',
  ),
  column('vehicles', 'count', (row) => row.vehicles, 'vehicles counted; empty without a counter'),
];

const toRatio = (part: number, whole: number): number | null =>
  whole > 0 ? Math.round((Math.min(part, whole) / whole) * 1000) / 1000 : null;

/**
 * A roll-up as it may be downloaded. Stays are left out: the one that ended in a quarter hour would be
 * the dwell time of a single space.
 */
export function toHistoryRow(rollUp: RollUp, scope: HistoryRow['scope'], name: string): HistoryRow {
  const { fromMs, toMs, numberOfSpaces, observedMs } = rollUp;
  const lastedMs = toMs - fromMs;
  return {
    fromMs,
    toMs,
    scope,
    id: rollUp.id,
    name,
    numberOfSpaces,
    observedRatio: toRatio(observedMs, numberOfSpaces * lastedMs),
    occupancyRatio: toRatio(rollUp.occupiedMs, observedMs),
    fullRatio: observedMs > 0 ? toRatio(rollUp.fullMs, lastedMs) : null,
    arrivals: rollUp.arrivals,
    departures: rollUp.departures,
    inferred: rollUp.inferred,
    vehicles: rollUp.vehicles,
  };
}
