import type { InventoryFiles } from './config.ts';
import type { Mistake } from './mistakes.ts';

const file = 'signs.json';

/** What `signs.json` says of the other files and of itself: every name must exist, once. */
export function checkSigns(files: InventoryFiles): Mistake[] {
  const siteIds = new Set(files.sites.map(({ properties }) => properties.id));
  const zoneIds = new Set(files.zones.map(({ properties }) => properties.id));
  const { signs, servers } = files.signs;
  const serverNames = new Set(servers.map(({ name }) => name));
  const mistakes: Mistake[] = [];
  const refer = (known: ReadonlySet<string>, what: string, id: string, where: string): void => {
    if (!known.has(id)) mistakes.push({ file, where, reason: `there is no ${what} '${id}'` });
  };
  const once = (what: string, ids: readonly string[], place: (at: number) => string): void => {
    for (const [at, id] of ids.entries())
      if (ids.indexOf(id) < at)
        mistakes.push({ file, where: place(at), reason: `a second ${what} '${id}'` });
  };

  once(
    'server',
    servers.map(({ name }) => name),
    (at) => `servers[${at}].name`,
  );
  once(
    'sign',
    signs.map(({ id }) => id),
    (at) => `signs[${at}].id`,
  );
  const withDevice = signs.flatMap(({ device }, at) => (device ? [{ device, at }] : []));
  once(
    'sign with the device',
    withDevice.map(({ device }) => device.devEui),
    (at) => `signs[${withDevice[at]?.at ?? at}].device.devEui`,
  );
  for (const [at, sign] of signs.entries()) {
    for (const [n, id] of sign.sites.entries())
      refer(siteIds, 'site', id, `signs[${at}].sites[${n}]`);
    for (const [n, id] of sign.zones.entries())
      refer(zoneIds, 'zone', id, `signs[${at}].zones[${n}]`);
    if (sign.garage !== null) refer(siteIds, 'site', sign.garage, `signs[${at}].garage`);
    if (sign.device) refer(serverNames, 'server', sign.device.server, `signs[${at}].device.server`);
  }
  return mistakes;
}
