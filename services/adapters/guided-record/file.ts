import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  parseGuidedStopLine,
  toGuidedStopLine,
  type GuidedStop,
} from '../../domain/guidance/guided-stops.ts';
import type { EpochMs } from '../../domain/ids.ts';
import { dayMs } from '../../domain/local-time.ts';
import type { GuidedRecord } from '../../ports/guided-record.ts';
import type { Logger } from '../../ports/logger.ts';

const dayOf = (atMs: EpochMs): string => new Date(atMs).toISOString().slice(0, 10);

/** Stops of a text in a range, oldest first; what cannot be read is left out. */
export const stopsIn = (text: string, fromMs: EpochMs, toMs: EpochMs): readonly GuidedStop[] =>
  text
    .split('\n')
    .flatMap((line) => parseGuidedStopLine(line) ?? [])
    .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
    .sort((a, b) => a.atMs - b.atMs);

/** A CSV file a UTC day; files older than `keepDays` are removed when it is opened and when a day begins. */
export function fileGuidedRecord(
  folder: string,
  keepDays: number,
  nowMs: () => EpochMs,
  log: Logger,
): GuidedRecord {
  const file = (day: string): string => join(folder, `${day}.csv`);
  let prunedOn = '';
  const prune = (): void => {
    prunedOn = dayOf(nowMs());
    const oldest = `${dayOf(nowMs() - keepDays * dayMs)}.csv`;
    for (const name of readdirSync(folder)) if (name < oldest) rmSync(join(folder, name));
  };
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (err) {
      log.warn({ err }, 'stops of guided drivers are not kept');
    }
  };
  attempt(() => {
    mkdirSync(folder, { recursive: true });
    prune();
  });
  return {
    append(stop) {
      attempt(() => {
        if (prunedOn !== dayOf(nowMs())) prune();
        appendFileSync(file(dayOf(stop.atMs)), toGuidedStopLine(stop));
      });
    },
    async between(fromMs, toMs) {
      const firstMs = Math.floor(fromMs / dayMs) * dayMs;
      const days = Math.max(0, Math.ceil((toMs - firstMs) / dayMs));
      const texts = await Promise.all(
        Array.from({ length: days }, (_, n) =>
          // A day on which nobody was guided has no file.
          readFile(file(dayOf(firstMs + n * dayMs)), 'utf8').catch(() => ''),
        ),
      );
      return texts.flatMap((text) => stopsIn(text, fromMs, toMs));
    },
  };
}
