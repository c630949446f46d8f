import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer, type TestServer } from './process.ts';
import { freePort, temporaryDirectory } from './temporary.ts';

export interface Mosquitto extends TestServer {
  /** Takes effect with the next `restart`. */
  setPassword(user: string, password: string): void;
}

/**
 * Debian's mosquitto. `persistence` writes sessions and queued messages to disk after every change, so
 * that they survive `kill9`; `users` (name → password) forbids everybody else.
 */
export async function startMosquitto(
  options: {
    readonly persistence?: boolean;
    readonly users?: Readonly<Record<string, string>>;
    readonly port?: number;
    /** PEM files: the listener then speaks TLS only. */
    readonly tls?: { readonly certificate: string; readonly key: string };
  } = {},
): Promise<Mosquitto> {
  const directory = temporaryDirectory();
  const passwords = join(directory, 'passwords');
  const port = options.port ?? (await freePort());
  const setPassword = (user: string, password: string): void => {
    const done = spawnSync('mosquitto_passwd', ['-b', passwords, user, password]);
    if (done.status !== 0) throw new Error(`mosquitto_passwd: ${done.stderr.toString()}`);
  };
  writeFileSync(passwords, '');
  for (const [user, password] of Object.entries(options.users ?? {})) setPassword(user, password);

  const config = join(directory, 'mosquitto.conf');
  writeFileSync(
    config,
    [
      `listener ${port} 127.0.0.1`,
      // As root it would change its user, and lose the tie to the test process with that.
      'user root',
      'max_queued_messages 0',
      ...(options.users ? [`password_file ${passwords}`] : ['allow_anonymous true']),
      ...(options.tls ? [`certfile ${options.tls.certificate}`, `keyfile ${options.tls.key}`] : []),
      ...(options.persistence
        ? [
            'persistence true',
            `persistence_location ${directory}/`,
            'autosave_on_changes true',
            'autosave_interval 1',
          ]
        : []),
    ].join('\n'),
  );
  const url = `${options.tls ? 'mqtts' : 'mqtt'}://127.0.0.1:${port}`;
  const server = await startServer({
    command: 'mosquitto',
    args: ['-c', config],
    port,
    url,
    directory,
  });
  return { ...server, setPassword };
}
