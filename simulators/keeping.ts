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
import { guidedStopsHeader } from '../services/domain/guidance/guided-stops.ts';
import type { Origin, StoredAdvice, StoredWorld } from './world.ts';

/** What is kept of a world between two runs, and what is written down for people. */
export interface Keeping {
  /** The kept world, as it was at least one snapshot ago; `null` when a new one has to begin. */
  readonly stored: StoredWorld | null;
  /** The origin of the kept world, also when there is no snapshot of it yet. */
  readonly origin: Origin | null;
  /** What guidance answered since the kept world. */
  readonly answers: readonly StoredAdvice[];
  /** Keeps an answer for the next start. */
  answered(advice: StoredAdvice): void;
  /** A line of `guided-stops.csv`; written with the truth. */
  guidedStop(line: string): void;
  begin(origin: Origin): void;
  writeTruth(truth: Truth, atS: number): void;
  /** Writes the truth and then the snapshot that goes with it. */
  save(world: StoredWorld, truth: Truth): void;
}

interface Snapshot {
  readonly world: StoredWorld;
  /** Lengths of the truth files at that time. */
  readonly bytes: {
    readonly kilometres: number;
    readonly drivers: number;
    readonly guidedStops: number;
  };
}

const names = {
  origin: 'origin.json',
  answers: 'answers.jsonl',
  snapshots: ['world-a.json', 'world-b.json'],
} as const;
/** As columns: `simulators/town/truth.ts` and `services/domain/guidance/guided-stops.ts`. */
const truthFiles = {
  kilometres: 'truth-kilometres.csv',
  drivers: 'truth-drivers.csv',
  guidedStops: 'guided-stops.csv',
} as const;

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
  let stops = '';
  /** When the two last snapshots were made: of the older one the next start begins. */
  let savedAtS = [snapshot?.world.nowS ?? -Infinity, snapshot?.world.nowS ?? -Infinity] as const;
  let answers =
    snapshot === undefined
      ? []
      : readAnswers(file(names.answers)).filter(({ atS }) => atS > snapshot.world.nowS);
  const writeAnswers = (): void =>
    writeWhole(file(names.answers), answers.map((one) => `${JSON.stringify(one)}\n`).join(''));

  function writeTruth(truth: Truth, atS: number): void {
    const { kilometres, drivers } = truth.take(atS);
    if (kilometres !== '') appendFileSync(file(truthFiles.kilometres), kilometres);
    if (drivers !== '') appendFileSync(file(truthFiles.drivers), drivers);
    if (stops !== '') appendFileSync(file(truthFiles.guidedStops), stops);
    stops = '';
  }

  const restart = (): void => {
    writeFileSync(file(truthFiles.kilometres), kilometresHeader);
    writeFileSync(file(truthFiles.drivers), driversHeader);
    writeFileSync(file(truthFiles.guidedStops), guidedStopsHeader);
  };
  if (snapshot !== undefined) {
    truncateSync(file(truthFiles.kilometres), snapshot.bytes.kilometres);
    truncateSync(file(truthFiles.drivers), snapshot.bytes.drivers);
    truncateSync(file(truthFiles.guidedStops), snapshot.bytes.guidedStops);
  } else restart();

  return {
    stored: snapshot?.world ?? null,
    origin: isSameWorld ? kept.origin : null,
    answers: [...answers],
    answered(advice) {
      answers.push(advice);
      appendFileSync(file(names.answers), `${JSON.stringify(advice)}\n`);
    },
    guidedStop: (line) => void (stops += line),
    begin(origin) {
      restart();
      answers = [];
      writeAnswers();
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
        guidedStops: statSync(file(truthFiles.guidedStops)).size,
      };
      const stored = { ...world, truth: truth.store() };
      writeWhole(
        file(names.snapshots[turn++ % 2] ?? names.snapshots[0]),
        JSON.stringify({ world: stored, bytes }),
      );
      const [, beforeS] = savedAtS;
      savedAtS = [beforeS, world.nowS];
      answers = answers.filter(({ atS }) => atS > beforeS);
      writeAnswers();
    },
  };
}

/** What the simulated town has done, in the form of `measures.json`. */
function measures({ simulation }: Deployment, origin: Origin): readonly unknown[] {
  const done: unknown[] = [];
  if (simulation.measure !== null && origin.measure !== null) {
    const {
      daysBeforeStart: _days,
      arrivalsFactor: _arrivals,
      stayFactor: _stay,
      ...texts
    } = simulation.measure;
    done.push({ ...texts, from: origin.measure.date });
  }
  if (simulation.guidance !== null && origin.guidance !== null) {
    const {
      daysBeforeStart: _days,
      ratio: _ratio,
      obeyRatio: _obeys,
      ...texts
    } = simulation.guidance;
    done.push({ ...texts, from: origin.guidance.date });
  }
  return done;
}

/** The answers that were kept; the last line may be torn. */
function readAnswers(path: string): StoredAdvice[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as StoredAdvice);
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
