/** The newest of a numbered series, for one reader that follows closely. */
export interface NumberedWindow<Item> {
  /** Numbers follow each other; after a gap what came before is forgotten. Beyond its capacity the oldest goes. */
  put(number: number, item: Item): void;
  /**
   * The items from a number on, at most so many; they and all before them are forgotten. Empty when the
   * one asked for is not kept (any more, or yet).
   */
  take(from: number, most: number): readonly Item[];
  /** Forgets everything. */
  clear(): void;
}

/** Bounded by `capacity` items. */
export function createNumberedWindow<Item>(capacity: number): NumberedWindow<Item> {
  const items = new Array<Item | undefined>(capacity);
  let first = 0;
  let end = 0;
  const forgetBefore = (number: number): void => {
    for (; first < number; first += 1) items[first % capacity] = undefined;
  };
  return {
    put(number, item) {
      if (number !== end) {
        forgetBefore(end);
        first = number;
        end = number;
      }
      if (end - first === capacity) first += 1;
      items[end % capacity] = item;
      end += 1;
    },
    take(from, most) {
      if (from < first || from >= end) return [];
      const taken: Item[] = [];
      for (let number = from; number < Math.min(end, from + most); number += 1)
        taken.push(items[number % capacity] as Item);
      forgetBefore(from + taken.length);
      return taken;
    },
    clear: () => forgetBefore(end),
  };
}
