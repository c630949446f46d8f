import type { Reading } from '../domain/reading.ts';
import type { Result } from '../domain/result.ts';

/** Why a vendor's codec gave no reading; `codec-failed` is the codec's own fault, not the payload's. */
export interface CodecError {
  readonly code: 'unknown-port' | 'wrong-length' | 'invalid-payload' | 'codec-failed';
  readonly detail: string;
}

/**
 * A device model read by a codec of its vendor: the shape of a built-in decoder, so that nobody needs
 * to know which of the two it is. Never throws; whatever one payload did, the next one is read.
 */
export interface Codec {
  readonly model: string;
  readonly vendor: string;
  readonly name: string;
  readonly watches: 'space' | 'traffic';
  /** Longest usual silence in seconds. */
  readonly heartbeatS: number;
  readonly source: string;
  /** Distance below which a distance sensor says occupied, in metres. */
  readonly occupiedBelowM?: number;
  decode(fPort: number, bytes: Uint8Array): Result<Reading, CodecError>;
  /** Frees its memory; it must not be used afterwards. */
  close(): void;
}
