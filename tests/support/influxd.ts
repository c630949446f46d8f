import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer, type TestServer } from './process.ts';
import { freePort, temporaryDirectory } from './temporary.ts';

/** Debian's InfluxDB 1.6, empty; `extra` are further lines of its configuration file (TOML). */
export async function startInfluxd(
  options: { readonly directory?: string; readonly extra?: readonly string[] } = {},
): Promise<TestServer> {
  const directory = options.directory ?? temporaryDirectory();
  const port = await freePort();
  const config = join(directory, 'influxdb.conf');
  writeFileSync(
    config,
    [
      'reporting-disabled = true',
      `bind-address = "127.0.0.1:${await freePort()}"`,
      `[meta]\ndir = "${directory}/meta"`,
      `[data]\ndir = "${directory}/data"\nwal-dir = "${directory}/wal"\nquery-log-enabled = false`,
      '[monitor]\nstore-enabled = false',
      `[http]\nbind-address = "127.0.0.1:${port}"\nlog-enabled = false`,
      ...(options.extra ?? []),
    ].join('\n'),
  );
  return startServer({
    command: 'influxd',
    args: ['run', '-config', config],
    port,
    url: `http://127.0.0.1:${port}`,
    directory,
  });
}
