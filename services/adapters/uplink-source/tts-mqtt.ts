import { randomBytes } from 'node:crypto';
import type { SourceConfig } from '../../../config/schema.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { UplinkSource } from '../../ports/uplink-source.ts';
import { createMqttSource } from './mqtt-source.ts';
import { parseTtsMessage } from './tts-message.ts';

/** The last ones tell what became of messages to signs. */
const events = ['up', 'join', 'down/queued', 'down/sent', 'down/ack', 'down/failed'];

type TtsMqttConfig = Extract<SourceConfig, { kind: 'tts-mqtt' }>;

/**
 * The Things Stack v3. It publishes with QoS 0 whatever is asked for and keeps nothing for who is away, so
 * what a gap cost comes back through its Storage Integration only.
 */
export function ttsMqtt(options: {
  readonly config: TtsMqttConfig;
  readonly apiKey: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}): UplinkSource {
  const { config, apiKey, clock, log } = options;
  const { name, url, application } = config;
  const devices = `v3/${application}/devices/+`;
  return createMqttSource({
    name,
    url,
    session: {
      // Two clients of one id would throw each other out; there is no session to come back to.
      clientId: `parklotse-${randomBytes(4).toString('hex')}`,
      clean: true,
      ...(apiKey === undefined ? {} : { username: application, password: apiKey }),
    },
    topics: events.map((event) => `${devices}/${event}`),
    qos: 0,
    silenceAfterMs: config.silenceAfterS * 1000,
    parse: (message, nowMs) => parseTtsMessage(message, { nowMs, via: 'mqtt' }),
    clock,
    log,
  });
}
