import { setImmediate as nextTurn } from 'node:timers/promises';

/** A document as a whole, or piece by piece where it may be long. */
export type Text = string | Iterable<string>;

/** The longest a document may hold up everything else. */
const sliceMs = 8;

/** Puts a document together and lets others have their turn in between. */
export async function joinInSlices(pieces: Iterable<string>): Promise<string> {
  const parts: string[] = [];
  let sinceMs = performance.now();
  for (const piece of pieces) {
    parts.push(piece);
    if (performance.now() - sinceMs < sliceMs) continue;
    await nextTurn();
    sinceMs = performance.now();
  }
  return parts.join('');
}

/** A JSON object with one long list as its last member, the JSON text of an item a piece. */
export const jsonWithList = (
  members: Readonly<Record<string, unknown>>,
  name: string,
  items: Iterable<string>,
): Generator<string> => jsonWithLists(members, name, items, (item) => [item]);

/** The same for items that are long themselves: the text of each comes in pieces. */
export function* jsonWithLists<Item>(
  members: Readonly<Record<string, unknown>>,
  name: string,
  items: Iterable<Item>,
  piecesOf: (item: Item) => Iterable<string>,
): Generator<string> {
  const head = JSON.stringify(members).slice(0, -1);
  yield `${head}${head === '{' ? '' : ','}${JSON.stringify(name)}:[`;
  let separator = '';
  for (const item of items) {
    for (const piece of piecesOf(item)) {
      yield separator + piece;
      separator = '';
    }
    separator = ',';
  }
  yield ']}';
}
