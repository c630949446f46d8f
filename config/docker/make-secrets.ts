import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A line of mosquitto's password file: PBKDF2-SHA512, as its `mosquitto_passwd` writes them (type 7). */
function passwordLine(user: string, password: string): string {
  const iterations = 101;
  const salt = randomBytes(12);
  const hash = pbkdf2Sync(password, salt, iterations, 64, 'sha512');
  return `${user}:$7$${iterations}$${salt.toString('base64')}$${hash.toString('base64')}\n`;
}

const dir = join(import.meta.dirname, '../../secrets');
if (existsSync(dir)) {
  process.stderr.write('secrets/ is there already: remove it to make new ones\n');
  process.exit(1);
}
mkdirSync(dir, { mode: 0o700 });
const make = (): string => randomBytes(24).toString('base64url');
const keep = (name: string, text: string): void =>
  // Readable for the services' own users: the folder itself lets nobody else in.
  writeFileSync(join(dir, name), text, { mode: 0o444 });

const [own, chirpstack] = [make(), make()];
keep('mqtt_password', own);
keep('chirpstack_mqtt_password', chirpstack);
keep(
  'mosquitto_passwords',
  passwordLine('parklotse', own) + passwordLine('chirpstack', chirpstack),
);
keep('influx_password', make());
keep('influx_token', make());
process.stdout.write(
  'secrets/ written; ChirpStack connects as chirpstack with secrets/chirpstack_mqtt_password\n',
);
