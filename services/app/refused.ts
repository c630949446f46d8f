import { appendFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rowsOf } from '../domain/history-batch.ts';
import type { HistoryBatch } from '../ports/history-store.ts';
import type { Logger } from '../ports/logger.ts';

/** More than this of what a store refuses is not kept: something else is wrong then. */
const mostBytes = 64 * 1024 * 1024;

/** Keeps what the history refused, with the reason, in `refused.ndjson`; the raw uplinks are in the log. */
export function createRefused(dir: string, log: Logger) {
  const path = join(dir, 'refused.ndjson');
  let refused = 0;
  const keep = (rows: number, reason: string, what: object): void => {
    refused += rows;
    log.error({ reason, path }, 'the history refused data');
    try {
      mkdirSync(dir, { recursive: true });
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > mostBytes) return;
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
