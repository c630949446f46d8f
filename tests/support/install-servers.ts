import { ensureDebianPackages } from './debian.ts';

const servers = ['mosquitto', 'influxdb', 'nats-server', 'openssl'];
const browser = ['chromium', 'fonts-dejavu-core'];

/** Vitest's global setup of every project that talks to a real server or a browser: installs them once. */
export function setup(): void {
  ensureDebianPackages([...servers, ...browser]);
}
