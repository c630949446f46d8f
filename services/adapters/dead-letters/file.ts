import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { RejectReason, Rejected } from '../../domain/uplink.ts';
import type { DeadLetters } from '../../ports/dead-letters.ts';
import type { Logger } from '../../ports/logger.ts';

/** Two files of this size: the older one goes when the newer one is full. */
const fileBytes = 16 * 1024 * 1024;
const longestRaw = 8 * 1024;
const shown = 20;

const keyOf = ({ atMs, devEui, raw }: Pick<Rejected, 'atMs' | 'devEui' | 'raw'>): string =>
  `${atMs}|${devEui}|${raw.slice(0, longestRaw)}`;

/** Keys of the lines of a file; what a crash left half written is none. */
function keysIn(path: string): string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line === '' ? [] : keyOf(JSON.parse(line) as Rejected);
      } catch {
        return [];
      }
    });
}

/**
 * NDJSON in `rejected.ndjson` and, before that, `rejected.1.ndjson`; a disk that is full loses only these.
 * A message is written when `add` returns, so that the end of the process, however sudden, loses none.
 */
export function fileDeadLetters(dir: string, log: Logger): DeadLetters {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, 'rejected.ndjson');
  const olderPath = join(dir, 'rejected.1.ndjson');
  /** Read when somebody asks, which is after a crash only. */
  let before: ReadonlySet<string> | undefined;
  const counts = new Map<RejectReason, number>();
  let recent: readonly Rejected[] = [];
  let bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  /** Whether the file may end within a line: the disk was full, or the end of the process sudden. */
  let isTorn = bytes > 0;
  let fd: number | null = null;
  let isFailing = false;

  const release = (): void => {
    if (fd !== null) closeSync(fd);
    fd = null;
  };
  const write = (line: string): void => {
    try {
      if (bytes > fileBytes) {
        release();
        renameSync(path, olderPath);
        bytes = 0;
        isTorn = false;
      }
      fd ??= openSync(path, 'a');
      const whole = Buffer.from(isTorn ? `\n${line}` : line);
      isTorn = true;
      const written = writeSync(fd, whole);
      bytes += written;
      if (written < whole.length) throw new Error('written in part');
      isTorn = false;
      isFailing = false;
    } catch (cause) {
      if (!isFailing) log.warn({ path, cause: String(cause) }, 'rejected messages cannot be kept');
      isFailing = true;
    }
  };

  return {
    add(rejected) {
      counts.set(rejected.reason, (counts.get(rejected.reason) ?? 0) + 1);
      const kept = { ...rejected, raw: rejected.raw.slice(0, longestRaw) };
      recent = [kept, ...recent.slice(0, shown - 1)];
      write(`${JSON.stringify(kept)}\n`);
    },
    holds(rejected) {
      before ??= new Set([...keysIn(olderPath), ...keysIn(path)]);
      return before.has(keyOf(rejected));
    },
    recent: () => recent,
    counts: () => counts,
    close: release,
  };
}
