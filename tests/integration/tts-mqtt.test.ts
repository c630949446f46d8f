import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openUplinkSource } from '../../services/adapters/uplink-source/index.ts';
import { AppError } from '../../services/domain/errors.ts';
import type { Clock } from '../../services/ports/clock.ts';
import type { UplinkSource } from '../../services/ports/uplink-source.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.ts';
import { exampleMessages, ttsUplink } from '../support/network-messages.ts';
import { realClock } from '../support/real-clock.ts';
import { createRecordingHandler, type RecordingHandler } from '../support/recording-handler.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { waitFor } from '../support/wait-for.ts';

const application = 'parking@ttn';
const upTopic = `v3/${application}/devices/bay-1/up`;

describe('The Things Stack over MQTT', () => {
  let broker: Mosquitto;
  let source: UplinkSource;
  let handler: RecordingHandler;
  let gaps: (number | null)[];
  let publisher: MqttClient | undefined;
  let log: ReturnType<typeof createRecordingLogger>;

  beforeEach(async () => {
    broker = await startMosquitto({ users: { [application]: 'first' } });
    handler = createRecordingHandler();
    log = createRecordingLogger();
    gaps = [];
  });
  afterEach(async () => {
    await source.stop();
    await publisher?.endAsync();
    publisher = undefined;
    await broker.stop();
  });

  const listen = async (clock: Clock = realClock, key = 'first'): Promise<void> => {
    source = openUplinkSource(
      {
        kind: 'tts-mqtt',
        name: 'tts',
        url: broker.url,
        application,
        apiKey: { secret: 'KEY' },
        silenceAfterS: 600,
      },
      new Map([['KEY', key]]),
      clock,
      log,
    );
    source.onConnected((gapSinceMs) => void gaps.push(gapSinceMs));
    await source.start(handler);
  };
  const connected = (): Promise<true> =>
    waitFor(() => source.status().state === 'connected', { what: 'the source to listen' });
  const publish = async (message: unknown, topic = upTopic): Promise<void> => {
    publisher ??= await connectAsync(broker.url, { username: application, password: 'first' });
    const payload = typeof message === 'string' ? message : JSON.stringify(message);
    await publisher.publishAsync(topic, payload, { qos: 1 });
  };

  test('hands on uplinks, joins and what it cannot read, in order', async () => {
    await listen();
    await connected();
    await publish(ttsUplink(1));
    await publish('{"end');
    await publish(exampleMessages.tts['join']!.payload, upTopic.replace('/up', '/join'));
    await publish(exampleMessages.tts['down_queued']!.payload);
    await publish('x'.repeat(1_200_000));
    await publish(ttsUplink(2));
    await waitFor(() => handler.uplinks.length === 2);
    expect(handler.uplinks).toMatchObject([{ fCnt: 1 }, { fCnt: 2, via: 'mqtt' }]);
    expect(handler.events).toMatchObject([{ kind: 'joined' }, { kind: 'downlink' }]);
    expect(handler.rejections).toMatchObject([
      { reason: 'malformed-json', source: 'tts', raw: '{"end' },
      { reason: 'too-large', raw: 'x'.repeat(16_384) },
    ]);
    expect(source.status()).toMatchObject({ state: 'connected', problem: null, reconnects: 0 });
    expect(gaps).toEqual([null]);
  });

  test('listens again after the broker was killed and tells when the gap began', async () => {
    await listen();
    await connected();
    await publish(ttsUplink(1));
    await waitFor(() => handler.uplinks.length === 1);
    const { lastUplinkMs } = source.status();
    await publisher!.endAsync(true);
    publisher = undefined;
    await broker.kill9();
    await waitFor(() => source.status().state !== 'connected');
    expect(source.status().problem).toMatch(/connection was lost|cannot be reached/);
    await broker.restart();
    await connected();
    await publish(ttsUplink(2));
    await waitFor(() => handler.uplinks.length === 2);
    expect(gaps).toEqual([null, lastUplinkMs]);
    expect(source.status()).toMatchObject({ state: 'connected', problem: null });
    expect(source.status().reconnects).toBeGreaterThan(0);
  });

  test('goes on trying when the broker refuses the key, and says so once', async () => {
    broker.setPassword(application, 'second');
    await broker.restart();
    await listen();
    await waitFor(() => source.status().reconnects >= 2);
    expect(source.status().problem).toMatch(
      /^127\.0\.0\.1:\d+ refuses the connection: it does not accept/,
    );
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    expect(JSON.stringify(log.lines)).not.toContain('first');
    broker.setPassword(application, 'first');
    await broker.restart();
    await connected();
    await publish(ttsUplink(1));
    await waitFor(() => handler.uplinks.length === 1);
    expect(source.status().problem).toBeNull();
  });

  test('starts while the broker is away and listens when it comes', async () => {
    await broker.stop();
    await listen();
    await waitFor(() => source.status().problem !== null);
    expect(source.status().problem).toMatch(/cannot be reached/);
    await broker.restart();
    await connected();
  });

  test('connects anew when a broker that hangs has been silent for too long', async () => {
    const clock = createManualClock(Date.now());
    await listen(clock);
    await connected();
    await publish(ttsUplink(1));
    await waitFor(() => handler.uplinks.length === 1);
    broker.freeze();
    clock.advance(599_000);
    expect(source.status().state).toBe('connected');
    clock.advance(1_000);
    expect(source.status()).toMatchObject({
      state: 'silent',
      problem: 'nothing received for 600 s',
    });
    broker.thaw();
    await connected();
    await publish(ttsUplink(2));
    await waitFor(() => handler.uplinks.length === 2);
    expect(gaps).toEqual([null, clock.now() - 600_000]);
  });

  test('messages keep the watchdog quiet', async () => {
    const clock = createManualClock(Date.now());
    await listen(clock);
    await connected();
    for (let fCnt = 1; fCnt <= 5; fCnt += 1) {
      await publish(ttsUplink(fCnt));
      await waitFor(() => handler.uplinks.length === fCnt);
      clock.advance(400_000);
    }
    expect(source.status()).toMatchObject({ state: 'connected', reconnects: 0 });
  });

  test('gives the connection up while the log cannot append, and tells the gap when it can', async () => {
    await listen();
    await connected();
    await publish(ttsUplink(1));
    await waitFor(() => handler.uplinks.length === 1);
    const { lastUplinkMs } = source.status();
    handler.trouble = new AppError('log-unavailable', 'the disk is full', { retryable: true });
    await publish(ttsUplink(2));
    await waitFor(() => source.status().problem === 'the disk is full');
    handler.trouble = null;
    await waitFor(() => gaps.length === 2);
    await publish(ttsUplink(3));
    await waitFor(() => handler.uplinks.length === 2);
    expect(gaps).toEqual([null, lastUplinkMs]);
    expect(source.status().problem).toBeNull();
  });

  test('stops while it is connected, and while a broker hangs', async () => {
    await listen();
    await connected();
    await source.stop();
    expect(source.status().state).toBe('stopped');
    await listen();
    await connected();
    broker.freeze();
    await source.stop();
    broker.thaw();
    expect(source.status().state).toBe('stopped');
  });
});
