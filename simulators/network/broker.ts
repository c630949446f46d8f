import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { Aedes } from 'aedes';
import { connectAsync } from 'mqtt';

/** Where live messages go: an own broker, or somebody else's. */
export interface Publisher {
  /** Port of the own broker; 0 with a foreign one. */
  readonly port: number;
  publish(topic: string, message: string): void;
  stop(): Promise<void>;
}

/**
 * An MQTT broker that behaves as The Things Stack's: QoS 0, nothing retained, and whoever is not
 * there misses it. Listens on the loopback only.
 */
export async function startBroker(port: number): Promise<Publisher> {
  const aedes = await Aedes.createBroker();
  // Clients neither publish nor ask for more than QoS 0 gives.
  aedes.authorizePublish = (_client, _packet, callback) =>
    callback(new Error('this server only speaks'));
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    aedes.handle(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    publish: (topic, message) =>
      aedes.publish(
        {
          cmd: 'publish',
          topic,
          payload: Buffer.from(message),
          qos: 0,
          retain: false,
          dup: false,
        },
        () => undefined,
      ),
    async stop() {
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Publishes to any broker; user name and password are part of the URL. */
export async function connectBroker(url: string): Promise<Publisher> {
  const client = await connectAsync(url, { reconnectOnConnackError: true });
  return {
    port: 0,
    publish: (topic, message) => void client.publish(topic, message, { qos: 0 }),
    stop: () => client.endAsync(),
  };
}
