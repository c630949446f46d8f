import type { Edge } from './routes.ts';

/**
 * What is asked of the edges at every block, as columns: read from objects all over the memory, the
 * simulated past took 8 % longer.
 */
export interface EdgeTable {
  readonly from: Int16Array;
  readonly to: Int16Array;
  readonly stretch: Int16Array;
  readonly lengthM: Float64Array;
  readonly driveS: Float64Array;
  /** 1 where there is no way on at the end but back. */
  readonly isDeadEnd: Uint8Array;
  /** 1 where there are spaces for anybody. */
  readonly hasKerb: Uint8Array;
  /** Edges by the junction they leave: those of `node` from `firstOut[node]` to before `firstOut[node + 1]`. */
  readonly out: Int16Array;
  readonly firstOut: Int16Array;
}

/** Up to 32,767 edges. */
export function edgeTable(
  edges: readonly Edge[],
  outEdges: readonly (readonly number[])[],
  stretches: readonly { readonly spaces: readonly number[] }[],
): EdgeTable {
  const firstOut = new Int16Array(outEdges.length + 1);
  for (const [node, { length }] of outEdges.entries())
    firstOut[node + 1] = firstOut[node]! + length;
  const isDeadEnd = ({ from, to }: Edge): boolean =>
    outEdges[to]!.every((next) => edges[next]!.to === from);
  return {
    from: Int16Array.from(edges, ({ from }) => from),
    to: Int16Array.from(edges, ({ to }) => to),
    stretch: Int16Array.from(edges, ({ stretch }) => stretch),
    lengthM: Float64Array.from(edges, ({ lengthM }) => lengthM),
    driveS: Float64Array.from(edges, ({ driveS }) => driveS),
    isDeadEnd: Uint8Array.from(edges, (edge) => Number(isDeadEnd(edge))),
    hasKerb: Uint8Array.from(edges, ({ stretch }) => Number(stretches[stretch]!.spaces.length > 0)),
    out: Int16Array.from(outEdges.flat()),
    firstOut,
  };
}
