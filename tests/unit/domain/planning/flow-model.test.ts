import { expect, test } from 'vitest';
import { createFlowModel } from '../../../../services/domain/planning/flow-model.ts';

const street = (id: string, roadClass = 'residential', lengthM = 100) => ({
  id,
  roadClass,
  lengthM,
});
const hours = (vehicles: number) => [
  { fromS: 0, toS: 1800, vehicles: vehicles / 2 },
  { fromS: 1800, toS: 3600, vehicles: vehicles / 2 },
];
const dayOf = (counts: Record<string, ReturnType<typeof hours>>) => ({
  durationS: 7200,
  counts: new Map(Object.entries(counts)),
});

test('a street without a counter has the mean traffic of its class, one with a counter its own', () => {
  const counted = [street('a'), street('b'), street('main', 'tertiary')];
  const model = createFlowModel(counted, [dayOf({ a: hours(40), b: hours(80), main: hours(600) })]);
  expect(model.countsOf(street('x'), 0)).toEqual([{ fromS: 0, toS: 3600, vehicles: 60 }]);
  expect(model.countsOf(street('y', 'tertiary'), 0)[0]?.vehicles).toBe(600);
  expect(model.countsOf(street('z', 'unclassified'), 0)[0]?.vehicles).toBe(240);
  expect(model.countsOf(street('a'), 0)).toEqual(hours(40));
});

test('hours that were not counted have no traffic instead of none', () => {
  const model = createFlowModel([street('a')], [dayOf({ a: hours(40) }), dayOf({})]);
  expect(model.countsOf(street('x'), 0)).toHaveLength(1);
  expect(model.countsOf(street('x'), 1)).toEqual([]);
});

test('its error falls with the counters and is zero where every street has one', () => {
  const two = createFlowModel([street('a'), street('b')], [dayOf({ a: hours(40), b: hours(80) })]);
  const others = ['u', 'v', 'w', 'x'].map((id) => street(id));
  const sd = two.relativeSd(others) ?? 0;
  expect(sd).toBeCloseTo(Math.sqrt((1 / 3) ** 2 * 2 * (1 / 2 + 1 / 4)));
  expect(two.relativeSd([street('a'), street('b')])).toBe(0);
  expect(two.relativeSd([street('a'), ...others])).toBeLessThan(sd);
  expect(createFlowModel([street('a')], [dayOf({ a: hours(40) })]).relativeSd(others)).toBeNull();
});
