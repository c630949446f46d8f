import type { Decoder } from '../decoders/decoder.ts';
import { derived } from '../domain/derived.ts';
import type { SpaceId } from '../domain/ids.ts';
import type { Patience } from '../domain/presence.ts';
import type { Inventory } from '../domain/site.ts';

/** How long to wait for news of a model, from its heartbeat interval and the deployment's factor. */
export function createPatience(
  staleFactor: number,
  findDecoder: (model: string) => Decoder | undefined,
): (model: string) => Patience {
  const known = new Map<string, Patience>();
  return (model) => {
    const before = known.get(model);
    if (before) return before;
    const heartbeatMs = (findDecoder(model)?.heartbeatS ?? 0) * 1000;
    const patience = { heartbeatMs, staleAfterMs: heartbeatMs * staleFactor };
    known.set(model, patience);
    return patience;
  };
}

/** For how long an observation of a space holds, from the device that watches it now; 0 without one. */
export function createSpacePatience(
  inventory: () => Inventory,
  patienceOf: (model: string) => Patience,
): (spaceId: SpaceId) => number {
  const bySpace = derived(inventory, ({ installations }) => {
    const its = new Map<SpaceId, number>();
    for (const { target, model } of installations)
      if (target.kind === 'space') its.set(target.spaceId, patienceOf(model).staleAfterMs);
    return its;
  });
  return (spaceId) => bySpace().get(spaceId) ?? 0;
}
