import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toStretchId } from '../../../services/domain/ids.ts';
import { createStreetGraph, type Street } from '../../../services/domain/street-graph.ts';

const at = (x: number, y: number) => ({ lat: 49 + y * 0.001, lon: 8 + x * 0.0015 });
const street = (
  from: [number, number],
  to: [number, number],
  more: Partial<Street> = {},
): Street => ({
  id: toStretchId(`${from.join('.')}-${to.join('.')}`),
  points: [at(...from), at(...to)],
  lengthM: 100,
  oneway: null,
  roadClass: 'residential',
  fromNode: from.join('/'),
  toNode: to.join('/'),
  maxSpeedKmh: 45,
  ...more,
});
/** 100 m at 80 % of 45 km/h. */
const blockS = 10;

const square = [
  street([0, 0], [1, 0]),
  street([1, 0], [1, 1]),
  street([1, 1], [0, 1], { oneway: 'with-points' }),
  street([0, 1], [0, 0], { oneway: 'with-points' }),
];

describe('the street graph', () => {
  test('drives along one-way streets only, and walks against them', () => {
    const graph = createStreetGraph(square);
    const from = graph.node('0/0')!;
    const to = graph.node('0/1')!;
    expect(graph.driveFrom([{ node: from, cost: 0 }])[to]).toBeCloseTo(3 * blockS, 3);
    expect(graph.driveTo([{ node: from, cost: 0 }])[to]).toBeCloseTo(blockS, 3);
    expect(graph.walkFrom([{ node: from, cost: 0 }], 500)[to]).toBe(100);
    expect(graph.walkFrom([{ node: from, cost: 0 }], 99)[to]).toBe(Infinity);
  });

  test('leads no car where it cannot come back from', () => {
    const trap = street([1, 1], [2, 1], { oneway: 'with-points' });
    const graph = createStreetGraph([...square, trap]);
    expect(graph.drivableNodes).toBe(4);
    const beside = at(1.9, 1);
    expect(graph.position(beside, 'walk', 200)?.stretchId).toBe(trap.id);
    expect(graph.position(beside, 'drive', 200)?.stretchId).not.toBe(trap.id);
    expect(graph.wholeStretch(trap.id)?.passages).toEqual([]);
  });

  test('finds the nearest street, how far along, and how to get past it', () => {
    const graph = createStreetGraph(square);
    const position = graph.position(at(0.25, -0.1), 'drive', 100)!;
    expect(position.stretchId).toBe('0.0-1.0');
    expect(position.offStreetM).toBeCloseTo(11, 0);
    expect(position.walkEnds.map(({ cost }) => Math.round(cost))).toEqual([25, 75]);
    expect(position.passages.map(({ untilS }) => Math.round(untilS * 10) / 10)).toEqual([2.5, 7.5]);
    expect(graph.position(at(0.25, -2), 'drive', 100)).toBeUndefined();
    expect(graph.position(at(900, 900), 'drive', 1_000)).toBeUndefined();
  });

  test('a dead end has two passages, both leading to its far end', () => {
    const graph = createStreetGraph([...square, street([1, 0], [2, 0])]);
    const whole = graph.wholeStretch(toStretchId('1.0-2.0'))!;
    expect(whole.passages).toHaveLength(2);
    expect(whole.passages.map(({ untilS }) => Math.round(untilS))).toEqual([blockS, blockS]);
  });

  test('is empty without streets', () => {
    const graph = createStreetGraph([]);
    expect(graph.nodeCount).toBe(0);
    expect(graph.position(at(0, 0), 'drive', 1_000)).toBeUndefined();
  });

  test('finds the same shortest ways as relaxing every street again and again', () => {
    const corner = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }));
    const oneway = fc.constantFrom('with-points' as const, 'against-points' as const, null);
    const lengthM = fc.integer({ min: 10, max: 500 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(corner, corner, oneway, lengthM), { minLength: 1, maxLength: 40 }),
        (rows) => {
          const streets = rows.map(([from, to, way, length]) =>
            street(from, to, { oneway: way, lengthM: length }),
          );
          const graph = createStreetGraph(streets);
          const start = graph.node(streets[0]!.fromNode)!;
          const found = graph.walkFrom([{ node: start, cost: 0 }], Infinity);
          const best = new Float64Array(graph.nodeCount).fill(Infinity);
          best[start] = 0;
          for (let round = 0; round < graph.nodeCount; round += 1)
            for (const { fromNode, toNode, lengthM: length } of streets) {
              const [a, b] = [graph.node(fromNode)!, graph.node(toNode)!];
              best[b] = Math.min(best[b]!, best[a]! + length);
              best[a] = Math.min(best[a]!, best[b] + length);
            }
          expect([...found]).toEqual([...best]);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('every drivable node reaches every other', () => {
    const corner = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(corner, corner), { minLength: 1, maxLength: 30 }), (rows) => {
        const streets = rows.map(([from, to]) => street(from, to, { oneway: 'with-points' }));
        const graph = createStreetGraph(streets);
        const nodes = new Set<number>();
        for (const { points } of streets) {
          const passages = graph.position(points[0]!, 'drive', 50)?.passages ?? [];
          for (const { tail, head } of passages) nodes.add(tail).add(head);
        }
        for (const node of nodes) {
          const times = graph.driveFrom([{ node, cost: 0 }]);
          for (const other of nodes) expect(times[other]).toBeLessThan(Infinity);
        }
      }),
      { numRuns: 60 },
    );
  });
});
