import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rowsOf } from '../domain/history-batch.ts';
import type { HistoryBatch } from '../ports/history-store.ts';
import type { Logger } from '../ports/logger.ts';

/** Two files of this size: the older one goes when the newer one is full. */
const usualFileBytes = 32 * 1024 * 1024;

/**
 * Keeps what the history refused, with the reason, in `refused.ndjson` and, before that,
 * `refused.1.ndjson`; the raw uplinks are in the log.
 */
export function createRefused(dir: string, log: Logger, fileBytes = usualFileBytes) {
  const path = join(dir, 'refused.ndjson');
  const olderPath = join(dir, 'refused.1.ndjson');
  let refused = 0;
  let told: string | undefined;
  const keep = (rows: number, reason: string, what: object): void => {
    refused += rows;
    // A store that refuses one row for a reason often refuses the next ones for it, too.
    if (reason !== told) log.error({ reason, path }, 'the history refused data');
    told = reason;
    try {
      mkdirSync(dir, { recursive: true });
      const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      if (bytes > fileBytes) renameSync(path, olderPath);
      appendFileSync(path, `${JSON.stringify({ reason, ...what })}\n`);
    } catch (err) {
      log.error({ err, path }, 'refused data cannot be kept');
    }
  };
  return {
    lines: (lines: readonly string[], reason: string): void =>
      keep(lines.length, reason, { lines }),
    batch: (batch: HistoryBatch, reason: string): void => keep(rowsOf(batch), reason, { batch }),
    /** Rows since the start. */
    count: (): number => refused,
  };
}
