import { createServer, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate, parser } from 'mqtt-packet';

/**
 * A server that speaks just enough MQTT to publish as fast as one subscriber reads: the raw limit of a
 * receiver, without a broker that competes for the same cores. It says its port on the IPC channel and
 * publishes, after a subscription to uplinks, as many as its first argument says.
 */
type Json = Record<string, unknown>;
const fixtures = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/network-server-messages.json'), 'utf8'),
) as { tts: { up: { payload: Json } }; chirpstack: { up: { payload: Json } } };
const devices = 1000;
let frame = 1;

const tts = fixtures.tts.up.payload;
const chirpstack = fixtures.chirpstack.up.payload;
const marks = { devEui: '@dev@', fCnt: '@cnt@', payload: '@pay@', time: '@now@' };

/** Uplinks as the network servers publish them, split where device, counter, payload and time go. */
const messages = {
  tts: {
    ...tts,
    end_device_ids: { ...(tts['end_device_ids'] as Json), dev_eui: marks.devEui },
    uplink_message: {
      ...(tts['uplink_message'] as Json),
      f_port: 1,
      f_cnt: marks.fCnt,
      frm_payload: marks.payload,
      received_at: marks.time,
    },
  },
  chirpstack: {
    ...chirpstack,
    time: marks.time,
    deviceInfo: { ...(chirpstack['deviceInfo'] as Json), devEui: marks.devEui },
    fPort: 1,
    fCnt: marks.fCnt,
    data: marks.payload,
  },
};
const flavour = process.argv[3] === 'chirpstack' ? 'chirpstack' : 'tts';
const parts = JSON.stringify(messages[flavour]).split(/("@(?:dev|cnt|pay|now)@")/);

const messageOf = (n: number, now: string): string => {
  const count = frame + Math.floor(n / devices);
  const values: Record<string, string> = {
    '"@dev@"': `"${((n % devices) + 1).toString(16).toUpperCase().padStart(16, '0')}"`,
    '"@cnt@"': String(count),
    '"@pay@"': count % 2 ? '"AQ=="' : '"AA=="',
    '"@now@"': `"${now}"`,
  };
  let text = '';
  for (const part of parts) text += values[part] ?? part;
  return text;
};

const topics = {
  tts: 'v3/app@tenant/devices/sensor/up',
  chirpstack: 'application/a/device/d/event/up',
};

const chunkMessages = 64;

function publish(socket: Socket, count: number, qos: 0 | 1): void {
  const topic = Buffer.from(topics[flavour]);
  let sent = 0;
  /** Writes one PUBLISH (MQTT 3.1.1, section 3.3) and says where it ends: no copy but this, for the cores are shared. */
  const write = (into: Buffer, at: number, now: string): number => {
    const payload = messageOf(sent, now);
    const length = 2 + topic.length + (qos ? 2 : 0) + payload.length;
    into[at] = 0x30 | (qos << 1);
    into[at + 1] = 0x80 | (length & 127);
    into[at + 2] = 0x80 | ((length >> 7) & 127);
    into[at + 3] = length >> 14;
    let end = into.writeUInt16BE(topic.length, at + 4);
    into.set(topic, end);
    end += topic.length;
    if (qos) end = into.writeUInt16BE((sent % 65_535) + 1, end);
    return end + into.write(payload, end, 'latin1');
  };
  const longest = messageOf(count, new Date().toISOString()).length + topic.length + 16;
  const more = (): void => {
    const now = new Date().toISOString();
    for (let isRoom = true; isRoom && sent < count;) {
      const chunk = Buffer.allocUnsafe(chunkMessages * longest);
      let end = 0;
      for (let i = 0; i < chunkMessages && sent < count; i += 1) {
        end = write(chunk, end, now);
        sent += 1;
      }
      isRoom = socket.write(chunk.subarray(0, end));
    }
    if (sent < count) socket.once('drain', more);
    else frame += Math.ceil(count / devices);
  };
  more();
}

const server = createServer((socket) => {
  const incoming = parser();
  socket.on('data', (chunk) => incoming.parse(Buffer.from(chunk)));
  socket.on('error', () => socket.destroy());
  incoming.on('packet', (packet) => {
    if (packet.cmd === 'connect')
      socket.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: false }));
    if (packet.cmd === 'pingreq') socket.write(generate({ cmd: 'pingresp' }));
    if (packet.cmd === 'subscribe') {
      const qos = packet.subscriptions[0]?.qos === 1 ? 1 : 0;
      const granted = packet.subscriptions.map(() => qos);
      socket.write(generate({ cmd: 'suback', messageId: packet.messageId ?? 1, granted }));
      if (packet.subscriptions.some(({ topic }) => topic.endsWith('/up')))
        publish(socket, Number(process.argv[2]), qos);
    }
  });
}).listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : 0);
});
process.once('disconnect', () => process.exit());
