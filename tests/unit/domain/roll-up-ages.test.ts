import { describe, expect, test } from 'vitest';

import { toSpaceId, toStretchId, type SpaceId } from '../../../services/domain/ids.ts';
import { hourMs, quarterMs } from '../../../services/domain/local-time.ts';
import type { Transition } from '../../../services/domain/observation.ts';
import type { RollUpGroup } from '../../../services/domain/roll-up-groups.ts';
import { rollUp } from '../../../services/domain/roll-up-sums.ts';
import { toTimeline, type SpaceHistory } from '../../../services/domain/space-timeline.ts';
import { agesOf } from '../../support/street-history.ts';

const hour = hourMs;
const start = 1_000 * hour;
const space = toSpaceId('a');
const other = toSpaceId('b');
const stretchId = toStretchId('street');
const street: RollUpGroup = {
  scope: 'stretch',
  id: stretchId,
  numberOfSpaces: 3,
  spaceIds: [space, other],
  stretchIds: [stretchId],
  gateSiteIds: [],
};
const to = (status: Transition['to'], atMs: number, spaceId: SpaceId = space): Transition => ({
  spaceId,
  to: status,
  atMs,
  earliestMs: atMs,
  method: 'seen',
});
const history = (parts: Partial<SpaceHistory>): SpaceHistory => ({
  spaceId: space,
  before: undefined,
  transitions: [],
  lastSeenMs: undefined,
  seenMs: [],
  staleAfterMs: 2 * hour,
  ...parts,
});
const hourOf = (histories: readonly SpaceHistory[], groups = [street]) =>
  rollUp({
    step: 'hour',
    bounds: [start, start + hour],
    groups,
    timelines: histories.map((one) => toTimeline(one, { fromMs: start, toMs: start + hour })),
    counts: [],
  });
const watched = (fromAgeMs: number, toAgeMs: number) => agesOf([fromAgeMs, toAgeMs, 'watched']);

describe('a roll-up', () => {
  test('watches ages over observed time only, and an end after a silence tells no age', () => {
    const [row] = hourOf([
      history({
        before: to('occupied', start - quarterMs),
        lastSeenMs: start - quarterMs,
        staleAfterMs: 2 * quarterMs,
        // News hold for one more quarter hour; what ended at half past was not watched up to then.
        transitions: [to('vacant', start + 2 * quarterMs)],
        seenMs: [start + 2 * quarterMs],
      }),
    ]);
    expect(row).toMatchObject({
      departures: 1,
      stays: watched(quarterMs, 2 * quarterMs),
      vacancies: watched(0, 2 * quarterMs),
      observedAtEnd: 1,
      occupiedAtEnd: 0,
    });
  });

  test('a zone is as full as its streets are', () => {
    const zone: RollUpGroup = { ...street, scope: 'zone', id: 'zone', numberOfSpaces: 9 };
    const [, ofZone] = hourOf(
      [
        history({ before: to('occupied', start - 1), lastSeenMs: start - 1 }),
        history({
          spaceId: other,
          before: to('vacant', start - 1, other),
          lastSeenMs: start - 1,
          transitions: [to('occupied', start + 3 * quarterMs, other)],
        }),
      ],
      [street, zone],
    );
    expect(ofZone).toMatchObject({ streetFullMs: 3 * quarterMs, streetWatchedMs: 3 * hour });
  });
});
