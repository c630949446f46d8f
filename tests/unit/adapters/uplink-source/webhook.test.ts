import { beforeEach, describe, expect, test } from 'vitest';
import {
  isWebhookSource,
  openUplinkSource,
} from '../../../../services/adapters/uplink-source/index.ts';
import type { WebhookSource } from '../../../../services/adapters/uplink-source/webhook.ts';
import { AppError } from '../../../../services/domain/errors.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { exampleMessages } from '../../../support/network-messages.ts';
import {
  createRecordingHandler,
  type RecordingHandler,
} from '../../../support/recording-handler.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';

const clock = createManualClock();
const open = (from: 'tts' | 'chirpstack'): WebhookSource => {
  const source = openUplinkSource(
    { kind: 'webhook', name: 'hook', from, bearer: { secret: 'HOOK' }, maxBodyKb: 4 },
    new Map([['HOOK', 'correct horse']]),
    clock,
    createRecordingLogger(),
  );
  if (!isWebhookSource(source)) throw new Error('no webhook');
  return source;
};
const tts = JSON.stringify(exampleMessages.tts['up']!.payload);

describe('webhook', () => {
  let hook: WebhookSource;
  let handler: RecordingHandler;
  beforeEach(async () => {
    hook = open('tts');
    handler = createRecordingHandler();
    await hook.start(handler);
  });

  test('answers 200 once the uplink is kept', () => {
    expect(hook.handle(tts)).toEqual({ status: 200 });
    expect(handler.uplinks).toMatchObject([{ fCnt: 4021, via: 'webhook' }]);
    expect(hook.status()).toMatchObject({ state: 'connected', lastUplinkMs: clock.now() });
  });

  test('reads ChirpStack’s events too', async () => {
    const chirpstack = open('chirpstack');
    await chirpstack.start(handler);
    const body = JSON.stringify(exampleMessages.chirpstack['up']!.payload);
    expect(chirpstack.handle(body)).toEqual({ status: 200 });
    expect(handler.uplinks).toMatchObject([{ fCnt: 4021, session: '260B5C1D' }]);
  });

  test('sets aside what it cannot read and answers 200: sending it again would not help', () => {
    expect(hook.handle('{"a"')).toEqual({ status: 200 });
    expect(handler.rejections).toMatchObject([
      { reason: 'malformed-json', source: 'hook', raw: '{"a"', atMs: clock.now() },
    ]);
  });

  test('answers 503 while the log cannot append, so that the sender comes again', () => {
    handler.trouble = new AppError('log-unavailable', 'disk full in a secret place');
    const answer = hook.handle(tts);
    expect(answer).toEqual({ status: 503, detail: 'the uplink could not be stored' });
    expect(hook.status().problem).toBe('disk full in a secret place');
    handler.trouble = null;
    expect(hook.handle(tts)).toEqual({ status: 200 });
    expect(hook.status().problem).toBeNull();
  });

  test('answers 503 before it is started and after it is stopped', async () => {
    expect(open('tts').handle(tts)).toMatchObject({ status: 503 });
    await hook.stop();
    expect(hook.handle(tts)).toMatchObject({ status: 503 });
  });
});

test.each([
  { kind: 'tts-mqtt', application: 'a@ttn' },
  { kind: 'chirpstack-mqtt', clientId: 'parklotse', applicationId: '+' },
] as const)('an address that is not MQTT’s is a mistake of the configuration: $kind', (part) => {
  const config = { ...part, name: 'net', url: 'https://example.org', silenceAfterS: 600 };
  expect(() => openUplinkSource(config, new Map(), clock, createRecordingLogger())).toThrow(
    expect.objectContaining({ code: 'invalid-config' }),
  );
});
