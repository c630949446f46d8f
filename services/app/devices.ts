import type { Settings } from '../../config/config.ts';
import type { Decoder } from '../decoders/decoder.ts';
import { assessDevice, deviceProblems, type DeviceReport } from '../domain/device-health.ts';
import type { EpochMs } from '../domain/ids.ts';
import { isInForce } from '../domain/installations.ts';
import type { SpaceTrack } from '../domain/occupancy.ts';
import type { Patience } from '../domain/presence.ts';
import type { Installation, Inventory } from '../domain/site.ts';
import type { Tracker } from '../domain/tracker.ts';
import type { Ingest } from '../pipeline/ingest.ts';
import type { Metric } from './metrics.ts';

type Devices = (nowMs: EpochMs) => readonly DeviceReport[];

/** What the tracker knows of every device that is installed now, assessed; ordered by DevEUI. */
export function createDeviceReports(deps: {
  readonly inventory: () => Inventory;
  readonly tracker: Tracker;
  readonly ingest: Pick<Ingest, 'batteryRatio'>;
  readonly patienceOf: (model: string) => Patience;
  readonly findDecoder: (model: string) => Decoder | undefined;
}): Devices {
  const { inventory, tracker, ingest, patienceOf, findDecoder } = deps;

  const assessAll = ({ installations, spaces }: Inventory, nowMs: EpochMs): DeviceReport[] => {
    const siteOf = new Map(spaces.map(({ id, siteId }) => [id, siteId]));
    const spacesOf = Map.groupBy(spaces, ({ siteId }) => siteId);
    const neighboursOf = (track: SpaceTrack | undefined): readonly SpaceTrack[] => {
      const spaceId = track?.recent[0]?.spaceId;
      const siteId = spaceId && siteOf.get(spaceId);
      const others = siteId === undefined ? [] : (spacesOf.get(siteId) ?? []);
      return others.flatMap(({ id }) => (id === spaceId ? [] : (tracker.space(id) ?? [])));
    };
    return installations
      .filter((installation) => isInForce(installation, nowMs))
      .map((installation) => assess(installation, neighboursOf, nowMs))
      .sort((a, b) => (a.installation.devEui < b.installation.devEui ? -1 : 1));
  };
  const assess = (
    installation: Installation,
    neighboursOf: (track: SpaceTrack | undefined) => readonly SpaceTrack[],
    nowMs: EpochMs,
  ): DeviceReport => {
    const { devEui, model, target } = installation;
    const decoder = findDecoder(model);
    const space = target.kind === 'space' ? tracker.space(target.spaceId) : undefined;
    return assessDevice(
      {
        installation,
        track: tracker.device(devEui),
        patience: patienceOf(model),
        statusBatteryRatio: ingest.batteryRatio(devEui),
        batteryLowV: decoder?.batteryLowV ?? null,
        space,
        neighbours: () => neighboursOf(space),
        isSampled: decoder?.occupiedBelowM !== undefined || installation.occupiedBelowM !== null,
        countedUntilMs: tracker.countedUntilMs(installation),
      },
      nowMs,
    );
  };
  return (nowMs) => assessAll(inventory(), nowMs);
}

/** Devices by problem; one that has several counts for each. */
export const deviceMetrics = (devices: () => readonly DeviceReport[]): Metric => ({
  name: 'parklotse_devices',
  help: 'Installed devices by problem; one with several counts for each',
  type: 'gauge',
  read() {
    const all = devices();
    return [
      [{ problem: 'none' }, all.filter(({ problems }) => problems.length === 0).length],
      ...deviceProblems.map((problem) => {
        const count = all.filter(({ problems }) => problems.includes(problem)).length;
        return [{ problem }, count] as const;
      }),
    ];
  },
});

/** What operators show to see the devices; `null` when the deployment names none. */
export const operatorToken = ({ deployment, secrets }: Settings): string | null => {
  const { token } = deployment.access;
  return token ? (secrets.get(token.secret) ?? null) : null;
};
