import { describe, expect, test } from 'vitest';

import { quarterMs } from '../../../services/domain/local-time.ts';
import type { RollUpGroup } from '../../../services/domain/roll-up-groups.ts';
import {
  agesOf,
  history,
  hour,
  hourOf,
  spaceIds,
  start,
  street,
  to,
} from '../../support/street-history.ts';

const other = spaceIds[1]!;
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
          before: { ...to('vacant', start - 1), spaceId: other },
          lastSeenMs: start - 1,
          transitions: [{ ...to('occupied', start + 3 * quarterMs), spaceId: other }],
        }),
      ],
      [],
      [street, zone],
    );
    expect(ofZone).toMatchObject({ streetFullMs: 3 * quarterMs, streetWatchedMs: 3 * hour });
  });
});
