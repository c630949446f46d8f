import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer, type TestServer } from './process.ts';
import { freePort, temporaryDirectory } from './temporary.ts';
import { waitFor } from './wait-for.ts';

/** An InfluxDB with a small disk of its own, run by somebody who starts it again whenever it ends. */
export interface InfluxdOnDisk extends TestServer {
  /** The folder of that disk, which other processes do not see. */
  readonly disk: string;
  /** Ends it as a power cut would; its supervisor starts it again with the same disk. */
  killOnce(): void;
}

/** Debian's InfluxDB 1.6 with its data on a disk of so many MB, in a mount namespace of its own. */
export async function startInfluxdOnDisk(sizeMb: number): Promise<InfluxdOnDisk> {
  const directory = temporaryDirectory();
  const disk = join(directory, 'disk');
  mkdirSync(disk);
  const supervisor = [
    `mount -t tmpfs -o size=${sizeMb}m tmpfs ${disk} || exit 1`,
    `while true; do setpriv --pdeathsig KILL "$0" "$@" & echo $! > ${directory}/pid; wait $!; done`,
  ].join('; ');
  const server = await startInfluxd({
    directory,
    dataIn: disk,
    within: ['unshare', '--map-root-user', '--mount', 'sh', '-c', supervisor],
  });
  const pid = (): string => readFileSync(join(directory, 'pid'), 'utf8').trim();
  // The server may listen before its supervisor has written down which process it is.
  const first = await waitFor(() => pid() || null, { what: 'the number of the process' });
  return {
    ...server,
    disk: join('/proc', first, 'root', disk),
    killOnce: () => void process.kill(Number(pid()), 'SIGKILL'),
  };
}

/** Debian's InfluxDB 1.6, empty; `extra` are further lines of its configuration file (TOML). */
export async function startInfluxd(
  options: {
    readonly directory?: string;
    readonly dataIn?: string;
    readonly extra?: readonly string[];
    /** A command that runs the server; its last word is followed by the server's. */
    readonly within?: readonly string[];
  } = {},
): Promise<TestServer> {
  const directory = options.directory ?? temporaryDirectory();
  const data = options.dataIn ?? directory;
  const port = await freePort();
  const config = join(directory, 'influxdb.conf');
  writeFileSync(
    config,
    [
      'reporting-disabled = true',
      `bind-address = "127.0.0.1:${await freePort()}"`,
      `[meta]\ndir = "${directory}/meta"`,
      `[data]\ndir = "${data}/data"\nwal-dir = "${data}/wal"\nquery-log-enabled = false`,
      '[monitor]\nstore-enabled = false',
      `[http]\nbind-address = "127.0.0.1:${port}"\nlog-enabled = false`,
      ...(options.extra ?? []),
    ].join('\n'),
  );
  const [command, ...args] = [...(options.within ?? []), 'influxd'];
  return startServer({
    command,
    args: [...args, 'run', '-config', config],
    port,
    url: `http://127.0.0.1:${port}`,
    directory,
  });
}
