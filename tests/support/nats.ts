import { startServer, type TestServer } from './process.ts';
import { freePort, temporaryDirectory } from './temporary.ts';

/** Debian's nats-server with JetStream, empty. */
export async function startNatsServer(): Promise<TestServer> {
  const directory = temporaryDirectory();
  const port = await freePort();
  return startServer({
    command: 'nats-server',
    args: ['--addr', '127.0.0.1', '--port', `${port}`, '--jetstream', '--store_dir', directory],
    port,
    url: `nats://127.0.0.1:${port}`,
    directory,
  });
}
