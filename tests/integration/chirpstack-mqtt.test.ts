import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openUplinkLog } from '../../services/adapters/uplink-log/index.ts';
import { openUplinkSource } from '../../services/adapters/uplink-source/index.ts';
import { createDedupeWindow } from '../../services/domain/dedupe.ts';
import { AppError } from '../../services/domain/errors.ts';
import type { Uplink } from '../../services/domain/uplink.ts';
import type { UplinkSource } from '../../services/ports/uplink-source.ts';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.ts';
import { chirpstackUplink, exampleMessages } from '../support/network-messages.ts';
import { realClock } from '../support/real-clock.ts';
import { createRecordingHandler, type RecordingHandler } from '../support/recording-handler.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { waitFor } from '../support/wait-for.ts';

const device = 'application/17c82e96-be03-4f38-aef3-f83d48582d97/device/0000000000000001';
const upTopic = `${device}/event/up`;
const counters = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => i + 1);

/** The counters of what is left when the repetitions are taken out. */
function distinct(uplinks: readonly Uplink[]): readonly number[] {
  const window = createDedupeWindow({ maxKeys: 10_000, windowMs: 600_000 });
  return uplinks
    .filter((uplink) => window.isNew(uplink))
    .map(({ fCnt }) => fCnt)
    .sort((a, b) => a - b);
}

describe('ChirpStack through a broker of our own', () => {
  let broker: Mosquitto;
  let publisher: MqttClient;
  beforeEach(async () => {
    broker = await startMosquitto({ persistence: true });
    publisher = await connectAsync(broker.url, { clientId: 'chirpstack', clean: false });
  });
  afterEach(async () => {
    await publisher.endAsync(true);
    await broker.stop();
  });
  const publish = async (message: unknown, topic = upTopic): Promise<void> => {
    await publisher.publishAsync(topic, JSON.stringify(message), { qos: 1 });
  };

  describe('within this process', () => {
    let source: UplinkSource;
    let handler: RecordingHandler;
    beforeEach(async () => {
      handler = createRecordingHandler();
      source = openUplinkSource(
        {
          kind: 'chirpstack-mqtt',
          name: 'chirpstack',
          url: broker.url,
          applicationId: '+',
          clientId: 'parklotse',
          silenceAfterS: 600,
        },
        new Map(),
        realClock,
        createRecordingLogger(),
      );
      await source.start(handler);
      await waitFor(() => source.status().state === 'connected');
    });
    afterEach(() => source.stop());

    test('hands on uplinks, joins and batteries, and nothing else', async () => {
      await publish(chirpstackUplink(1));
      for (const name of ['join', 'status', 'ack']) {
        await publish(exampleMessages.chirpstack[name]!.payload, `${device}/event/${name}`);
      }
      await publish(chirpstackUplink(2));
      await waitFor(() => handler.uplinks.length === 2);
      expect(handler.events).toMatchObject([{ kind: 'joined' }, { kind: 'battery' }]);
      expect(handler.rejections).toEqual([]);
    });

    test('what the log could not take is not acknowledged and comes again, once', async () => {
      handler.trouble = new AppError('log-unavailable', 'the disk is full', { retryable: true });
      for (const fCnt of counters(50)) await publish(chirpstackUplink(fCnt));
      await waitFor(() => source.status().problem === 'the disk is full');
      handler.trouble = null;
      await waitFor(() => distinct(handler.uplinks).length === 50);
      expect(distinct(handler.uplinks)).toEqual(counters(50));
    });

    test('a broker killed with -9 while it holds unacknowledged uplinks loses none', async () => {
      for (const fCnt of counters(20)) await publish(chirpstackUplink(fCnt));
      await waitFor(() => handler.uplinks.length === 20);
      handler.trouble = new AppError('log-unavailable', 'the disk is full', { retryable: true });
      for (const fCnt of counters(60).slice(20)) await publish(chirpstackUplink(fCnt));
      // The broker saves after the round in which it acknowledged: one more round, and all is on its disk.
      await publisher.subscribeAsync('after/the/save', { qos: 0 });
      await broker.kill9();
      await broker.restart();
      handler.trouble = null;
      for (const fCnt of counters(80).slice(60)) await publish(chirpstackUplink(fCnt));
      await waitFor(() => distinct(handler.uplinks).length === 80);
      expect(distinct(handler.uplinks)).toEqual(counters(80));
    });
  });

  test('our process killed with -9 again and again loses none and writes none twice', async () => {
    const directory = temporaryDirectory();
    const script = new URL('../support/chirpstack-listener.ts', import.meta.url).pathname;
    const start = async () => {
      const child = spawn(process.execPath, [script, broker.url, directory], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      await waitFor(() => output.includes('connected'));
      return {
        hasKept: (fCnt: number) =>
          waitFor(() => output.includes(`kept ${fCnt}\n`), { what: `uplink ${fCnt}` }),
        async kill9() {
          child.kill('SIGKILL');
          await once(child, 'exit');
          expect(output).not.toContain('rejected');
        },
      };
    };
    let next = 0;
    const publishMore = async (count: number): Promise<void> => {
      const sent: Promise<void>[] = [];
      for (let i = 0; i < count; i += 1) sent.push(publish(chirpstackUplink((next += 1))));
      await Promise.all(sent);
    };
    await (await start()).kill9();
    for (const whileDown of [0, 100, 50]) {
      await publishMore(whileDown);
      const listener = await start();
      // Killed in the middle of what it receives.
      const sending = publishMore(200);
      await publishMore(20);
      await listener.kill9();
      await sending;
    }
    const read = async (): Promise<readonly Uplink[]> => {
      const log = await openUplinkLog({
        config: {
          kind: 'file',
          segmentMb: 1,
          keepDays: 30,
          keepMb: 100,
          syncEveryMs: 20,
          syncEveryRecords: 256,
        },
        directory,
        clock: realClock,
        log: createRecordingLogger(),
      });
      const uplinks: Uplink[] = [];
      for await (const batch of log.read(1)) uplinks.push(...batch.map(({ uplink }) => uplink));
      await log.close();
      return uplinks;
    };
    // A last life drains what the broker still holds, in order.
    const last = await start();
    await publishMore(1);
    await last.hasKept(next);
    await last.kill9();
    expect(distinct(await read())).toEqual(counters(next));
  });
});
