import type { SignServerConfig } from '../../../config/sign-schema.ts';
import { AppError } from '../../domain/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Downlinks } from '../../ports/downlinks.ts';
import { chirpstackMqtt } from './chirpstack-mqtt.ts';
import { ttsHttp } from './tts-http.ts';

/** The network server that `signs.json` names; connects when there is something to send. */
export function openDownlinks(
  config: SignServerConfig,
  secrets: ReadonlyMap<string, string>,
  log: Logger,
): Downlinks {
  switch (config.kind) {
    case 'tts-http': {
      const apiKey = secrets.get(config.apiKey.secret);
      if (!apiKey) throw new AppError('invalid-config', `server ${config.name}: no API key`);
      return ttsHttp({ config, apiKey });
    }
    case 'chirpstack-mqtt': {
      const password = config.password && secrets.get(config.password.secret);
      return chirpstackMqtt({ config, password, log });
    }
  }
}
