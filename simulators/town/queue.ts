/**
 * What happens next. Items are plain data, so that the whole future can be stored as JSON; what a
 * `kind` means is known to the part that scheduled it.
 */
export interface Happening<Data = unknown> {
  /** Seconds since the simulation began. */
  readonly atS: number;
  /** Ties are broken by the order of scheduling: the same run gives the same order. */
  readonly order: number;
  readonly kind: number;
  readonly index: number;
  readonly data: Data;
}

/** A heap on (time, order). */
export interface Queue {
  schedule(atS: number, kind: number, index: number, data: unknown): void;
  nextAtS(): number;
  pop(): Happening | undefined;
  store(): { readonly order: number; readonly items: readonly Happening[] };
}

/** Children of a place in the heap: four make it half as deep as two, and lie together in memory. */
const arity = 4;

/** An empty queue, or a stored one. */
export function createQueue(stored?: ReturnType<Queue['store']>): Queue {
  const heap: Happening[] = [];
  /** `atS` of each item of the heap: comparing reads no object. */
  let times = new Float64Array(1024);
  let order = stored?.order ?? 0;
  /**
   * The top was taken and its place is free: what happens mostly schedules what follows it soon, which
   * belongs there or not far below.
   */
  let isOpen = false;

  function put(i: number, item: Happening, atS: number): void {
    heap[i] = item;
    times[i] = atS;
  }

  function insert(item: Happening): void {
    const { atS } = item;
    let i = heap.push(item) - 1;
    if (i >= times.length) {
      const longer = new Float64Array(2 * times.length);
      longer.set(times);
      times = longer;
    }
    while (i > 0) {
      const parent = Math.floor((i - 1) / arity);
      const aboveS = times[parent]!;
      if (aboveS < atS || (aboveS === atS && heap[parent]!.order < item.order)) break;
      put(i, heap[parent]!, aboveS);
      i = parent;
    }
    put(i, item, atS);
  }

  /** The place of the earliest child of `i`; the length of the heap when it has none. */
  function earliestChild(i: number): number {
    const first = arity * i + 1;
    const end = Math.min(first + arity, heap.length);
    if (first >= end) return end;
    let best = first;
    let bestS = times[first]!;
    for (let child = first + 1; child < end; child++) {
      const childS = times[child]!;
      if (childS > bestS) continue;
      if (childS === bestS && heap[child]!.order > heap[best]!.order) continue;
      best = child;
      bestS = childS;
    }
    return best;
  }

  /** Puts an item into the free place at the top, or below what is earlier. */
  function sink(item: Happening): void {
    const { atS } = item;
    let i = 0;
    for (let child = earliestChild(0); child < heap.length; child = earliestChild(i)) {
      const childS = times[child]!;
      if (childS > atS || (childS === atS && heap[child]!.order > item.order)) break;
      put(i, heap[child]!, childS);
      i = child;
    }
    put(i, item, atS);
  }

  /** Nothing came into the place of what was taken: the last one does. */
  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    const last = heap.pop()!;
    if (heap.length > 0) sink(last);
  }

  for (const item of stored?.items ?? []) insert(item);

  return {
    schedule(atS, kind, index, data) {
      const item = { atS, order: order++, kind, index, data };
      if (!isOpen) {
        insert(item);
        return;
      }
      isOpen = false;
      sink(item);
    },
    nextAtS() {
      close();
      return heap.length === 0 ? Infinity : times[0]!;
    },
    pop() {
      close();
      isOpen = heap.length > 0;
      return heap[0];
    },
    store() {
      close();
      return { order, items: [...heap] };
    },
  };
}
