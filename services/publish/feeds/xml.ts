import { create } from 'xmlbuilder2';

/** What an element holds: text, a number, child elements by name, or a list of equal elements. */
export type XmlValue =
  | string
  | number
  | boolean
  | undefined
  | { readonly [name: string]: XmlValue }
  | readonly XmlValue[];

/** XML 1.0 has no way to write control characters (section 2.2), and names come from files people edit. */
const forbidden = /[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu;

/** Text that fits DATEX II's `String`: no forbidden characters, at most 1,024. */
export const xmlText = (text: string): string =>
  text.replaceAll(forbidden, '').slice(0, 1024).toWellFormed();

function withoutAbsent(value: XmlValue): XmlValue {
  if (Array.isArray(value)) return value.map(withoutAbsent);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => child !== undefined)
      .map(([name, child]) => [name, withoutAbsent(child)]),
  );
}

type ElementTree = Parameters<typeof create>[1] & object;

const serialise = (tree: Readonly<Record<string, XmlValue>>, headless: boolean): string =>
  create({ version: '1.0', encoding: 'UTF-8' }, withoutAbsent(tree) as ElementTree).end({
    headless,
    wellFormed: false,
  });

/** One element with all that is in it. */
export const toXml = (name: string, value: XmlValue): string => serialise({ [name]: value }, true);

const marker = 'items';
/** Put where the items of a document belong. */
export const itemsHere = { '!': marker } as const;

/** A whole document: the envelope, with ready-made elements where `itemsHere` stands, piece by piece. */
export function* xmlDocument(
  envelope: Readonly<Record<string, XmlValue>>,
  items: Iterable<string>,
): Generator<string> {
  const [head = '', tail = ''] = serialise(envelope, false).split(`<!--${marker}-->`);
  yield head;
  yield* items;
  yield tail;
}
