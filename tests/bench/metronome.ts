import { createServer } from 'node:net';
import { generate, parser } from 'mqtt-packet';

/**
 * A broker for one subscriber that publishes at an even rate once it is told to go, and says when it
 * began: every uplink changes another space. Arguments: uplinks a second, seconds, number of devices.
 */
const [perS = 0, forS = 0, devices = 1] = process.argv.slice(2).map(Number);
const stepMs = 10;

const uplink = (n: number): string =>
  JSON.stringify({
    end_device_ids: { dev_eui: ((n % devices) + 1).toString(16).toUpperCase().padStart(16, '0') },
    uplink_message: {
      session_key_id: 'AY',
      f_port: 1,
      f_cnt: Math.floor(n / devices) + 1,
      frm_payload: Math.floor(n / devices) % 2 ? 'AA==' : 'AQ==',
      received_at: new Date().toISOString(),
    },
  });

const server = createServer((socket) => {
  const incoming = parser();
  socket.on('data', (chunk) => incoming.parse(Buffer.from(chunk)));
  socket.on('error', () => socket.destroy());
  incoming.on('packet', (packet) => {
    if (packet.cmd === 'connect')
      socket.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: false }));
    if (packet.cmd === 'pingreq') socket.write(generate({ cmd: 'pingresp' }));
    if (packet.cmd === 'subscribe')
      socket.write(
        generate({
          cmd: 'suback',
          messageId: packet.messageId ?? 1,
          granted: packet.subscriptions.map(() => 0),
        }),
      );
  });
  process.on('message', () => {
    const startedMs = performance.now();
    process.send?.({ startedAtMs: Date.now(), perS, devices });
    let sent = 0;
    const timer = setInterval(() => {
      const due = Math.min(
        perS * forS,
        Math.floor(((performance.now() - startedMs) / 1000) * perS),
      );
      while (sent < due) {
        const topic = 'v3/app@tenant/devices/sensor/up';
        socket.write(
          generate({
            cmd: 'publish',
            topic,
            payload: uplink(sent),
            qos: 0,
            dup: false,
            retain: false,
          }),
        );
        sent += 1;
      }
      if (sent >= perS * forS) clearInterval(timer);
    }, stepMs);
  });
}).listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : 0);
});
process.once('disconnect', () => process.exit());
