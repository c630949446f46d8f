import type { SourceConfig } from '../../../config/schema.ts';
import { AppError } from '../../domain/errors.ts';
import type { EpochMs } from '../../domain/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SourceStatus, UplinkHandler, UplinkSource } from '../../ports/uplink-source.ts';
import { parseChirpstackMessage } from './chirpstack-message.ts';
import { deliver } from './message.ts';
import { parseTtsMessage } from './tts-message.ts';

type WebhookConfig = Extract<SourceConfig, { kind: 'webhook' }>;

interface WebhookAnswer {
  readonly status: 200 | 503;
  /** Why it was refused, for the sender. */
  readonly detail?: string;
}

/** A source that the network server calls: `handle` is mounted at `/ingest/<from>`. */
export interface WebhookSource extends UplinkSource {
  readonly from: WebhookConfig['from'];
  readonly maxBodyBytes: number;
  /** The secret that whoever mounts it lets pass only. */
  readonly bearer: string;
  /** 200 only when the uplink is in the log; a message that cannot be read is set aside and is 200 too. */
  handle(body: string): WebhookAnswer;
}

const parsers = { tts: parseTtsMessage, chirpstack: parseChirpstackMessage };

/**
 * Uplinks that a network server posts. It sends a message once, or again for about an hour when it is
 * refused (503), in whatever order.
 */
export function webhook(options: {
  readonly config: WebhookConfig;
  readonly bearer: string;
  readonly clock: Clock;
}): WebhookSource {
  const { config, bearer, clock } = options;
  const { name, from } = config;
  let handler: UplinkHandler | undefined;
  let sinceMs = clock.now();
  let lastUplinkMs: EpochMs | null = null;
  let problem: string | null = null;

  return {
    from,
    maxBodyBytes: config.maxBodyKb * 1024,
    bearer,
    handle(body) {
      if (!handler) return { status: 503, detail: 'not started yet' };
      const atMs = clock.now();
      const parsed = parsers[from](body, { nowMs: atMs, via: 'webhook' });
      try {
        deliver(parsed, body, { handler, source: name, atMs });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        problem = error.message;
        return { status: 503, detail: 'the uplink could not be stored' };
      }
      if (parsed.ok && parsed.value.kind === 'uplink') lastUplinkMs = atMs;
      problem = null;
      return { status: 200 };
    },
    start(next) {
      handler = next;
      sinceMs = clock.now();
      return Promise.resolve();
    },
    stop() {
      handler = undefined;
      sinceMs = clock.now();
      return Promise.resolve();
    },
    status(): SourceStatus {
      const state = handler ? 'connected' : 'stopped';
      return { name, state, sinceMs, lastUplinkMs, reconnects: 0, problem };
    },
    onConnected() {
      // There is no connection: gaps are closed at the start and periodically.
    },
  };
}
