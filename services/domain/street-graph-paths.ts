/** Outgoing arcs of every node, packed: arcs of node n are `offsets[n]` to `offsets[n + 1]`. */
export interface Arcs {
  readonly nodeCount: number;
  readonly offsets: Int32Array;
  readonly heads: Int32Array;
  /** Seconds or metres, never negative. */
  readonly costs: Float32Array;
}

/** A place between nodes, as what it costs from there to the nodes around. */
export interface Seed {
  readonly node: number;
  readonly cost: number;
}

export interface ArcInput {
  readonly tail: number;
  readonly head: number;
  readonly cost: number;
}

export function packArcs(nodeCount: number, arcs: readonly ArcInput[]): Arcs {
  const offsets = new Int32Array(nodeCount + 1);
  for (const { tail } of arcs) offsets[tail + 1] = (offsets[tail + 1] ?? 0) + 1;
  for (let node = 0; node < nodeCount; node += 1)
    offsets[node + 1] = (offsets[node + 1] ?? 0) + (offsets[node] ?? 0);
  const next = offsets.slice();
  const heads = new Int32Array(arcs.length);
  const costs = new Float32Array(arcs.length);
  for (const { tail, head, cost } of arcs) {
    const slot = next[tail] ?? 0;
    next[tail] = slot + 1;
    heads[slot] = head;
    costs[slot] = cost;
  }
  return { nodeCount, offsets, heads, costs };
}

/** The same network driven backwards. */
export function reverseArcs({ nodeCount, offsets, heads, costs }: Arcs): Arcs {
  const arcs: ArcInput[] = [];
  for (let tail = 0; tail < nodeCount; tail += 1)
    for (let arc = offsets[tail] ?? 0; arc < (offsets[tail + 1] ?? 0); arc += 1)
      arcs.push({ tail: heads[arc] ?? 0, head: tail, cost: costs[arc] ?? 0 });
  return packArcs(nodeCount, arcs);
}

/** A binary heap of nodes by cost, in two growing arrays; a node may be in it more than once. */
function createHeap() {
  const nodes: number[] = [];
  const keys: number[] = [];
  const put = (i: number, node: number, key: number): void => {
    nodes[i] = node;
    keys[i] = key;
  };
  const smallerChild = (i: number): number => {
    const left = 2 * i + 1;
    return (keys[left + 1] ?? Infinity) < (keys[left] ?? Infinity) ? left + 1 : left;
  };
  const sink = (node: number, key: number): void => {
    let i = 0;
    for (let child = smallerChild(0); (keys[child] ?? Infinity) < key; child = smallerChild(i)) {
      put(i, nodes[child] ?? 0, keys[child] ?? 0);
      i = child;
    }
    put(i, node, key);
  };
  return {
    get size() {
      return nodes.length;
    },
    push(node: number, key: number): void {
      let i = nodes.length;
      put(i, node, key);
      while (i > 0) {
        const parent = (i - 1) >> 1;
        const parentKey = keys[parent] ?? 0;
        if (parentKey <= key) break;
        put(i, nodes[parent] ?? 0, parentKey);
        i = parent;
      }
      put(i, node, key);
    },
    pop(): { readonly node: number; readonly key: number } {
      const top = { node: nodes[0] ?? 0, key: keys[0] ?? 0 };
      const node = nodes.pop() ?? 0;
      const key = keys.pop() ?? 0;
      if (nodes.length > 0) sink(node, key);
      return top;
    },
  };
}

/** Cheapest cost from the seeds to every node (Dijkstra 1959); Infinity beyond `limit` or out of reach. */
export function costsFrom(arcs: Arcs, seeds: readonly Seed[], limit = Infinity): Float32Array {
  const costs = new Float32Array(arcs.nodeCount).fill(Infinity);
  const heap = createHeap();
  const reach = (node: number, cost: number): void => {
    const rounded = Math.fround(cost);
    if (rounded > limit || rounded >= (costs[node] ?? 0)) return;
    costs[node] = rounded;
    heap.push(node, rounded);
  };
  for (const { node, cost } of seeds) reach(node, cost);
  while (heap.size > 0) {
    const { node, key } = heap.pop();
    if (key > (costs[node] ?? 0)) continue;
    const end = arcs.offsets[node + 1] ?? 0;
    for (let arc = arcs.offsets[node] ?? 0; arc < end; arc += 1)
      reach(arcs.heads[arc] ?? 0, key + (arcs.costs[arc] ?? 0));
  }
  return costs;
}

/** Nodes in the order in which a depth-first search leaves them. */
function leavingOrder({ nodeCount, offsets, heads }: Arcs): Int32Array {
  const order = new Int32Array(nodeCount);
  const isSeen = new Uint8Array(nodeCount);
  const nextArc = offsets.slice(0, nodeCount);
  const path: number[] = [];
  let left = 0;
  for (let root = 0; root < nodeCount; root += 1) {
    if (isSeen[root] === 1) continue;
    isSeen[root] = 1;
    path.push(root);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const arc = nextArc[node] ?? 0;
      nextArc[node] = arc + 1;
      const head = heads[arc] ?? 0;
      if (arc >= (offsets[node + 1] ?? 0)) order[left++] = path.pop() ?? 0;
      else if (isSeen[head] === 0) {
        isSeen[head] = 1;
        path.push(head);
      }
    }
  }
  return order;
}

/** Marks the nodes of the largest part in which every node reaches every other (Kosaraju's two passes). */
export function largestStrongPart(arcs: Arcs): Uint8Array {
  const order = leavingOrder(arcs);
  const back = reverseArcs(arcs);
  const partOf = new Int32Array(arcs.nodeCount).fill(-1);
  /** Everything that reaches `root` and is in no part yet. */
  const collect = (root: number, part: number): number => {
    const members = [root];
    partOf[root] = part;
    for (const node of members)
      for (let arc = back.offsets[node] ?? 0; arc < (back.offsets[node + 1] ?? 0); arc += 1) {
        const head = back.heads[arc] ?? 0;
        if (partOf[head] !== -1) continue;
        partOf[head] = part;
        members.push(head);
      }
    return members.length;
  };
  let best = { part: -1, size: 0 };
  for (const [part, root] of order.toReversed().entries()) {
    const size = partOf[root] === -1 ? collect(root, part) : 0;
    if (size > best.size) best = { part, size };
  }
  return Uint8Array.from(partOf, (part) => (part === best.part ? 1 : 0));
}
