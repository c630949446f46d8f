import { randomUUID } from 'node:crypto';
import type { Settings } from '../../config/config.ts';
import { openDownlinks } from '../adapters/downlinks/index.ts';
import { derived } from '../domain/derived.ts';
import { parseDevEui, toSiteId } from '../domain/ids.ts';
import type { Inventory } from '../domain/site.ts';
import type { Sign, SignDevice } from '../domain/sign.ts';
import { encodeSign } from '../encoders/index.ts';
import type { Guide } from '../pipeline/guide.ts';
import { createDeliver } from '../pipeline/deliver.ts';
import { createSigns, type Signs } from '../pipeline/signs.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Logger } from '../ports/logger.ts';

type SignConfig = Settings['signs']['signs'][number];

function toDevice(device: NonNullable<SignConfig['device']>): SignDevice {
  const { encoder, deviceId, airtimeSPerDay, ...rest } = device;
  const devEui = parseDevEui(device.devEui);
  if (!devEui) throw new TypeError(`'${device.devEui}' passed the check but is no DevEUI`);
  return {
    ...rest,
    devEui,
    // What the console of The Things Stack proposes.
    deviceId: deviceId ?? `eui-${devEui.toLowerCase()}`,
    encoding: encoder,
    airtimeMsPerDay: airtimeSPerDay * 1000,
  };
}

/** Zones stand for their kerbs; a sign does not count the garage that it names. */
function toSigns({ signs: { signs } }: Settings, inventory: Inventory): readonly Sign[] {
  return signs.map(({ sites, zones, garage, changeEveryS, device, ...rest }) => {
    const kerbs = inventory.sites.filter(
      ({ zoneId, kind, id }) =>
        kind === 'on-street' && zoneId !== null && zones.includes(zoneId) && id !== garage,
    );
    return {
      ...rest,
      siteIds: [...new Set([...sites.map(toSiteId), ...kerbs.map(({ id }) => id)])],
      garageId: garage === null ? null : toSiteId(garage),
      changeEveryMs: changeEveryS * 1000,
      device: device && toDevice(device),
    };
  });
}

/** The signs of the deployment in force, fed by the guide in force. */
export function openSigns(deps: {
  readonly config: () => Settings;
  readonly inventory: () => Inventory;
  readonly guide: () => Guide;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly logger: Logger;
}): Omit<Signs, 'stop'> & { stop(): Promise<void> } {
  const { config, inventory, guide, bus, clock, logger } = deps;
  // Other servers need a restart, like the sources of uplinks.
  const { secrets, signs: files } = config();
  const servers = new Map(
    files.servers.map((server) => [server.name, openDownlinks(server, secrets, logger)]),
  );
  const deliver = createDeliver({
    bus,
    clock,
    server: (name) => servers.get(name),
    encode: encodeSign,
    newId: randomUUID,
  });
  const signs = createSigns({
    signs: derived(config, (now) => toSigns(now, inventory())),
    textOf: ({ siteIds, garageId, fullBelow }) =>
      guide().signText(siteIds, garageId, { fullBelow }),
    clock,
    onChanged: deliver.show,
    deliveryOf: deliver.deliveryOf,
  });
  return {
    ...signs,
    start() {
      deliver.start();
      signs.start();
    },
    async stop() {
      signs.stop();
      deliver.stop();
      for (const server of servers.values()) await server.stop();
    },
  };
}
