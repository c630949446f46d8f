/** Stands in remembered texts where the time of the document belongs. */
export const timeMark = '2000-01-01T00:00:00Z';

/** A remembered text with the time it is told at. */
export const withTime = (text: string, instant: string): string => text.replace(timeMark, instant);

/**
 * Remembers the text of each item for as long as what it is made from is the same: in a second only a few
 * of thousands change, and an XML builder takes 100 µs an item.
 */
export function rememberText<Item extends object, Sources extends readonly unknown[]>(
  text: (item: Item, ...sources: Sources) => string,
): (item: Item, ...sources: Sources) => string {
  const known = new WeakMap<Item, { readonly sources: Sources; readonly text: string }>();
  return (item, ...sources) => {
    const last = known.get(item);
    if (last?.sources.every((source, at) => source === sources[at])) return last.text;
    const made = text(item, ...sources);
    known.set(item, { sources, text: made });
    return made;
  };
}
