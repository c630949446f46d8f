import type { SignText } from '../domain/guidance/sign-text.ts';
import { signLines } from '../domain/guidance/sign-words.ts';
import type { SignEncoding } from '../domain/sign.ts';

const lineFeed = 0x0a;
const unknown = 0x3f;
/** A payload at the slowest data rate (LoRaWAN Regional Parameters, EU863-870 DR0). */
const maxBytes = 51;

/** The arrow is not in the character set. */
const plain = (text: string): string => text.replaceAll('→ ', '> ');

/**
 * A text display.
 *
 * Lines in ISO 8859-1 with 0x0A between them, each cut to the configured number of columns, at most
 * 51 bytes; characters outside the set are 0x3F (?).
 */
export function textLines(
  text: SignText,
  { language, columns, lines }: Extract<SignEncoding, { kind: 'text-lines' }>,
): Uint8Array {
  const rows = signLines(text, language).slice(0, lines).map(plain);
  const bytes = rows.flatMap((row, at) => [
    ...(at === 0 ? [] : [lineFeed]),
    ...Array.from(row.normalize('NFC'))
      .slice(0, columns)
      .map((character) => {
        const code = character.codePointAt(0) ?? unknown;
        return code >= 0x20 && code <= 0xff ? code : unknown;
      }),
  ]);
  return Uint8Array.from(bytes.slice(0, maxBytes));
}
