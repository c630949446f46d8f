import type { Settings } from '../../config/config.ts';
import { openUplinkHistory } from '../adapters/uplink-history/index.ts';
import { isWebhookSource, openUplinkSource } from '../adapters/uplink-source/index.ts';
import { ttsStoredFormat } from '../adapters/uplink-source/tts-message.ts';
import type { Backfill } from '../pipeline/backfill.ts';
import { createBackfill } from '../pipeline/backfill.ts';
import type { Ingest } from '../pipeline/ingest.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Snapshots } from '../ports/snapshots.ts';
import type { UplinkSource } from '../ports/uplink-source.ts';

type Webhook = Extract<ReturnType<typeof openUplinkSource>, { handle: unknown }>;

/** Everything uplinks come from, and what closes the gaps of each. */
export interface Sources {
  readonly all: readonly UplinkSource[];
  readonly backfills: readonly Backfill[];
  readonly webhooks: Readonly<Partial<Record<'tts' | 'chirpstack', Webhook>>>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The sources that the deployment names, connected to the ingest stage. */
export function createSources(deps: {
  readonly config: Settings;
  readonly ingest: Ingest;
  readonly snapshots: Snapshots;
  readonly clock: Clock;
  readonly logger: Logger;
}): Sources {
  const { config, ingest, snapshots, clock, logger } = deps;
  const { secrets, deployment } = config;
  const parts = deployment.sources.map((settings) => {
    const source = openUplinkSource(settings, secrets, clock, logger);
    const history = openUplinkHistory(settings, secrets, ttsStoredFormat, clock);
    if (!history || settings.kind !== 'tts-mqtt' || !settings.storage) return { source };
    const backfill = createBackfill({
      history,
      handler: ingest,
      snapshots,
      source: settings.name,
      clock,
      logger,
      lastUplinkMs: () => ingest.status().newestReceivedMs,
      everyMs: settings.storage.everyMin * 60_000,
      overlapMs: settings.storage.overlapS * 1000,
    });
    source.onConnected(() => backfill.now());
    return { source, backfill };
  });
  const webhooks = parts.map(({ source }) => source).filter(isWebhookSource);
  const backfills = parts.flatMap(({ backfill }) => (backfill ? [backfill] : []));

  return {
    all: parts.map(({ source }) => source),
    backfills,
    webhooks: Object.fromEntries(webhooks.map((source) => [source.from, source])),
    async start() {
      for (const backfill of backfills) await backfill.start();
      for (const { source } of parts) await source.start(ingest);
    },
    async stop() {
      for (const { source, backfill } of parts) {
        await source.stop();
        await backfill?.stop();
      }
    },
  };
}
