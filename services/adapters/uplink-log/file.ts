import { unlink } from 'node:fs/promises';
import type { LogConfig } from '../../../config/schema.ts';
import { AppError } from '../../domain/errors.ts';
import type { Uplink } from '../../domain/uplink.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { LogSeq, UplinkLog } from '../../ports/uplink-log.ts';
import { claimDirectory } from './directory-claim.ts';
import { createGroupCommit } from './group-commit.ts';
import { createDamageLog } from './damage.ts';
import { readSegments } from './reading.ts';
import { createRecordEncoder } from './record-codec.ts';
import { recoverSegments } from './recovery.ts';
import { createSegmentWriter } from './segment-writer.ts';

const dayMs = 86_400_000;
const mebibyte = 1024 * 1024;

/**
 * The log as append-only segment files in one directory, for one process. Records are framed with length
 * and CRC-32C. A write is complete when `append` returns; fdatasync follows in groups. A torn tail of the
 * newest segment is cut when the log is opened. Damage anywhere else is reported as `log-corrupt` with file
 * and offset, once, and reading goes on with the next whole record: the sequence numbers show the hole.
 * `read` waits for the group commit, so that no cursor can get ahead of what a power cut leaves.
 * Throws `log-unavailable` when the directory is not writable or another process uses it.
 */
export async function openFileLog(options: {
  readonly config: LogConfig;
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<UplinkLog> {
  const { config, directory, clock, log } = options;
  const claim = await claimDirectory(directory, log);
  const damaged = createDamageLog(log);
  const recovered = await recoverSegments(directory, damaged).catch((error: unknown) => {
    claim.release();
    throw error;
  });
  const { segments, cutBytes } = recovered;
  let { nextSeq } = recovered;
  if (cutBytes > 0) log.warn({ directory, cutBytes }, 'torn tail of the log cut');

  const encode = createRecordEncoder();
  const segmentBytes = config.segmentMb * mebibyte;
  const writer = createSegmentWriter({
    directory,
    directoryFd: claim.fd,
    segments,
    segmentBytes,
    clock,
  });
  const commit = createGroupCommit({
    clock,
    everyMs: config.syncEveryMs,
    everyRecords: config.syncEveryRecords,
    sync: () => writer.sync(),
    failed: (err) => log.error({ err }, 'log not synced'),
  });
  let isClosed = false;

  const bytes = (): number => segments.reduce((sum, segment) => sum + segment.size, 0);
  const endOf = (index: number): LogSeq => segments[index + 1]?.firstSeq ?? nextSeq;
  const isKept = (index: number, kept: number): boolean => {
    const endedAtMs = segments[index + 1]?.begunAtMs ?? clock.now();
    const isYoung = endedAtMs > clock.now() - config.keepDays * dayMs;
    return isYoung && kept <= config.keepMb * mebibyte;
  };

  const appendAll = (uplinks: readonly Uplink[]): LogSeq => {
    if (isClosed) throw new AppError('log-unavailable', `the log in ${directory} is closed`);
    const seq = nextSeq;
    writer.write(seq, encode(seq, clock.now(), uplinks));
    nextSeq = seq + uplinks.length;
    commit.wrote(uplinks.length);
    return seq;
  };

  return {
    append: (uplink) => appendAll([uplink]),
    appendAll,

    synced: () => commit.synced(),

    async *read(from, batchSize = 1000) {
      const before = nextSeq;
      await commit.synced();
      yield* readSegments([...segments], { from, before }, batchSize, damaged);
    },

    async release(before) {
      let kept = bytes();
      // The newest segment always stays: it carries the sequence number.
      while (segments.length > 1 && endOf(0) <= before && !isKept(0, kept)) {
        const segment = segments.shift();
        if (!segment) return;
        kept -= segment.size;
        await unlink(segment.path).catch((err: unknown) => {
          log.warn(
            { path: segment.path, err },
            'log segment not removed: the next start tries again',
          );
        });
      }
    },

    status: () => ({
      first: segments[0]?.firstSeq ?? nextSeq,
      last: nextSeq - 1,
      bytes: bytes(),
      segments: segments.length,
      cutBytes,
    }),

    async close() {
      if (isClosed) return;
      isClosed = true;
      await commit.synced().finally(() => {
        writer.close();
        claim.release();
      });
    },
  };
}
