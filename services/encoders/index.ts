import type { SignText } from '../domain/guidance/sign-text.ts';
import type { SignEncoding } from '../domain/sign.ts';
import { countFrame } from './count-frame.ts';
import { textLines } from './text-lines.ts';

/** The payload that makes a sign show the text. */
export function encodeSign(text: SignText, encoding: SignEncoding): Uint8Array {
  switch (encoding.kind) {
    case 'count-frame':
      return countFrame(text, encoding);
    case 'text-lines':
      return textLines(text, encoding);
  }
}
