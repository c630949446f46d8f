import type { HistoryRow } from '../domain/history-row.ts';
import type { EpochMs, MunicipalityId } from '../domain/ids.ts';

/** What a file is to hold: a local day as CSV, gzipped, or a local month as Parquet. */
export interface DownloadPlan {
  readonly kind: 'day' | 'month';
  /** `2026-11-20.csv.gz`, `2026-11.parquet`; of a municipality `2026-11-20.herrenberg.csv.gz`. */
  readonly name: string;
  /** Whose sites and zones it holds; `null` holds all. */
  readonly municipalityId: MunicipalityId | null;
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** A file that can be downloaded. */
export interface Download extends DownloadPlan {
  readonly madeAtMs: EpochMs;
  readonly rows: number;
  readonly bytes: number;
  /** Of the file as it is, in hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Files of past occupancy. A file appears as a whole and with its checksum, or not at all; writing one
 * again replaces it.
 */
export interface Downloads {
  /** By name. */
  list(): readonly Download[];
  /** `parts` come in order of time, and are not held all at once. Throws `store-unavailable`. */
  write(plan: DownloadPlan, parts: AsyncIterable<readonly HistoryRow[]>): Promise<void>;
  /** Bytes `first` to `last`, both included, of a file that is on the list. */
  read(name: string, first: number, last: number): ReadableStream<Uint8Array>;
}
