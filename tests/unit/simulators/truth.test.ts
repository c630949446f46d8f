import { expect, test } from 'vitest';
import type { City } from '../../../simulators/town/city.ts';
import { createTruth, kilometresHeader } from '../../../simulators/town/truth.ts';

const city = {
  zones: ['altstadt'],
  stretches: [{ id: 's1', zone: 0, spaces: [1] }],
} as unknown as City;

test('whoever passes a free space is counted, and whoever takes it: the acceptance of the town', () => {
  const truth = createTruth(city, (atS) => `${atS}`);
  truth.drove(0, 60, 100, 'search');
  truth.metFree(0, 60, 'took');
  truth.metFree(0, 70, 'took');
  truth.metFree(0, 80, 'drove-on');
  const columns = kilometresHeader.trim().split(',');
  const cells = truth.take(7200).kilometres.trim().split(',');
  const at = (name: string): string | undefined => cells[columns.indexOf(name)];
  expect(at('zone_id')).toBe('altstadt');
  expect(at('search_km')).toBe('0.100');
  expect([at('free_passes'), at('free_takes')]).toEqual(['3', '2']);
});
