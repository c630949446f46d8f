import type { Reading } from '../domain/reading.ts';
import type { Result } from '../domain/result.ts';

export type { Reading, ReadingCount, ReadingEvent, ReadingKind } from '../domain/reading.ts';

/**
 * Why a payload was not read. Port and exact length are checked before anything is read. `codec-failed`
 * is a fault of a vendor's codec (`ports/codec.ts`), never of a decoder here.
 */
export type DecodeErrorCode = 'unknown-port' | 'wrong-length' | 'invalid-payload' | 'codec-failed';

export interface DecodeError {
  readonly code: DecodeErrorCode;
  readonly detail: string;
}

/** One device model. Pure: the same bytes give the same reading. */
export interface Decoder {
  readonly model: string;
  readonly vendor: string;
  readonly name: string;
  /** What it watches: a parking space, or vehicles passing. */
  readonly watches: 'space' | 'traffic';
  /** Longest usual silence in seconds, for staleness; from the vendor's default, or assumed and said so. */
  readonly heartbeatS: number;
  /** Where the byte layout is documented. */
  readonly source: string;
  /** Distance below which a distance sensor says occupied, in metres; a space may override it. */
  readonly occupiedBelowM?: number;
  /** Below this its battery should be replaced, V; for models that tell volts and no flag. */
  readonly batteryLowV?: number;
  decode(fPort: number, bytes: Uint8Array): Result<Reading, DecodeError>;
}
