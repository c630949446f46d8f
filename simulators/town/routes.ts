/** A stretch in one driving direction. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly stretch: number;
  readonly lengthM: number;
  /** Time to drive through it without searching, in seconds. */
  readonly driveS: number;
}

/** Fastest ways between all junctions. */
export interface Routes {
  /** Seconds from one node to another; Infinity when there is no way. */
  timeS(from: number, to: number): number;
  /** Index of the first edge on the way; -1 when one is there, or when there is no way. */
  nextEdge(from: number, to: number): number;
}

/** Usual speed by road class in km/h, junctions included; assumed, for a dense town centre. */
const speedKmh: Readonly<Record<string, number>> = {
  primary: 28,
  primary_link: 25,
  secondary: 26,
  secondary_link: 25,
  tertiary: 23,
  living_street: 10,
  service: 10,
};

/** Seconds to drive `lengthM` metres of a road class when nobody is in the way. */
export const driveSeconds = (roadClass: string, lengthM: number): number =>
  lengthM / ((speedKmh[roadClass] ?? 20) / 3.6) + 2;

/** Dijkstra (1959) from every node, against the driving direction. Up to 32,767 edges. */
export function allRoutes(nodes: number, edges: readonly Edge[]): Routes {
  const times = new Float32Array(nodes * nodes).fill(Infinity);
  const next = new Int16Array(nodes * nodes).fill(-1);
  const into: number[][] = Array.from({ length: nodes }, () => []);
  edges.forEach((edge, index) => into[edge.to]?.push(index));
  for (let target = 0; target < nodes; target++) {
    routesTo(target, edges, into, times.subarray(target * nodes), next.subarray(target * nodes));
  }
  return {
    timeS: (from, to) => times[to * nodes + from] ?? Infinity,
    nextEdge: (from, to) => next[to * nodes + from] ?? -1,
  };
}

function routesTo(
  target: number,
  edges: readonly Edge[],
  into: readonly (readonly number[])[],
  time: Float32Array,
  next: Int16Array,
): void {
  const heap: { readonly node: number; readonly s: number }[] = [{ node: target, s: 0 }];
  time[target] = 0;
  for (let top = heapPop(heap); top !== undefined; top = heapPop(heap)) {
    if (top.s > (time[top.node] ?? 0) + 1e-3) continue;
    for (const index of into[top.node] ?? []) {
      const edge = edges[index]!;
      const s = top.s + edge.driveS;
      if (s >= (time[edge.from] ?? 0)) continue;
      time[edge.from] = s;
      next[edge.from] = index;
      heapPush(heap, { node: edge.from, s });
    }
  }
}

interface Timed {
  readonly s: number;
}

function heapPush<Item extends Timed>(heap: Item[], item: Item): void {
  let i = heap.push(item) - 1;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = heap[parent]!;
    if (above.s <= item.s) break;
    heap[i] = above;
    i = parent;
  }
  heap[i] = item;
}

function heapPop<Item extends Timed>(heap: Item[]): Item | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (heap.length === 0 || last === undefined) return top;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right !== undefined && right.s < heap[child]!.s) child++;
    const below = heap[child]!;
    if (below.s >= last.s) break;
    heap[i] = below;
    i = child;
  }
  heap[i] = last;
  return top;
}
