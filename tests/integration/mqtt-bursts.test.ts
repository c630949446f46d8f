import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { generate, parser, type IPublishPacket } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { openUplinkSource } from '../../services/adapters/uplink-source/index.ts';
import { AppError } from '../../services/domain/errors.ts';
import { realClock } from '../support/real-clock.ts';
import { createRecordingHandler } from '../support/recording-handler.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { waitFor } from '../support/wait-for.ts';

/** More than are handed on together, in less than one look at the socket brings. */
const messages = 300;
const counters = Array.from({ length: messages }, (_, i) => i + 1);

/** Sends everything that is not acknowledged in one piece after each subscription: mosquitto decides itself. */
async function startBurstingBroker() {
  const time = new Date().toISOString();
  const waiting = new Map<number, IPublishPacket>();
  for (const messageId of counters) {
    const deviceInfo = { devEui: '0000000000000001' };
    const payload = JSON.stringify({ time, deviceInfo, fCnt: messageId, fPort: 1, data: 'AQ==' });
    const topic = 'application/a/device/1/event/up';
    const [dup, retain] = [false, false];
    waiting.set(messageId, { cmd: 'publish', qos: 1, messageId, topic, payload, dup, retain });
  }
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const packets = parser({ protocolVersion: 4 });
    packets.on('packet', (packet) => {
      if (packet.cmd === 'connect')
        socket.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: true }));
      if (packet.cmd === 'subscribe') {
        const { messageId = 0, subscriptions } = packet;
        const granted = subscriptions.map(() => 1);
        const subscribed = generate({ cmd: 'suback', messageId, granted });
        const burst = waiting.values().map((message) => generate(message));
        socket.write(Buffer.concat([subscribed, ...burst]));
      }
      if (packet.cmd === 'puback') waiting.delete(packet.messageId ?? 0);
    });
    socket.on('data', (bytes: Buffer) => void packets.parse(bytes));
    socket.on('error', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting,
    connections: () => sockets.size,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

test('of a burst nothing is handed on or acknowledged after the log could not take a part of it', async () => {
  const broker = await startBurstingBroker();
  const taker = createRecordingHandler();
  const handed: { readonly connection: number; readonly uplinks: number; readonly left: number }[] =
    [];
  const source = openUplinkSource(
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
  await source.start({
    ...taker,
    receive(uplinks) {
      const connection = broker.connections();
      handed.push({ connection, uplinks: uplinks.length, left: broker.waiting.size });
      if (handed.length === 1)
        throw new AppError('log-unavailable', 'the disk is full', { retryable: true });
      taker.receive(uplinks);
    },
  });
  await waitFor(() => broker.waiting.size === 0, { what: 'everything to be acknowledged' });
  await source.stop();
  await broker.stop();
  const [failed, ...others] = handed;
  expect(failed).toMatchObject({ connection: 1, left: messages });
  expect(others[0]).toMatchObject({ connection: 2, left: messages });
  expect(others.every(({ connection }) => connection === 2)).toBe(true);
  expect(Math.max(...handed.map(({ uplinks }) => uplinks))).toBeLessThanOrEqual(256);
  expect(taker.uplinks.map(({ fCnt }) => fCnt)).toEqual(counters);
});
