import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toSpaceId, type SpaceId } from '../../../services/domain/ids.ts';
import type { Status } from '../../../services/domain/observation.ts';
import { siteNowFromSpaces } from '../../../services/domain/presence.ts';
import type { Present, SpacePresent } from '../../../services/domain/present.ts';
import {
  countableSpaces,
  smallestGroup,
  toPublicInventory,
  toPublicPresent,
} from '../../../services/domain/privacy.ts';
import type {
  Audience,
  Inventory,
  ParkingSpace,
  Visibility,
} from '../../../services/domain/site.ts';
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
        const isKnown = (space: ParkingSpace): boolean =>
          kerb[spaces.indexOf(space)]!.status !== 'unknown';
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

  it('keeps the version of a site while only hidden spaces change', () => {
    const hidden: Cell = { audience: 'resident', visibility: 'aggregate', status: 'occupied' };
    const open: Cell = { audience: null, visibility: 'public', status: 'vacant' };
    const { inventory, present, site, spaces } = world([open, open, hidden]);
    let version = 1;
    let hiddenStatus: Status = 'occupied';
    const moving: Present = {
      ...present,
      site: (id) => ({ ...present.site(id)!, version }),
      space: (id) =>
        id === spaces[2]!.id ? { ...present.space(id)!, status: hiddenStatus } : present.space(id),
    };
    const view = toPublicPresent(inventory, moving);
    const before = view.site(site.id);
    version = 2;
    hiddenStatus = 'vacant';
    expect(view.site(site.id)).toBe(before);
    expect(view.space(toSpaceId(spaces[2]!.id))).toBeUndefined();
  });
});
