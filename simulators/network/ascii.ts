/** Text of ASCII characters that grows at its end, as bytes. */
export interface AsciiText {
  /** Makes sure that so many more bytes have room: whatever is added needs it before. */
  reserve(bytes: number): void;
  /** Bytes that were made before; tells where they begin now. */
  add(piece: Uint8Array): number;
  addText(text: string): void;
  /** One character, by its code. */
  addCode(code: number): void;
  /** A whole number from 0 on in decimal digits. */
  addNumber(value: number): void;
  /** Digits in the place of others. */
  overwrite(at: number, value: number, digits: number): void;
  clear(): void;
  /** What was added since it was cleared, to be used before more is. */
  bytes(): Buffer;
}

const zero = 0x30;

/**
 * Made piece by piece into one buffer. Texts that are joined are walked through piece by piece again
 * when they are sent, which took more time than making them.
 */
export function createAsciiText(): AsciiText {
  let buffer = Buffer.allocUnsafeSlow(65_536);
  let end = 0;

  function overwrite(at: number, value: number, digits: number): void {
    let rest = value;
    for (let place = at + digits - 1; place >= at; place--) {
      const tens = Math.floor(rest / 10);
      buffer[place] = zero + rest - tens * 10;
      rest = tens;
    }
  }

  return {
    reserve(bytes) {
      if (end + bytes <= buffer.length) return;
      const longer = Buffer.allocUnsafeSlow(2 * (end + bytes));
      longer.set(buffer.subarray(0, end));
      buffer = longer;
    },
    add(piece) {
      const at = end;
      buffer.set(piece, at);
      end += piece.length;
      return at;
    },
    addText(text) {
      end += buffer.write(text, end, 'latin1');
    },
    addCode(code) {
      buffer[end] = code;
      end += 1;
    },
    addNumber(value) {
      let digits = 1;
      for (let limit = 10; value >= limit; limit *= 10) digits++;
      overwrite(end, value, digits);
      end += digits;
    },
    overwrite,
    clear: () => void (end = 0),
    bytes: () => buffer.subarray(0, end),
  };
}

/** A text as bytes. */
export const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');
/** Pieces that come up again and again, by what they depend on. */
export function remembered<Key>(make: (key: Key) => string): (key: Key) => Uint8Array {
  const known = new Map<Key, Uint8Array>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = ascii(make(key));
    known.set(key, made);
    return made;
  };
}
