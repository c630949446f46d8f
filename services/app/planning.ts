import { workerThreadEstimator } from '../adapters/share-estimator/worker-thread.ts';
import { derived } from '../domain/derived.ts';
import type { DeviceReport } from '../domain/device-health.ts';
import type { GuidedRecord } from '../ports/guided-record.ts';
import type { EpochMs, SpaceId } from '../domain/ids.ts';
import { lostUplinkRatio } from '../domain/planning/device-sums.ts';
import { placeGroups, spaceGroups } from '../domain/roll-up-groups.ts';
import type { SensorTraits } from '../domain/search-share/model/observed.ts';
import { createEstimate, type Estimate } from '../pipeline/estimate/estimate.ts';
import type { Measure } from '../pipeline/measure/measure.ts';
import type { Clock } from '../ports/clock.ts';
import type { HistoryStore } from '../ports/history-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { RollUpSums } from '../ports/roll-up-sums.ts';
import type { Snapshots } from '../ports/snapshots.ts';
import type { PlanningDeps } from '../publish/planning/deps.ts';
import type { LiveConfig } from './live-config.ts';

export interface Planning {
  readonly stage: Estimate;
  /** For the server. */
  readonly api: PlanningDeps;
}

/**
 * Space sensors on LoRaWAN: shorter changes are not reported, "occupied" is confirmed later than
 * "vacant" (estimators.md 4, the sensors of its table).
 */
const usualSensors = { debounceS: 20, freeLatencyS: 15, occupiedLatencyS: 25 };

/** Of uplinks; worse is not believed of a network that still works. */
const mostLost = 0.5;

/** What planners see: figures from roll-ups, search shares that are estimated in a thread of their own. */
export function createPlanning(deps: {
  readonly live: LiveConfig;
  readonly store: HistoryStore;
  readonly sums: RollUpSums;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly snapshots: Snapshots;
  readonly rollingUp: Measure['status'];
  /** For how long an observation of the space holds. */
  readonly staleAfterMs: (spaceId: SpaceId) => number;
  readonly devices: (nowMs: EpochMs) => readonly DeviceReport[];
  readonly guided: Pick<GuidedRecord, 'between'>;
  /** Operators' token; `null` where none is set. */
  readonly token: string | null;
}): Planning {
  const { live, store, clock, rollingUp } = deps;
  const { deployment } = live.config();
  const { searchShare, timeZone, goal, access } = deployment;
  const measures = () => live.config().measures;
  const sensors = (): SensorTraits => ({
    ...usualSensors,
    heartbeatS: searchShare.missedForS,
    lostUplinkRatio: Math.min(mostLost, lostUplinkRatio(deps.devices(clock.now())) ?? 0),
    undercountRatio: searchShare.undercountRatio,
    missedArrivalRatio: searchShare.missedArrivalRatio,
  });
  const stage = createEstimate({
    store,
    clock,
    log: deps.logger,
    inventory: live.inventory,
    measures,
    timeZone,
    estimator: workerThreadEstimator(),
    snapshots: deps.snapshots,
    sensors,
    audit: { acceptance: searchShare.acceptance },
    guidedStops: ({ fromMs, toMs }) => deps.guided.between(fromMs, toMs),
    closedMs: () => rollingUp().doneMs,
  });
  const sensedSpaces = derived(live.inventory, (inventory) => {
    const sensed = new Set(
      inventory.installations.flatMap(({ target }) =>
        target.kind === 'space' ? [target.spaceId] : [],
      ),
    );
    return new Map(
      [...placeGroups(inventory), ...spaceGroups(inventory)].map(({ scope, id, spaceIds }) => [
        `${scope}|${id}`,
        spaceIds.filter((spaceId) => sensed.has(spaceId)).length,
      ]),
    );
  });
  return {
    stage,
    api: {
      settings: deployment,
      inventory: live.publicInventory,
      sensedSpaces,
      store,
      sums: deps.sums,
      rolledUp: rollingUp,
      staleAfterMs: deps.staleAfterMs,
      shares: stage.results,
      goal,
      measures,
      devices: deps.devices,
      clock,
      epoch: Math.floor(clock.now()).toString(36),
      token: access.planning === 'public' ? undefined : deps.token,
    },
  };
}
