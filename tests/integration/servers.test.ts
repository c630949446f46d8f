import { connect, connectAsync } from 'mqtt';
import { describe, expect, test } from 'vitest';
import { startInfluxd } from '../support/influxd.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { startNatsServer } from '../support/nats.ts';
import { freePort } from '../support/temporary.ts';
import { startServer } from '../support/process.ts';

describe('servers for tests', () => {
  test.each([
    { name: 'mosquitto', start: startMosquitto },
    { name: 'influxd', start: startInfluxd },
    { name: 'nats-server', start: startNatsServer },
  ])('$name can be killed, restarted and stopped', async ({ start }) => {
    const server = await start({});
    await server.kill9();
    await server.restart();
    await server.restart();
    await server.stop();
  });

  test('mosquitto keeps a queued message over kill -9 and asks for the password', async () => {
    const server = await startMosquitto({ persistence: true, users: { me: 'one' } });
    const session = {
      clientId: 'c',
      clean: false,
      username: 'me',
      password: 'one',
      reconnectPeriod: 0,
    };
    const before = await connectAsync(server.url, session);
    await before.subscribeAsync('a', { qos: 1 });
    await before.endAsync();
    const publisher = await connectAsync(server.url, { username: 'me', password: 'one' });
    await publisher.publishAsync('a', 'x', { qos: 1 });
    await publisher.endAsync();
    await server.kill9();
    await server.restart();
    const after = connect(server.url, session);
    const payload = await new Promise<string>((resolve) =>
      after.on('message', (_topic, bytes) => resolve(bytes.toString())),
    );
    expect(payload).toBe('x');
    await after.endAsync();
    server.setPassword('me', 'two');
    await server.restart();
    await expect(connectAsync(server.url, session)).rejects.toThrow('Not authorized');
    await server.stop();
  });

  test('a server that cannot start says what it printed', async () => {
    const port = await freePort();
    const started = startServer({
      command: 'sh',
      args: ['-c', 'echo out of order; exit 3'],
      port,
      url: '',
      directory: '',
    });
    await expect(started).rejects.toThrow('sh ended with 3: out of order');
  });
});
