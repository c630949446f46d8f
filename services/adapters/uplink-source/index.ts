import type { SourceConfig } from '../../../config/schema.ts';
import { AppError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { UplinkSource } from '../../ports/uplink-source.ts';
import { chirpstackMqtt } from './chirpstack-mqtt.ts';
import { ttsMqtt } from './tts-mqtt.ts';
import { webhook, type WebhookSource } from './webhook.ts';

const mqttProtocols = ['mqtt:', 'mqtts:', 'ws:', 'wss:'];
const checkUrl = ({ name, url }: { readonly name: string; readonly url: string }): void => {
  if (mqttProtocols.includes(new URL(url).protocol)) return;
  throw new AppError('invalid-config', `source ${name}: ${url} is no address of an MQTT broker`);
};

/**
 * The source that the deployment names. `secrets` holds the value of every secret by its name.
 * Throws `invalid-config` when the address is none of MQTT's.
 */
export function openUplinkSource(
  config: SourceConfig,
  secrets: ReadonlyMap<string, string>,
  clock: Clock,
  log: Logger,
): UplinkSource | WebhookSource {
  const secret = (named: { readonly secret: string } | undefined): string | undefined =>
    named && secrets.get(named.secret);
  switch (config.kind) {
    case 'tts-mqtt':
      checkUrl(config);
      return ttsMqtt({ config, apiKey: secret(config.apiKey), clock, log });
    case 'chirpstack-mqtt':
      checkUrl(config);
      return chirpstackMqtt({ config, password: secret(config.password), clock, log });
    case 'webhook': {
      const bearer = secret(config.bearer);
      if (!bearer) throw new AppError('invalid-config', `source ${config.name}: no bearer secret`);
      return webhook({ config, bearer, clock });
    }
  }
}

/** Whether the network server calls this source, which must then be mounted at `/ingest/<from>`. */
export const isWebhookSource = (source: UplinkSource): source is WebhookSource =>
  'handle' in source;
