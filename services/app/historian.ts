import { join } from 'node:path';
import type { Deployment } from '../../config/schema.ts';
import { openHistoryStore } from '../adapters/history-store/index.ts';
import type { Decoder } from '../decoders/decoder.ts';
import { interpret } from '../decoders/interpret.ts';
import { createInstallations } from '../domain/installations.ts';
import type { Installation, Inventory } from '../domain/site.ts';
import { createMeasure, type Measure } from '../pipeline/measure/measure.ts';
import type { RecordStatus } from '../pipeline/record.ts';
import { createSumUp } from '../pipeline/sum-up.ts';
import { withWholeStretches } from '../pipeline/whole-stretches.ts';
import type { Clock } from '../ports/clock.ts';
import type { HistoryStore } from '../ports/history-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { RollUpSums } from '../ports/roll-up-sums.ts';
import type { Snapshots } from '../ports/snapshots.ts';
import type { LogReader, LogSeq } from '../ports/uplink-log.ts';
import { createNewlyInstalled } from './newly-installed.ts';
import { createPatience, createSpacePatience } from './patience.ts';
import { openRecorder } from './recording.ts';
import { createRefused } from './refused.ts';
import { loadRecordState, recordState } from './state-files.ts';

/** Installations that changed while there was a log already. */
export interface Installed {
  readonly before: readonly Installation[];
  readonly after: readonly Installation[];
  /** The last record that was read with the installations of before. */
  readonly upTo: LogSeq;
}

/**
 * Who keeps the history: log → history, history → roll-ups. It needs nothing of the present but the log,
 * so it can live in a thread of its own.
 */
export interface Historian {
  /** For reading, and for whoever deletes what is too old. */
  readonly store: HistoryStore;
  readonly sums: RollUpSums;
  recording(): RecordStatus & {
    /** Rows that the history did not take, since the start. */
    readonly refused: number;
  };
  rollingUp(): ReturnType<Measure['status']>;
  startRecording(): Promise<void>;
  /** Writes what is left, as far as the store lets it. */
  stopRecording(): Promise<void>;
  /** Resolves when the past is rolled up; goes on with every interval that closes. */
  startRollingUp(): Promise<void>;
  stopRollingUp(): Promise<void>;
  /** Saves how far it has come, and says it: the log before that is not needed any more. `null` while it cannot be said. */
  save(savedAtMs: number): Promise<LogSeq | null>;
  /** Goes on with another inventory. */
  follow(inventory: Inventory): Promise<void>;
  /** Reads the uplinks of newly installed devices again; resolves with their number when they are stored. */
  readAgain(installed: Installed): Promise<number>;
  close(): Promise<void>;
}

/** What a historian is opened with: plain data, which can go to another thread. */
export interface HistorianSettings {
  readonly dataDir: string;
  readonly deployment: Pick<Deployment, 'history' | 'staleFactor' | 'timeZone' | 'retention'>;
  readonly secrets: ReadonlyMap<string, string>;
  readonly inventory: Inventory;
}

/** Opens the history, and goes on where the last one ended. */
export async function openHistorian(
  settings: HistorianSettings,
  deps: {
    readonly log: LogReader;
    readonly findDecoder: (model: string) => Decoder | undefined;
    readonly snapshots: Snapshots;
    readonly clock: Clock;
    readonly logger: Logger;
  },
): Promise<Historian> {
  const { dataDir, deployment, secrets } = settings;
  const { log, findDecoder, snapshots, clock, logger } = deps;
  let current = settings.inventory;
  const inventory = (): Inventory => current;

  const refused = createRefused(join(dataDir, 'refused'), logger);
  const history = await openHistoryStore(deployment.history, join(dataDir, 'history'), {
    secrets,
    inventory,
    refuse: refused.lines,
  });
  const { store, sums } = createSumUp({
    store: withWholeStretches(history, inventory),
    timeZone: deployment.timeZone,
  });
  const installations = createInstallations(inventory);
  const recorder = openRecorder({
    log,
    store,
    clock,
    logger,
    read: (uplink) => interpret(uplink, installations, findDecoder),
    saved: await loadRecordState(snapshots),
    refused: refused.batch,
  });
  const patienceOf = createPatience(deployment.staleFactor, findDecoder);
  const measure = createMeasure({
    store,
    clock,
    log: logger,
    inventory,
    timeZone: deployment.timeZone,
    staleAfterMs: createSpacePatience(inventory, patienceOf),
    backDays: deployment.retention.rawDays,
  });
  recorder.onStored(measure.stored);

  return {
    store,
    sums,
    recording: () => ({ ...recorder.status(), refused: refused.count() }),
    rollingUp: measure.status,
    startRecording() {
      recorder.start();
      return Promise.resolve();
    },
    stopRecording: () => recorder.stop(),
    startRollingUp: () => measure.start(),
    stopRollingUp: () => measure.stop(),
    async save(savedAtMs) {
      const recorded = recorder.snapshot();
      if (!recorded) return null;
      await snapshots.save(recordState, { ...recorded, offsets: [], savedAtMs });
      // While a batch is gathered the tracker is ahead of the history: the log has to have what lies between.
      return Math.min(recorded.seq, recorder.status().cursor);
    },
    follow(next) {
      current = next;
      return Promise.resolve();
    },
    readAgain: ({ before, after, upTo }) =>
      recorder.readAgain(upTo, createNewlyInstalled(before, after, findDecoder).read),
    close: () => store.close(),
  };
}
