import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from './town/deployment.ts';
import type { Truth } from './town/truth.ts';
import { driversHeader, kilometresHeader } from './town/truth.ts';
import type { Origin, StoredWorld } from './world.ts';

/** What is kept of a world between two runs, and what is written down for people. */
export interface Keeping {
  /** The kept world, as it was at least one snapshot ago; `null` when a new one has to begin. */
  readonly stored: StoredWorld | null;
  /** The origin of the kept world, also when there is no snapshot of it yet. */
  readonly origin: Origin | null;
  begin(origin: Origin): void;
  writeTruth(truth: Truth, atS: number): void;
  /** Writes the truth and then the snapshot that goes with it. */
  save(world: StoredWorld, truth: Truth): void;
}

interface Snapshot {
  readonly world: StoredWorld;
  /** Lengths of the truth files at that time. */
  readonly bytes: { readonly kilometres: number; readonly drivers: number };
}

const names = { origin: 'origin.json', snapshots: ['world-a.json', 'world-b.json'] } as const;
/** As columns: `simulators/town/truth.ts`. */
const truthFiles = { kilometres: 'truth-kilometres.csv', drivers: 'truth-drivers.csv' } as const;

/**
 * Opens the folder of a simulated world. Of its two snapshots the older one is taken up: what
 * happened since is simulated again, exactly as it was, so that the storage can serve the last
 * minutes before a stop, and so that a torn file does no harm.
 */
export function openKeeping(folder: string, deployment: Deployment, seed: number): Keeping {
  mkdirSync(folder, { recursive: true });
  const file = (name: string): string => join(folder, name);
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([deployment, seed]))
    .digest('hex');
  const kept = readJson(file(names.origin)) as
    { readonly origin: Origin; readonly fingerprint: string } | undefined;
  const isSameWorld = kept?.fingerprint === fingerprint;
  const snapshots = names.snapshots
    .flatMap((name) => (readJson(file(name)) as Snapshot | undefined) ?? [])
    .filter(({ world }) => isSameWorld && world.origin.startMs === kept.origin.startMs)
    .sort((a, b) => a.world.nowS - b.world.nowS);
  const snapshot = snapshots.length === 2 ? snapshots[0] : undefined;
  let turn = 0;

  function writeTruth(truth: Truth, atS: number): void {
    const { kilometres, drivers } = truth.take(atS);
    if (kilometres !== '') appendFileSync(file(truthFiles.kilometres), kilometres);
    if (drivers !== '') appendFileSync(file(truthFiles.drivers), drivers);
  }

  const restart = (): void => {
    writeFileSync(file(truthFiles.kilometres), kilometresHeader);
    writeFileSync(file(truthFiles.drivers), driversHeader);
  };
  if (snapshot !== undefined) {
    truncateSync(file(truthFiles.kilometres), snapshot.bytes.kilometres);
    truncateSync(file(truthFiles.drivers), snapshot.bytes.drivers);
  } else restart();

  return {
    stored: snapshot?.world ?? null,
    origin: isSameWorld ? kept.origin : null,
    begin(origin) {
      restart();
      writeWhole(file(names.origin), JSON.stringify({ origin, fingerprint }));
      for (const name of names.snapshots) writeFileSync(file(name), '');
      writeWhole(file('measures.json'), JSON.stringify(measures(deployment, origin), null, 2));
    },
    writeTruth,
    save(world, truth) {
      writeTruth(truth, world.nowS);
      const bytes = {
        kilometres: statSync(file(truthFiles.kilometres)).size,
        drivers: statSync(file(truthFiles.drivers)).size,
      };
      const stored = { ...world, truth: truth.store() };
      writeWhole(
        file(names.snapshots[turn++ % 2] ?? names.snapshots[0]),
        JSON.stringify({ world: stored, bytes }),
      );
    },
  };
}

/** The measure that the simulated town has taken, in the form of `measures.json`. */
function measures({ simulation }: Deployment, origin: Origin): readonly unknown[] {
  if (simulation.measure === null || origin.measure === null) return [];
  const {
    daysBeforeStart: _days,
    arrivalsFactor: _arrivals,
    stayFactor: _stay,
    ...texts
  } = simulation.measure;
  return [{ ...texts, from: origin.measure.date }];
}

function readJson(file: string): unknown {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch {
    // Torn or empty: as if it were not there.
    return undefined;
  }
}

/** The file is the old or the new one, never half of it. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
