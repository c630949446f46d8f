import type { SourceConfig } from '../../../config/schema.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { UplinkSource } from '../../ports/uplink-source.ts';
import { parseChirpstackMessage } from './chirpstack-message.ts';
import { createMqttSource } from './mqtt-source.ts';

type ChirpstackMqttConfig = Extract<SourceConfig, { kind: 'chirpstack-mqtt' }>;

const events = ['up', 'join', 'status', 'log', 'txack'];

/**
 * ChirpStack v4, which publishes to a broker of our own (with `qos = 1` in its configuration). The broker
 * keeps our session: what we have not acknowledged, or what came while we were away, it sends again.
 */
export function chirpstackMqtt(options: {
  readonly config: ChirpstackMqttConfig;
  readonly password: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}): UplinkSource {
  const { config, password, clock, log } = options;
  const { name, url, username, clientId, applicationId } = config;
  return createMqttSource({
    name,
    url,
    session: {
      clientId,
      clean: false,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    },
    topics: events.map((event) => `application/${applicationId}/device/+/event/${event}`),
    qos: 1,
    silenceAfterMs: config.silenceAfterS * 1000,
    parse: (message, nowMs) => parseChirpstackMessage(message, { nowMs, via: 'mqtt' }),
    clock,
    log,
  });
}
