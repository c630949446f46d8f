import { beforeEach, describe, expect, test } from 'vitest';
import {
  createGroupCommit,
  type GroupCommit,
} from '../../../../services/adapters/uplink-log/group-commit.ts';
import { createManualClock, type ManualClock } from '../../../support/manual-clock.ts';

describe('group commit', () => {
  let clock: ManualClock;
  let commit: GroupCommit;
  let syncs: PromiseWithResolvers<undefined>[];
  let failures: unknown[];
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const write = (times: number): void => {
    for (let i = 0; i < times; i += 1) commit.wrote(1);
  };

  beforeEach(() => {
    clock = createManualClock();
    syncs = [];
    failures = [];
    commit = createGroupCommit({
      clock,
      everyMs: 20,
      everyRecords: 4,
      sync() {
        const next = Promise.withResolvers<undefined>();
        syncs.push(next);
        return next.promise;
      },
      failed: (error) => void failures.push(error),
    });
  });

  test('syncs once for what is written within the time', () => {
    write(1);
    clock.advance(10);
    write(2);
    expect(syncs).toHaveLength(0);
    clock.advance(10);
    expect(syncs).toHaveLength(1);
    clock.advance(1000);
    expect(syncs).toHaveLength(1);
  });

  test('syncs at once after so many records', () => {
    write(4);
    expect(syncs).toHaveLength(1);
  });

  test('what is written during a sync is in the next, and never two run together', async () => {
    write(4);
    write(10);
    clock.advance(1000);
    expect(syncs).toHaveLength(1);
    syncs[0]!.resolve(undefined);
    await settle();
    expect(syncs).toHaveLength(2);
  });

  test('synced waits for the sync after the write, not for one that had begun before', async () => {
    write(4);
    write(1);
    let isSynced = false;
    void commit.synced().then(() => (isSynced = true));
    syncs[0]!.resolve(undefined);
    await settle();
    expect(isSynced).toBe(false);
    syncs[1]!.resolve(undefined);
    await settle();
    expect(isSynced).toBe(true);
  });

  test('synced resolves at once when nothing was written', async () => {
    await commit.synced();
    expect(syncs).toHaveLength(0);
  });

  test('a failed sync is told to everybody who waits, and to who listens; the next goes on', async () => {
    write(1);
    const waiting = commit.synced();
    const disk = new Error('EIO');
    syncs[0]!.reject(disk);
    await expect(waiting).rejects.toBe(disk);
    expect(failures).toEqual([disk]);
    write(1);
    const next = commit.synced();
    syncs[1]!.resolve(undefined);
    await next;
  });

  test('a failed sync that nobody waits for ends nothing', async () => {
    write(4);
    syncs[0]!.reject(new Error('EIO'));
    await settle();
    expect(failures).toHaveLength(1);
  });
});
