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

/** A binary heap on (time, order). */
export interface Queue {
  schedule(atS: number, kind: number, index: number, data: unknown): void;
  nextAtS(): number;
  pop(): Happening | undefined;
  store(): { readonly order: number; readonly items: readonly Happening[] };
}

/** An empty queue, or a stored one. */
export function createQueue(stored?: ReturnType<Queue['store']>): Queue {
  const heap: Happening[] = stored === undefined ? [] : [...stored.items];
  let order = stored?.order ?? 0;
  const isBefore = (a: Happening, b: Happening): boolean =>
    a.atS < b.atS || (a.atS === b.atS && a.order < b.order);

  return {
    schedule(atS, kind, index, data) {
      const item: Happening = { atS, order: order++, kind, index, data };
      let i = heap.push(item) - 1;
      while (i > 0) {
        const parent = (i - 1) >> 1;
        const above = heap[parent]!;
        if (!isBefore(item, above)) break;
        heap[i] = above;
        i = parent;
      }
      heap[i] = item;
    },
    nextAtS: () => heap[0]?.atS ?? Infinity,
    pop() {
      const top = heap[0];
      const last = heap.pop();
      if (heap.length === 0 || last === undefined) return top;
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
        const below = heap[child]!;
        if (!isBefore(below, last)) break;
        heap[i] = below;
        i = child;
      }
      heap[i] = last;
      return top;
    },
    store: () => ({ order, items: [...heap] }),
  };
}
