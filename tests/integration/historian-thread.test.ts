import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { systemClock } from '../../services/adapters/clock/system.ts';
import { openUplinkLog } from '../../services/adapters/uplink-log/index.ts';
import type { Historian } from '../../services/app/historian.ts';
import { openHistorianThread } from '../../services/app/historian-thread.ts';
import { toInventory } from '../../services/app/inventory.ts';
import type { UplinkLog } from '../../services/ports/uplink-log.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { anUplink, devEui } from '../support/uplinks.ts';
import { waitFor } from '../support/wait-for.ts';

const dayMs = 86_400_000;
const everything = { fromMs: 0, toMs: Date.now() + dayMs };

describe('the historian in a thread of its own', () => {
  const dir = deploymentFolder(10);
  let dataDir: string;
  let log: UplinkLog;
  let historian: Historian;
  const logger = createRecordingLogger();
  const ends: string[] = [];
  const config = loadConfig(dir, new Set(['bosch-tps110']), {});

  const open = async (settings: Partial<typeof config.deployment> = {}): Promise<Historian> => {
    const deployment = { ...config.deployment, ...settings };
    historian = await openHistorianThread(
      { dataDir, deployment, secrets: new Map(), inventory: toInventory(config) },
      { log, logger, configDir: dir, lapse: undefined, ended: (reason) => void ends.push(reason) },
    );
    return historian;
  };
  const report = (fCnt: number): void =>
    void log.append(
      anUplink({
        devEui: devEui((fCnt % 10) + 1),
        fCnt,
        fPort: 1,
        payload: Uint8Array.of(fCnt % 2),
        receivedAtMs: Date.now() - dayMs + fCnt * 60_000,
      }),
    );

  beforeEach(async () => {
    dataDir = temporaryDirectory();
    log = await openUplinkLog({
      config: config.deployment.log,
      directory: join(dataDir, 'log'),
      clock: systemClock(),
      log: logger,
    });
  });
  afterEach(async () => {
    await historian.close().catch(() => undefined);
    await log.close();
  });

  test('records what is logged while it runs, rolls it up, and goes on after a restart', async () => {
    await open();
    await historian.startRecording();
    for (let fCnt = 0; fCnt < 500; fCnt += 1) report(fCnt);
    await waitFor(() => historian.recording().cursor === 500, { what: 'the history' });
    expect(historian.recording()).toMatchObject({ backlogRecords: 0, problem: null });
    expect(await historian.store.observations(everything)).toHaveLength(500);
    await historian.startRollingUp();
    expect(historian.rollingUp().doneMs).not.toBeNull();
    const hours = { ...everything, scope: 'site', step: 'hour' } as const;
    expect((await historian.store.rollUps(hours)).length).toBeGreaterThan(5);
    await historian.stopRecording();
    expect(await historian.save(Date.now())).toBe(500);
    await historian.stopRollingUp();
    await historian.close();

    for (let fCnt = 500; fCnt < 600; fCnt += 1) report(fCnt);
    await open();
    await historian.startRecording();
    await historian.stopRecording();
    expect(await historian.store.cursor()).toBe(600);
    expect(await historian.store.observations(everything)).toHaveLength(600);
  });

  test('takes over another inventory, and reads again what it did not know', async () => {
    await open();
    await historian.startRecording();
    const before = toInventory(config);
    const known = before.installations[0];
    if (!known) throw new Error('nothing is installed');
    const stranger = devEui(77);
    log.append(
      anUplink({ devEui: stranger, fPort: 1, payload: Uint8Array.of(1), receivedAtMs: Date.now() }),
    );
    await waitFor(() => historian.recording().cursor === 1, { what: 'the history' });
    expect(await historian.store.observations(everything)).toEqual([]);
    const after = { ...before, installations: [{ ...known, devEui: stranger }] };
    await historian.follow(after);
    const installations = { before: before.installations, after: after.installations };
    expect(await historian.readAgain({ ...installations, upTo: 1 })).toBe(1);
    expect(await historian.store.observations(everything)).toMatchObject([
      { devEui: stranger, status: 'occupied' },
    ]);
    await historian.stopRecording();
  });

  test('errors keep their code, and who asks while it closes is told so', async () => {
    await open();
    const asked = historian.store.transitions(everything).catch((error: unknown) => error);
    await historian.close();
    const answer = await asked;
    if (answer instanceof Error) expect(answer).toMatchObject({ code: 'store-unavailable' });
    await expect(historian.store.cursor()).rejects.toMatchObject({
      code: 'store-unavailable',
      retryable: true,
    });
  });

  test('a history that cannot be opened is refused with its reason', async () => {
    mkdirSync(join(dataDir, 'history'));
    writeFileSync(join(dataDir, 'history/history.duckdb'), 'no database'.repeat(1000));
    await expect(open()).rejects.toMatchObject({ name: 'AppError', code: 'store-unavailable' });
    rmSync(join(dataDir, 'history'), { recursive: true });
    await open();
  });
});
