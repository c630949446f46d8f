import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from './options.ts';

/** How the simulated clock runs: `anchorMs + (real − anchorMs) × speed`. */
export interface TimeLapse {
  readonly anchorMs: number;
  readonly speed: number;
}

const schema = z.object({ anchorMs: z.number(), speed: z.number() });

/**
 * The clock of a simulated data folder: begun now, or gone on with. Time that ran faster than real time
 * cannot run slower again without going back, so another speed needs another folder.
 */
export function openTimeLapse(dataDir: string, speed: number, nowMs: number): TimeLapse {
  const path = join(dataDir, 'time-lapse.json');
  const known = readLapse(path);
  if (known && known.speed !== speed && Math.max(known.speed, speed) > 1)
    throw new UsageError(
      `${dataDir} lives at --speed ${known.speed}: go on at that speed, or choose another folder with --data`,
    );
  if (known) return known;
  const lapse = { anchorMs: nowMs, speed };
  writeFileSync(path, JSON.stringify(lapse));
  return lapse;
}

function readLapse(path: string): TimeLapse | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
