import { describe, expect, test } from 'vitest';
import { placeGroups } from '../../../services/domain/roll-up-groups.ts';
import type { ParkingSpace } from '../../../services/domain/site.ts';
import { kerbTown } from '../../support/towns.ts';

const town = kerbTown({ sites: 2, spacesPerSite: 8 });
/** Makes the first spaces of the first site residents' spaces, which only count in groups. */
const withHidden = (count: number) => ({
  ...town,
  spaces: town.spaces.map((space, at): ParkingSpace =>
    at < count ? { ...space, audience: 'resident', visibility: 'aggregate' } : space,
  ),
});
const counted = (hidden: number) =>
  Object.fromEntries(
    placeGroups(withHidden(hidden)).map(({ scope, id, spaceIds }) => [
      `${scope} ${id}`,
      spaceIds.length,
    ]),
  );

describe('groups of roll-ups', () => {
  test('leave out hidden spaces that are no group of five, in larger places too', () => {
    expect(counted(4)).toEqual({
      'site site-0': 4,
      'site site-1': 8,
      'zone zone': 12,
      'municipality town': 12,
    });
  });
  test('count five hidden spaces of one audience together', () => {
    expect(counted(5)).toMatchObject({ 'site site-0': 8, 'zone zone': 16 });
  });
  test('take a hidden group for as large as its watched part', () => {
    const inventory = withHidden(6);
    const installations = inventory.installations.slice(2);
    const site = placeGroups({ ...inventory, installations }).find(({ id }) => id === 'site-0');
    expect(site?.spaceIds).toHaveLength(2);
  });
});
