import { connect, type MqttClient } from 'mqtt';
import type { SignServerConfig } from '../../../config/sign-schema.ts';
import { err, ok } from '../../domain/result.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Downlinks } from '../../ports/downlinks.ts';

const reconnectMs = 5_000;

/**
 * ChirpStack v4 over its MQTT broker (`command/down`). It cannot be told to replace what waits: a new text
 * is queued behind the old one, which a sign's shortest time between two texts keeps rare.
 */
export function chirpstackMqtt(options: {
  readonly config: Extract<SignServerConfig, { kind: 'chirpstack-mqtt' }>;
  readonly password: string | undefined;
  readonly log: Logger;
}): Downlinks {
  const { name, url, username, applicationId } = options.config;
  const { password, log } = options;
  let client: MqttClient | undefined;
  let problem: string | null = null;

  const open = (): MqttClient => {
    const opened = connect(url, {
      reconnectPeriod: reconnectMs,
      reconnectOnConnackError: true,
      // A text that waited for the broker would be old.
      queueQoSZero: false,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    });
    opened.on('connect', () => (problem = null));
    opened.on('error', (cause) => {
      if (problem === cause.message) return;
      problem = cause.message;
      log.warn({ server: name, err: cause }, 'signs cannot be reached');
    });
    return opened;
  };
  /** The first message waits for the connection, once. */
  const connected = (): Promise<MqttClient | undefined> => {
    const here = (client ??= open());
    if (here.connected) return Promise.resolve(here);
    return new Promise((resolve) => {
      const outcomes = ['connect', 'close', 'error'] as const;
      const done = (): void => {
        for (const outcome of outcomes) here.off(outcome, done);
        resolve(here.connected ? here : undefined);
      };
      for (const outcome of outcomes) here.once(outcome, done);
    });
  };

  return {
    async replace({ devEui, fPort, payload, correlationId }) {
      const eui = devEui.toLowerCase();
      const command = {
        id: correlationId,
        devEui: eui,
        confirmed: false,
        fPort,
        data: Buffer.from(payload).toString('base64'),
      };
      const broker = await connected();
      if (broker === undefined) return err('the broker cannot be reached');
      const topic = `application/${applicationId}/device/${eui}/command/down`;
      try {
        await broker.publishAsync(topic, JSON.stringify(command), { qos: 1 });
        return ok(undefined);
      } catch {
        return err('the broker did not take the message');
      }
    },
    async stop() {
      await client?.endAsync(true);
    },
  };
}
