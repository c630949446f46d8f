import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCountableTimelines } from '../../../services/domain/countable-timelines.ts';
import { addUp } from '../../../services/domain/roll-up-add.ts';
import { placeGroups } from '../../../services/domain/roll-up-groups.ts';
import { rollUp } from '../../../services/domain/roll-up-sums.ts';
import type { RollUp } from '../../../services/domain/roll-up.ts';
import type { Status } from '../../../services/domain/observation.ts';
import { smallestGroup } from '../../../services/domain/privacy.ts';
import type { Audience, ParkingSpace, Visibility } from '../../../services/domain/site.ts';
import type { SpaceTimeline } from '../../../services/domain/space-timeline.ts';
import { kerbTown } from '../../support/towns.ts';

const minuteMs = 60_000;
const quarters = [0, 15, 30, 45, 60].map((minute) => minute * minuteMs);
const spacesPerSite = 9;
const town = kerbTown({ sites: 2, spacesPerSite });

/** A space and how it was in each twelfth of an hour. */
interface Hour {
  readonly audience: Audience | null;
  readonly visibility: Visibility;
  readonly was: readonly Status[];
}
const hours = fc.array(
  fc.record({
    audience: fc.constantFrom(null, 'resident' as const),
    visibility: fc.constantFrom('public', 'aggregate', 'aggregate', 'aggregate'),
    was: fc.array(fc.constantFrom<Status>('occupied', 'vacant', 'occupied', 'unknown'), {
      minLength: 12,
      maxLength: 12,
    }),
  }),
  { minLength: 2 * spacesPerSite, maxLength: 2 * spacesPerSite },
);

function toTimeline({ id }: ParkingSpace, { was }: Hour): SpaceTimeline {
  const parts = was.map((status, at) => ({ status, fromMs: at * 5 * minuteMs }));
  const known = parts.filter(({ status }) => status !== 'unknown');
  const changes = known.flatMap(({ status, fromMs }, at) => {
    const before = known[at - 1];
    return before && before.status !== status
      ? [
          {
            spaceId: id,
            to: status === 'occupied' ? ('occupied' as const) : ('vacant' as const),
            atMs: fromMs,
            isInferred: false,
            stayFromMs: before.fromMs,
          },
        ]
      : [];
  });
  return {
    spaceId: id,
    spans: known.map(({ status, fromMs }) => ({
      fromMs,
      toMs: fromMs + 5 * minuteMs,
      isOccupied: status === 'occupied',
      sinceMs: fromMs,
    })),
    changes,
    ends: changes.map(({ atMs, to }) => ({ atMs, isOccupied: to === 'vacant', sinceMs: 0 })),
  };
}

function world(all: readonly Hour[]) {
  const spaces = town.spaces.map((space, at): ParkingSpace => {
    const { audience = null, visibility = 'public' } = all[at] ?? {};
    return { ...space, audience, visibility };
  });
  const timelines = spaces.map((space, at) => toTimeline(space, all[at]!));
  const rows = rollUp({
    step: '15min',
    bounds: quarters,
    groups: placeGroups({ ...town, spaces }),
    timelines: createCountableTimelines(spaces)(timelines),
    counts: [],
  });
  return { spaces, rows };
}

/** The groups of one kerb, by index: residents where there are five, and all the other hidden spaces. */
function groupsAt(all: readonly Hour[], site: number): number[][] {
  const indexes = all.flatMap((hour, at) =>
    Math.floor(at / spacesPerSite) === site && hour.visibility === 'aggregate' ? [at] : [],
  );
  const residents = indexes.filter((at) => all[at]?.audience === 'resident');
  return residents.length >= smallestGroup
    ? [residents, indexes.filter((at) => !residents.includes(at))]
    : [indexes];
}

const knownIn = (all: readonly Hour[], group: readonly number[], part: number): number =>
  group.filter((at) => all[at]?.was[part] !== 'unknown').length;

const observedIn = (rows: readonly RollUp[], id: string, fromMs: number): number =>
  rows.find((row) => row.id === id && row.fromMs === fromMs)?.observedMs ?? 0;

describe('roll-ups of places', () => {
  test('count of a hidden group the times at which five of it were known, and no other', () => {
    fc.assert(
      fc.property(hours, (all) => {
        const { rows } = world(all);
        for (const [quarter, fromMs] of quarters.slice(0, -1).entries()) {
          const parts = [0, 1, 2].map((part) => quarter * 3 + part);
          const expected = [0, 1].map((site) =>
            parts.reduce((sum, part) => {
              const shown = all.filter(
                ({ visibility, was }, at) =>
                  Math.floor(at / spacesPerSite) === site &&
                  visibility === 'public' &&
                  was[part] !== 'unknown',
              ).length;
              const hidden = groupsAt(all, site)
                .map((group) => knownIn(all, group, part))
                .filter((known) => known >= smallestGroup);
              return sum + hidden.reduce((a, b) => a + b, shown) * 5 * minuteMs;
            }, 0),
          );
          expect(observedIn(rows, 'site-0', fromMs)).toBe(expected[0]);
          expect(observedIn(rows, 'site-1', fromMs)).toBe(expected[1]);
          // What a larger place tells beyond its sites is nothing.
          expect(observedIn(rows, 'zone', fromMs)).toBe(expected[0]! + expected[1]!);
        }
      }),
    );
  });

  test('do not depend on what happened in a group while fewer than five were known', () => {
    fc.assert(
      fc.property(hours, fc.nat(), (all, pick) => {
        const secret = all.flatMap(({ visibility, was }, at) =>
          was.flatMap((status, part) => {
            const groups = groupsAt(all, Math.floor(at / spacesPerSite));
            const own = groups.find((group) => group.includes(at)) ?? [];
            const isSecret =
              visibility === 'aggregate' &&
              status !== 'unknown' &&
              knownIn(all, own, part) < smallestGroup;
            return isSecret ? [{ at, part }] : [];
          }),
        );
        fc.pre(secret.length > 0);
        const chosen = secret[pick % secret.length]!;
        const other = all.map((hour, at) =>
          at === chosen.at
            ? {
                ...hour,
                was: hour.was.map((status, part) =>
                  part !== chosen.part ? status : status === 'occupied' ? 'vacant' : 'occupied',
                ),
              }
            : hour,
        );
        expect(world(other as Hour[]).rows).toEqual(world(all).rows);
      }),
      { numRuns: 300 },
    );
  });

  test('are sums over areas and over times, so that subtracting two of them tells nothing else', () => {
    const fields = [
      'observedMs',
      'occupiedMs',
      'arrivals',
      'departures',
      'occupiedAtEnd',
      'observedAtEnd',
      'endedStays',
      'endedStayMs',
    ] as const;
    fc.assert(
      fc.property(hours, (all) => {
        const { rows } = world(all);
        const sumOf = (field: (typeof fields)[number], its: readonly RollUp[]): number =>
          its.reduce((sum, row) => sum + row[field], 0);
        const hour = addUp(rows, 'hour', 0, 60 * minuteMs);
        for (const field of fields) {
          const of = (id: string, its: readonly RollUp[]): number =>
            sumOf(
              field,
              its.filter((row) => row.id === id),
            );
          expect(of('zone', rows)).toBe(of('site-0', rows) + of('site-1', rows));
          if (!field.endsWith('AtEnd')) expect(of('zone', hour)).toBe(of('zone', rows));
        }
      }),
    );
  });

  test('tell no duration of a hidden space, in no group of any size', () => {
    fc.assert(
      fc.property(hours, (all) => {
        const hidden = all.map((hour) => ({ ...hour, visibility: 'aggregate' as const }));
        for (const row of world(hidden).rows)
          expect(row).toMatchObject({
            endedStays: 0,
            endedStayMs: 0,
            stays: null,
            vacancies: null,
          });
      }),
    );
  });
});
