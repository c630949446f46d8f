import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  approach,
  createApproaches,
  type Place,
} from '../../../../services/domain/guidance/place.ts';

const nodes = 5;
const seconds = fc.oneof(fc.constant(Infinity), fc.integer({ min: 0, max: 30 }));
const passage = fc.record({
  tail: fc.nat(nodes - 1),
  head: fc.nat(nodes - 1),
  seconds: fc.constant(1),
  untilS: fc.integer({ min: 0, max: 9 }),
});
const place = fc.array(passage, { maxLength: 3 }).map((passages): Place => ({
  kind: 'kerb',
  numberOfSpaces: 1,
  passages,
  walkEnds: [],
  feeS: 0,
}));

test('places looked at as columns are reached as each of them alone', () => {
  fc.assert(
    fc.property(
      fc.array(place, { maxLength: 6 }),
      fc.array(seconds, { minLength: nodes, maxLength: nodes }),
      (places, toNodes) => {
        const times = Float32Array.from(toNodes);
        const approaches = createApproaches(places);
        const found = places.map((_, n) => ({
          driveS: approaches.driveS(times, n),
          exit: approaches.exit(times, n),
        }));
        expect(found).toEqual(places.map((one) => approach(times, one)));
      },
    ),
  );
});
