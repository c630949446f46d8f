import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RejectReason, Rejected } from '../../domain/uplink.ts';
import type { DeadLetters } from '../../ports/dead-letters.ts';
import type { Logger } from '../../ports/logger.ts';

/** Two files of this size: the older one goes when the newer one is full. */
const fileBytes = 16 * 1024 * 1024;
const longestRaw = 8 * 1024;
const shown = 20;

/** NDJSON in `rejected.ndjson` and, before that, `rejected.1.ndjson`; a disk that is full loses only these. */
export function fileDeadLetters(dir: string, log: Logger): DeadLetters {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, 'rejected.ndjson');
  const counts = new Map<RejectReason, number>();
  let recent: readonly Rejected[] = [];
  let bytes = sizeOf(path);
  let waiting: string[] = [];
  let isFailing = false;

  const write = (): void => {
    if (waiting.length === 0) return;
    const text = waiting.join('');
    waiting = [];
    try {
      if (bytes > fileBytes) {
        renameSync(path, join(dir, 'rejected.1.ndjson'));
        bytes = 0;
      }
      appendFileSync(path, text);
      bytes += text.length;
      isFailing = false;
    } catch (cause) {
      if (!isFailing) log.warn({ path, cause: String(cause) }, 'rejected messages cannot be kept');
      isFailing = true;
    }
  };
  const timer = setInterval(write, 500).unref();

  return {
    add(rejected) {
      counts.set(rejected.reason, (counts.get(rejected.reason) ?? 0) + 1);
      const kept = { ...rejected, raw: rejected.raw.slice(0, longestRaw) };
      recent = [kept, ...recent.slice(0, shown - 1)];
      waiting.push(`${JSON.stringify(kept)}\n`);
      if (waiting.length >= 256) write();
    },
    recent: () => recent,
    counts: () => counts,
    close() {
      clearInterval(timer);
      write();
    },
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
