import type { Locale } from '../ui/locale.svelte.ts';

/** A cell as it is shown; numbers get the decimal sign of the language, `null` stays empty. */
export type Cell = string | number | null;

export interface Table {
  /** Facts above the table: what, where, when, licence. */
  readonly about: readonly (readonly [string, string])[];
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Spreadsheets run what begins like a formula (OWASP, CSV injection): such text gets an apostrophe. */
const formula = /^[=+\-@\t\r]/;

function toField(cell: Cell, locale: Locale): string {
  if (cell === null) return '';
  if (typeof cell === 'number') {
    const text = String(cell);
    return locale === 'de' ? text.replace('.', ',') : text;
  }
  const text = formula.test(cell) ? `'${cell}` : cell;
  return /[";,\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * What a spreadsheet of the language opens with a double click: UTF-8 with a byte order mark; in German
 * `;` between the fields, for the comma is the decimal sign, else `,` (RFC 4180).
 */
export function toCsv({ about, header, rows }: Table, locale: Locale): string {
  const lines = [...about, ...(about.length > 0 ? [[]] : []), header, ...rows];
  const separator = locale === 'de' ? ';' : ',';
  return `\uFEFF${lines.map((line) => line.map((cell) => toField(cell, locale)).join(separator)).join('\r\n')}\r\n`;
}
