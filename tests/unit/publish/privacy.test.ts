import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SiteId, SpaceId } from '../../../services/domain/ids.ts';
import type { Status } from '../../../services/domain/observation.ts';
import { siteNowFromSpaces } from '../../../services/domain/presence.ts';
import type { Present, SpacePresent } from '../../../services/domain/present.ts';
import {
  countableSpaces,
  mayCountUplinks,
  smallestGroup,
  toPublicInventory,
} from '../../../services/domain/privacy.ts';
import { followPublicPresent, toPublicPresent } from '../../../services/domain/public-present.ts';
import type {
  Audience,
  Inventory,
  ParkingSpace,
  Visibility,
} from '../../../services/domain/site.ts';
import { devEui } from '../../support/builders.ts';
import { aSite, aSpace, inventory as town, nowMs } from '../../fixtures/feeds/town.ts';

interface Cell {
  readonly audience: Audience | null;
  readonly visibility: Visibility;
  readonly status: Status;
}
const cell: fc.Arbitrary<Cell> = fc.record({
  audience: fc.constantFrom(null, 'resident', 'disabled', 'charging'),
  visibility: fc.constantFrom('public', 'aggregate', 'aggregate', 'internal'),
  status: fc.constantFrom('occupied', 'vacant', 'unknown'),
});
const cells = fc.array(cell, { minLength: 1, maxLength: 24 });

/** One kerb with these spaces, as the state stage would hold it. */
function world(kerb: readonly Cell[], seenMs: (index: number) => number = () => nowMs) {
  const site = aSite({ numberOfSpaces: kerb.length });
  const spaces: ParkingSpace[] = kerb.map(({ audience, visibility }, index) =>
    aSpace(site, index, { audience, visibility }),
  );
  const now = new Map<SpaceId, SpacePresent>(
    spaces.map((space, index) => [
      space.id,
      {
        spaceId: space.id,
        status: kerb[index]!.status,
        sinceMs: seenMs(index),
        lastSeenMs: seenMs(index),
        freshness: 'live',
        version: 1,
      },
    ]),
  );
  const siteNow = {
    ...siteNowFromSpaces(
      site,
      spaces.map((space) => ({ space, now: now.get(space.id)! })),
    ),
    chanceRatio: null,
    version: 1,
  };
  const present: Present = {
    epoch: 'e1',
    version: () => 1,
    space: (id) => now.get(id),
    site: () => siteNow,
    spaces: () => now.values(),
    sites: () => [siteNow],
  };
  const inventory: Inventory = { ...town, sites: [site], spaces };
  return { site, spaces, inventory, present };
}

/** Everything that leaves the house, as one text. */
function told({ inventory, present }: ReturnType<typeof world>): string {
  const view = toPublicPresent(inventory, present);
  return JSON.stringify([
    toPublicInventory(inventory).spaces,
    [...view.spaces()],
    [...view.sites()],
    inventory.spaces.map((space) => view.space(space.id) ?? null),
  ]);
}

const flipped = (status: Status): Status =>
  status === 'vacant' ? 'occupied' : status === 'occupied' ? 'vacant' : 'unknown';

describe('what is published', () => {
  it('shows public spaces one by one and no other', () => {
    fc.assert(
      fc.property(cells, (kerb) => {
        const { inventory, spaces, present } = world(kerb);
        const view = toPublicPresent(inventory, present);
        for (const space of spaces) {
          expect(view.space(space.id) !== undefined).toBe(space.visibility === 'public');
        }
        expect([...view.spaces()]).toHaveLength(toPublicInventory(inventory).spaces.length);
      }),
    );
  });

  it('does not depend on a single hidden space of a group under five', () => {
    fc.assert(
      fc.property(cells, fc.nat(), (kerb, pick) => {
        const { spaces } = world(kerb);
        const statusOf = new Map(spaces.map(({ id }, index) => [id, kerb[index]!.status]));
        const isKnown = ({ id }: ParkingSpace): boolean => statusOf.get(id) !== 'unknown';
        const counted = new Set(countableSpaces(spaces, isKnown).spaces.map(({ id }) => id));
        const out = spaces.flatMap((space, index) =>
          space.visibility === 'public' || counted.has(space.id) ? [] : [index],
        );
        fc.pre(out.length > 0);
        const chosen = out[pick % out.length]!;
        const other = kerb.map((one, index) =>
          index === chosen ? { ...one, status: flipped(one.status) } : one,
        );
        const later = (index: number): number => (index === chosen ? nowMs + 60_000 : nowMs);
        expect(told(world(other, later))).toBe(told(world(kerb)));
      }),
    );
  });

  it('leaves a group of five or none when everything else that is published is subtracted', () => {
    fc.assert(
      fc.property(cells, (kerb) => {
        const { inventory, spaces, present, site } = world(kerb);
        const now = toPublicPresent(inventory, present).site(site.id)!;
        const isPublicOf = (audience: Audience) => (index: number) =>
          kerb[index]!.visibility === 'public' &&
          kerb[index]!.audience === audience &&
          kerb[index]!.status !== 'unknown';
        const indexes = spaces.map((_, index) => index);
        let hidden =
          now.numberOfKnownSpaces -
          kerb.filter((one) => one.visibility === 'public' && one.status !== 'unknown').length;
        for (const [audience, count] of Object.entries(now.vacantFor)) {
          const inGroup = count.known - indexes.filter(isPublicOf(audience as Audience)).length;
          expect(inGroup === 0 || inGroup >= smallestGroup).toBe(true);
          hidden -= inGroup;
        }
        expect(hidden === 0 || hidden >= smallestGroup).toBe(true);
      }),
    );
  });

  it('says that something was withheld, and gives null instead of zero when nothing is left', () => {
    const hidden: Cell = { audience: 'resident', visibility: 'aggregate', status: 'occupied' };
    const { inventory, present, site } = world([hidden, hidden, hidden]);
    expect(toPublicPresent(inventory, present).site(site.id)).toMatchObject({
      withheld: 'small-group',
      numberOfKnownSpaces: 0,
      numberOfVacantSpaces: null,
      numberOfOccupiedSpaces: null,
      lastSeenMs: null,
      lastChangedMs: null,
      vacantFor: {},
    });
  });

  it('counts a hidden group of five', () => {
    const hidden: Cell = { audience: 'resident', visibility: 'aggregate', status: 'occupied' };
    const { inventory, present, site } = world(Array<Cell>(5).fill(hidden));
    const now = toPublicPresent(inventory, present).site(site.id)!;
    expect(now).toMatchObject({ numberOfOccupiedSpaces: 5, vacantFor: { resident: { known: 5 } } });
    expect(now.withheld).toBeUndefined();
  });

  it('counts its own versions: what nobody may see leaves no trace in them, whatever happens when', () => {
    const changes = fc.array(
      fc.record({
        pick: fc.nat(),
        status: fc.constantFrom<Status>('occupied', 'vacant', 'unknown'),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(cells, changes, (kerb, day) => {
        const isSilent = (index: number): boolean => {
          const { audience, visibility } = kerb[index]!;
          if (visibility !== 'aggregate') return visibility === 'internal';
          const group = kerb.filter((one) => one.visibility === 'aggregate');
          const own = group.filter((one) => one.audience === audience);
          const others = group.filter(
            (one) =>
              one.audience === null ||
              group.filter((two) => two.audience === one.audience).length < smallestGroup,
          );
          return audience !== null && own.length >= smallestGroup
            ? false
            : others.length < smallestGroup;
        };
        const all = traceOf(kerb, day);
        const audible = day.map((change) => (isSilent(change.pick % kerb.length) ? null : change));
        expect(all).toEqual(traceOf(kerb, audible));
      }),
      { numRuns: 300 },
    );
  });

  it('does not show a small group by regrouping when a sensor of a large one falls silent', () => {
    const resident: Cell = { audience: 'resident', visibility: 'aggregate', status: 'vacant' };
    const personal: Cell = { audience: 'disabled', visibility: 'aggregate', status: 'occupied' };
    const kerb = [...Array<Cell>(5).fill(resident), personal, personal, personal];
    const before = world(kerb);
    const after = world(kerb.map((one, n) => (n === 0 ? { ...one, status: 'unknown' } : one)));
    const siteOf = ({ inventory, present, site }: typeof before) =>
      toPublicPresent(inventory, present).site(site.id)!;
    expect(siteOf(before)).toMatchObject({ numberOfKnownSpaces: 5, withheld: 'small-group' });
    expect(siteOf(after)).toMatchObject({ numberOfKnownSpaces: 0, withheld: 'small-group' });
  });
});

/** Everything that is told after each change, and the cursor: `null` is a change that did not happen. */
function traceOf(
  kerb: readonly Cell[],
  day: readonly ({ readonly pick: number; readonly status: Status } | null)[],
): string[] {
  const { inventory, present, spaces, site } = world(kerb);
  const now = new Map([...present.spaces()].map((space) => [space.spaceId, space]));
  let version = 1;
  let siteNow = present.site(site.id)!;
  let heard: (changed: { spaceIds: SpaceId[]; siteIds: SiteId[] }) => void = () => undefined;
  const moving: Present = {
    ...present,
    version: () => version,
    space: (id) => now.get(id),
    spaces: () => now.values(),
    site: () => siteNow,
    sites: () => [siteNow],
  };
  const view = followPublicPresent(
    () => inventory,
    moving,
    (listener) => (heard = listener),
  ).present;
  const told = (): string =>
    JSON.stringify([view.version(), [...view.spaces()], [...view.sites()]]);
  told();
  return day.map((change, step) => {
    if (change) {
      const { id } = spaces[change.pick % spaces.length]!;
      const atMs = nowMs + step * 1000;
      version += 1;
      now.set(id, {
        ...now.get(id)!,
        status: change.status,
        sinceMs: atMs,
        lastSeenMs: atMs,
        version,
      });
      const its = spaces.map((space) => ({ space, now: now.get(space.id)! }));
      siteNow = { ...siteNowFromSpaces(site, its), chanceRatio: null, version: (version += 1) };
      heard({ spaceIds: [id], siteIds: [site.id] });
    }
    return told();
  });
}

describe('figures of the whole installation', () => {
  const hidden: Cell = { audience: 'resident', visibility: 'aggregate', status: 'occupied' };
  const open: Cell = { audience: null, visibility: 'public', status: 'occupied' };
  const watched = (kerb: readonly Cell[]): Inventory => {
    const { inventory, spaces } = world(kerb);
    return {
      ...inventory,
      installations: spaces.map((space, n) => ({
        devEui: devEui(n + 1),
        model: 'bosch-tps110',
        target: { kind: 'space', spaceId: space.id },
        fromMs: 0,
        untilMs: null,
        occupiedBelowM: null,
      })),
    };
  };

  it('are told unless fewer than five hidden spaces could be heard in them', () => {
    expect(mayCountUplinks(watched([open, open]))).toBe(true);
    expect(mayCountUplinks(watched([open, hidden]))).toBe(false);
    expect(mayCountUplinks(watched([open, ...Array<Cell>(4).fill(hidden)]))).toBe(false);
    expect(mayCountUplinks(watched([open, ...Array<Cell>(5).fill(hidden)]))).toBe(true);
  });
});
