import {
  createAgeColumns,
  endAge,
  noAges,
  toAgeTable,
  watchAges,
} from '../../services/domain/age-table.ts';
import { toSpaceId, toStretchId, type DevEui } from '../../services/domain/ids.ts';
import { quarterMs } from '../../services/domain/local-time.ts';
import type { Count, Transition } from '../../services/domain/observation.ts';
import type { RollUpGroup } from '../../services/domain/roll-up-groups.ts';
import { rollUp } from '../../services/domain/roll-up-sums.ts';
import { toTimeline, type SpaceHistory } from '../../services/domain/space-timeline.ts';

export const hour = 4 * quarterMs;
export const spaceIds = [toSpaceId('a'), toSpaceId('b'), toSpaceId('c')];
const stretchId = toStretchId('street');
export const street: RollUpGroup = {
  scope: 'stretch',
  id: stretchId,
  numberOfSpaces: 3,
  spaceIds,
  stretchIds: [stretchId],
  gateSiteIds: [],
};
export const single = spaceIds.map((id): RollUpGroup => ({
  ...street,
  scope: 'space',
  id,
  numberOfSpaces: 1,
  spaceIds: [id],
  stretchIds: [],
}));
export const start = 1_000 * hour;
export const to = (status: Transition['to'], atMs: number, earliestMs = atMs): Transition => ({
  spaceId: spaceIds[0]!,
  to: status,
  atMs,
  earliestMs,
  method: earliestMs === atMs ? 'seen' : 'inferred',
});
export const history = (parts: Partial<SpaceHistory>): SpaceHistory => ({
  spaceId: spaceIds[0]!,
  before: undefined,
  transitions: [],
  lastSeenMs: undefined,
  seenMs: [],
  staleAfterMs: 2 * hour,
  ...parts,
});
export const count = (fromMs: number, toMs: number, vehicles: number): Count => ({
  devEui: '70B3D5E75E000001' as DevEui,
  target: { kind: 'stretch', stretchId },
  direction: 'left',
  fromMs,
  toMs,
  vehicles,
  meanSpeedKmh: null,
});

/** Stays or vacancies from one age to another, as an age table. */
export const agesOf = (...watched: readonly (readonly [number, number, 'watched' | 'ended'])[]) => {
  const columns = createAgeColumns(1);
  for (const [fromAgeMs, toAgeMs, how] of watched) {
    watchAges(columns, [0], fromAgeMs, toAgeMs);
    if (how === 'ended') endAge(columns, [0], toAgeMs);
  }
  return toAgeTable(columns, 0) ?? noAges();
};

export const range = { fromMs: start, toMs: start + hour };
export const quarters = [0, 1, 2, 3, 4].map((i) => start + i * quarterMs);
export const hourOf = (
  histories: readonly SpaceHistory[],
  counts: readonly Count[] = [],
  groups = [street],
) =>
  rollUp({
    step: 'hour',
    bounds: [range.fromMs, range.toMs],
    groups,
    timelines: histories.map((one) => toTimeline(one, range)),
    counts,
  });
