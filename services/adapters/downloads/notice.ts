import { historyColumns } from '../../domain/history-row.ts';

/** Whose data they are and what may be done with them; written into every file. */
export interface Notice {
  readonly title: string;
  readonly publisher: string;
  readonly attribution: string;
  readonly licence: { readonly name: string; readonly url: string };
  readonly timeZone: string;
}

/** The notice and the meaning of the columns, as names and values. */
export const toEntries = (notice: Notice): readonly (readonly [string, string])[] => [
  ['title', notice.title],
  ['publisher', notice.publisher],
  ['licence', `${notice.licence.name}, ${notice.licence.url}`],
  ['attribution', notice.attribution],
  ['interval', `15 minutes; the file covers whole days or months of ${notice.timeZone}`],
  ...historyColumns.map(
    ({ name, type, meaning }) => [`column ${name}`, `${type}: ${meaning}`] as const,
  ),
];
