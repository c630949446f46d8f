import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergedRevisions } from '../../../../services/adapters/history-store/revisions.ts';
import { spaceId } from '../../../support/builders.ts';

const times = [...Array(30).keys()];
const revision = fc
  .record({
    spaceId: fc.constantFrom(...['a', 'b', 'c'].map(spaceId)),
    fromMs: fc.nat(25),
    length: fc.integer({ min: 1, max: 6 }),
  })
  .map(({ length, ...rest }) => ({ ...rest, toMs: rest.fromMs + length }));

test('revisions that were merged void the same times of the same spaces, each once', () => {
  fc.assert(
    fc.property(fc.array(revision, { maxLength: 12 }), (revisions) => {
      const merged = mergedRevisions(revisions);
      for (const space of ['a', 'b', 'c'].map(spaceId))
        for (const atMs of times) {
          const covers = (one: (typeof revisions)[number]) =>
            one.spaceId === space && atMs >= one.fromMs && atMs < one.toMs;
          expect(merged.filter(covers)).toHaveLength(revisions.some(covers) ? 1 : 0);
        }
    }),
  );
});
