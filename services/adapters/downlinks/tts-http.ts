import type { SignServerConfig } from '../../../config/sign-schema.ts';
import { err, ok } from '../../domain/result.ts';
import type { Downlinks } from '../../ports/downlinks.ts';

const timeoutMs = 10_000;

/**
 * The Things Stack v3 over HTTP (webhook API, `down/replace`): MQTT would be cut off for too many
 * downlinks. One item takes the place of the whole queue, so that only the newest text waits.
 */
export function ttsHttp(options: {
  readonly config: Extract<SignServerConfig, { kind: 'tts-http' }>;
  readonly apiKey: string;
}): Downlinks {
  const { url, application, webhook } = options.config;
  const root = `${url.replace(/\/$/, '')}/api/v3/as/applications/${encodeURIComponent(application)}/webhooks/${encodeURIComponent(webhook)}/devices`;
  const goodbye = new AbortController();
  return {
    async replace({ deviceId, fPort, payload, correlationId }) {
      const item = {
        f_port: fPort,
        frm_payload: Buffer.from(payload).toString('base64'),
        priority: 'NORMAL',
        correlation_ids: [correlationId],
      };
      try {
        const response = await fetch(`${root}/${encodeURIComponent(deviceId)}/down/replace`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${options.apiKey}`,
            'content-type': 'application/json',
          },
          body: JSON.stringify({ downlinks: [item] }),
          signal: AbortSignal.any([goodbye.signal, AbortSignal.timeout(timeoutMs)]),
        });
        await response.body?.cancel();
        return response.ok ? ok(undefined) : err(`the network server answered ${response.status}`);
      } catch (cause) {
        const isLate = cause instanceof Error && cause.name === 'TimeoutError';
        return err(
          isLate ? 'the network server did not answer' : 'the network server cannot be reached',
        );
      }
    },
    stop() {
      goodbye.abort();
      return Promise.resolve();
    },
  };
}
