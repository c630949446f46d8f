import type { SourceConfig } from '../../../config/schema.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { UplinkSource } from '../../ports/uplink-source.ts';
import { ttsMqtt } from './tts-mqtt.ts';

/** The source that the deployment names. `secrets` holds the value of every secret by its name. */
export function openUplinkSource(
  config: SourceConfig,
  secrets: ReadonlyMap<string, string>,
  clock: Clock,
  log: Logger,
): UplinkSource {
  const secret = (named: { readonly secret: string } | undefined): string | undefined =>
    named && secrets.get(named.secret);
  switch (config.kind) {
    case 'tts-mqtt':
      return ttsMqtt({ config, apiKey: secret(config.apiKey), clock, log });
    default:
      throw new Error(config.kind);
  }
}
