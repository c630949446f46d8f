/**
 * Where `next` belongs in an ordered list that mostly grows at its end; `undefined` when it is there
 * already.
 */
export function placeOf<Item>(
  recent: readonly Item[],
  next: Item,
  compare: (a: Item, b: Item) => number,
): number | undefined {
  let at = recent.length;
  for (let before = recent[at - 1]; before !== undefined; before = recent[at - 1]) {
    const order = compare(before, next);
    if (order === 0) return undefined;
    if (order < 0) return at;
    at -= 1;
  }
  return at;
}
