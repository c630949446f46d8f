import type { State } from '../contract/state.ts';
import type { DeviceReport } from '../domain/device-health.ts';
import type { EpochMs } from '../domain/ids.ts';
import type { Present } from '../domain/present.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeadLetters } from '../ports/dead-letters.ts';
import type { HistoryStore } from '../ports/history-store.ts';
import type { UplinkLog } from '../ports/uplink-log.ts';
import type { UplinkSource } from '../ports/uplink-source.ts';
import type { Backfill } from '../pipeline/backfill.ts';
import type { Ingest } from '../pipeline/ingest.ts';
import type { LiveHub } from '../publish/live.ts';
import type { ParkApiPush } from '../publish/push/parkapi-push.ts';
import { deviceMetrics } from './devices.ts';
import type { Historian } from './historian.ts';
import type { Metric } from './metrics.ts';
import { parkApiPushMetrics } from './park-api-push.ts';

/** The parts of a running process, as far as they can be asked how they are. */
export interface Parts {
  readonly clock: Clock;
  readonly startedAtMs: EpochMs;
  readonly log: UplinkLog;
  readonly store: HistoryStore;
  readonly present: Present;
  readonly devices: (nowMs: EpochMs) => readonly DeviceReport[];
  readonly ingest: Ingest;
  readonly recording: Historian['recording'];
  readonly deadLetters: DeadLetters;
  readonly sources: readonly UplinkSource[];
  readonly backfills: readonly Backfill[];
  readonly hub: LiveHub;
  /** `null` where the deployment pushes nothing. */
  readonly push: ParkApiPush | null;
  /** Why the newest files are not in force. */
  readonly configuration: () => string | null;
  /** `null` while nothing is wrong; said while the log is replayed on start. */
  readonly starting: () => string | null;
}

const instant = (atMs: EpochMs): string => new Date(atMs).toISOString();
const instantOrNull = (atMs: EpochMs | null): string | null =>
  atMs === null ? null : instant(atMs);

function countSpaces(present: Present): State['spaces'] {
  const counts = { occupied: 0, vacant: 0, unknown: 0 };
  for (const { status } of present.spaces()) counts[status] += 1;
  return counts;
}

/** `/api/v1/state`. */
export function toState(parts: Parts): State {
  const { clock, log, store, present, ingest, recording, deadLetters, sources, hub } = parts;
  const { received, duplicates, lastUplinkMs } = ingest.status();
  const { first, last, bytes } = log.status();
  const { cursor, backlogRecords, problem } = recording();
  const history = store.status();
  return {
    startedAt: instant(parts.startedAtMs),
    publishedAt: instant(clock.now()),
    cursor: `${present.epoch}.${present.version()}`,
    lastUplinkAt: instantOrNull(lastUplinkMs),
    uplinks: { received, duplicates, rejected: Object.fromEntries(deadLetters.counts()) },
    log: { first, last, bytes, backlogRecords },
    history: { state: history.state, cursor, problem: problem ?? history.problem },
    sources: sources.map((source) => {
      const status = source.status();
      return {
        name: status.name,
        state: status.state,
        since: instant(status.sinceMs),
        lastUplinkAt: instantOrNull(status.lastUplinkMs),
        reconnects: status.reconnects,
        problem: status.problem,
      };
    }),
    spaces: countSpaces(present),
    liveClients: hub.clients(),
    recentlyRejected: deadLetters.recent().map(({ atMs, reason, detail, source }) => ({
      at: instant(atMs),
      reason,
      detail,
      source,
    })),
  };
}

const describeLoss = ({ fromMs, toMs }: { readonly fromMs: EpochMs; readonly toMs: EpochMs }) =>
  `uplinks from ${instant(fromMs)} to ${instant(toMs)} are lost: the network server had forgotten them when it was asked`;

/** `/readyz`: a part that only lags is ready and says so. */
export function toReadiness(
  parts: Parts,
): { name: string; isReady: boolean; problem: string | null }[] {
  const { store, recording, sources, backfills } = parts;
  const starting = parts.starting();
  const history = recording().problem ?? store.status().problem;
  return [
    { name: 'present', isReady: starting === null, problem: starting },
    { name: 'configuration', isReady: true, problem: parts.configuration() },
    // Live answers do not need the history: while it is away the log keeps everything.
    { name: 'history', isReady: true, problem: history },
    ...backfills.map((backfill) => {
      const { source, problem, lost } = backfill.status();
      const loss = lost && describeLoss(lost);
      const problems = [problem, loss].filter((one) => one !== null);
      return {
        name: `backfill ${source}`,
        isReady: true,
        problem: problems.length > 0 ? problems.join('; ') : null,
      };
    }),
    ...sources.map((source) => {
      const { name, problem } = source.status();
      return { name: `source ${name}`, isReady: true, problem };
    }),
    ...(parts.push
      ? [{ name: 'ParkAPI push', isReady: true, problem: parts.push.status().problem }]
      : []),
  ];
}

const one = (value: boolean): number => (value ? 1 : 0);

/** `/metrics`, apart from the process's own. */
export function partMetrics(parts: Parts): readonly Metric[] {
  const { log, present, ingest, recording, store, deadLetters, sources, hub, clock } = parts;
  const backfills = () => parts.backfills.map((backfill) => backfill.status());
  const counter = (name: string, help: string, read: Metric['read']): Metric => ({
    name: `parklotse_${name}`,
    help,
    type: 'counter',
    read,
  });
  const gauge = (name: string, help: string, read: Metric['read']): Metric => ({
    ...counter(name, help, read),
    type: 'gauge',
  });
  return [
    counter('uplinks_total', 'Uplinks appended to the log', () => ingest.status().received),
    counter(
      'uplinks_duplicate_total',
      'Uplinks that had been here before',
      () => ingest.status().duplicates,
    ),
    counter('uplinks_rejected_total', 'Messages set aside, by reason', () =>
      [...deadLetters.counts()].map(([reason, count]) => [{ reason }, count]),
    ),
    gauge(
      'log_backlog_records',
      'Records not yet in the history',
      () => recording().backlogRecords,
    ),
    gauge(
      'log_records',
      'Records kept in the log',
      () => log.status().last - log.status().first + 1,
    ),
    gauge('log_bytes', 'Size of the log', () => log.status().bytes),
    gauge('history_up', 'Whether the history answers', () =>
      one(store.status().state === 'ready' && recording().problem === null),
    ),
    gauge(
      'history_retries',
      'Writes tried again since the last success',
      () => recording().retries,
    ),
    counter(
      'history_refused_total',
      'Rows that the history did not take; they are in refused/refused.ndjson with the reason',
      () => recording().refused,
    ),
    counter('backfill_uplinks_total', 'Uplinks read again from the network servers', () =>
      backfills().reduce((sum, { uplinks }) => sum + uplinks, 0),
    ),
    gauge(
      'backfill_behind_seconds',
      'Since the time up to which everything that a network server stored has been read',
      () =>
        backfills().flatMap(({ source, completeUntilMs }) =>
          completeUntilMs === null
            ? []
            : [[{ source }, Math.max(0, clock.now() - completeUntilMs) / 1000]],
        ),
    ),
    gauge(
      'backfill_lost_seconds',
      'Length of the last gap that a network server had forgotten when it was asked',
      () =>
        backfills().map(({ source, lost }) => [
          { source },
          lost ? (lost.toMs - lost.fromMs) / 1000 : 0,
        ]),
    ),
    gauge('source_connected', 'Whether a source is connected', () =>
      sources.map((source) => {
        const { name, state } = source.status();
        return [{ source: name }, one(state === 'connected')];
      }),
    ),
    counter('source_reconnects_total', 'Connections made again', () =>
      sources.map((source) => [{ source: source.status().name }, source.status().reconnects]),
    ),
    gauge('source_silence_seconds', 'Since the last uplink of a source', () =>
      sources.flatMap((source) => {
        const { name, lastUplinkMs } = source.status();
        return lastUplinkMs === null
          ? []
          : [[{ source: name }, (clock.now() - lastUplinkMs) / 1000]];
      }),
    ),
    gauge('spaces', 'Spaces by status', () =>
      Object.entries(countSpaces(present)).map(([status, count]) => [{ status }, count]),
    ),
    deviceMetrics(() => parts.devices(clock.now())),
    gauge('live_clients', 'Connected live clients', () => hub.clients()),
    ...parkApiPushMetrics(parts.push, clock),
  ];
}
