import { ensureDebianPackages } from './debian.ts';

/** Vitest's global setup of every project that talks to a real server: installs them once. */
export function setup(): void {
  ensureDebianPackages(['mosquitto', 'influxdb', 'nats-server']);
}
