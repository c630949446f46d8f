type Json = Readonly<Record<string, unknown>>;

/**
 * The members of a JSON object that somebody reads, by name: `true` is a value that is no object and no
 * list, an object has members of its own, a list of one is a list of such objects. No name is empty.
 */
export interface Wanted {
  readonly [name: string]: true | Wanted | readonly [Wanted];
}

interface Member {
  readonly name: string;
  /** Its name as it stands in compact JSON, `"name":`, four bytes at a time; the last four may overlap. */
  readonly words: readonly number[];
  readonly lastWordAt: number;
  readonly holds: 'value' | 'object' | 'list';
  readonly members: Members;
}
/** Members by the length of their names: few have to be compared. */
type Members = readonly (readonly Member[] | undefined)[];

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const openList = 0x5b;
const backslash = 0x5c;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
/** `true`, `false` and `null` by their first letter. */
const literals = new Map(
  ([true, false, null] as const).map((value) => {
    const bytes = Buffer.from(String(value));
    return [bytes[0] ?? 0, { value, bytes }];
  }),
);
/** What may follow a backslash (RFC 8259, section 7) but for `u`, which is left to the other parser. */
const escapes = new Set(Buffer.from('"\\/bfnrt'));
const deepest = 32;
const mostBytes = 32_768;
/**
 * The message that is being read, with a zero behind it, which is at home nowhere in JSON. Always the
 * same place: the compiler then knows where it is and how long, which is worth the copy.
 */
const bytes = Buffer.alloc(mostBytes + 8);
const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
/** Where reading ended that has to be left to the other parser. */
const unread = -1;

/**
 * Prepares reading the wanted members of messages that are many and much alike. The reader gives what
 * `JSON.parse` gives, without the members that nobody wants: they are looked through and never become
 * objects, which takes two thirds of the time. It is for compact JSON as network servers write it.
 * Whatever is else (malformed, with white space, an escaped name, numbers with an exponent, deep, long)
 * is `undefined`: `JSON.parse` then decides.
 */
export function readerOf(wanted: Wanted): (message: Buffer) => Json | undefined {
  const members = prepared(wanted);
  return (message) => {
    const { length } = message;
    if (message[0] !== openObject || length > mostBytes) return undefined;
    bytes.set(message);
    bytes[length] = 0;
    const object: Record<string, unknown> = {};
    return readObject(0, members, object) === length ? object : undefined;
  };
}

function prepared(wanted: Wanted): Members {
  const members: Member[][] = [];
  for (const [name, holds] of Object.entries(wanted)) {
    const list = (members[Buffer.byteLength(name)] ??= []);
    const named = { name, ...wordsOf(Buffer.from(`"${name}":`)) };
    if (holds === true) list.push({ ...named, holds: 'value', members: [] });
    else if (!isList(holds)) list.push({ ...named, holds: 'object', members: prepared(holds) });
    else list.push({ ...named, holds: 'list', members: prepared(holds[0]) });
  }
  return members;
}
function wordsOf(text: Buffer): Pick<Member, 'words' | 'lastWordAt'> {
  const lastWordAt = text.length - 4;
  const words = [];
  for (let at = 0; at < text.length; at += 4)
    words.push(text.readInt32LE(Math.min(at, lastWordAt)));
  return { words, lastWordAt };
}
const isList = (holds: Wanted | readonly [Wanted]): holds is readonly [Wanted] =>
  Array.isArray(holds);

/** The wanted one of the name that stands from `start` to before `end`, between quotes and before a colon. */
function memberAt(start: number, end: number, members: Members): Member | undefined {
  const candidates = members[end - start];
  if (candidates)
    for (const candidate of candidates) if (isNamed(start - 1, candidate)) return candidate;
  return undefined;
}

function isNamed(at: number, { words, lastWordAt }: Member): boolean {
  for (let n = 0; n < words.length; n += 1) {
    const offset = 4 * n < lastWordAt ? 4 * n : lastWordAt;
    if (view.getInt32(at + offset, true) !== words[n]) return false;
  }
  return true;
}

/** Reads the object that opens at `at` into `into`; where it ends, or `unread`. */
function readObject(at: number, members: Members, into: Record<string, unknown>): number {
  let next = at + 1;
  if (bytes[next] === closeObject) return next + 1;
  for (;;) {
    if (bytes[next] !== quote) return unread;
    const start = next + 1;
    next = afterString(start);
    if (next === unread || bytes[next] !== colon) return unread;
    const member = memberAt(start, next - 1, members);
    next = member ? readMember(next + 1, member, into) : afterValue(next + 1, deepest);
    if (next === unread) return unread;
    const separator = bytes[next];
    next += 1;
    if (separator === closeObject) return next;
    if (separator !== comma) return unread;
  }
}

function readMember(at: number, member: Member, into: Record<string, unknown>): number {
  const first = bytes[at];
  if (member.holds === 'object' && first === openObject) {
    const object: Record<string, unknown> = {};
    into[member.name] = object;
    return readObject(at, member.members, object);
  }
  if (member.holds === 'list' && first === openList) {
    const list: unknown[] = [];
    into[member.name] = list;
    return readList(at, member.members, list);
  }
  if (first === openObject || first === openList) return unread;
  const end = afterValue(at, deepest);
  if (end !== unread) into[member.name] = valueOf(at, end);
  return end;
}

function readList(at: number, members: Members, into: unknown[]): number {
  let next = at + 1;
  if (bytes[next] === closeList) return next + 1;
  for (;;) {
    if (bytes[next] !== openObject) return unread;
    const object: Record<string, unknown> = {};
    into.push(object);
    next = readObject(next, members, object);
    if (next === unread) return unread;
    const separator = bytes[next];
    next += 1;
    if (separator === closeList) return next;
    if (separator !== comma) return unread;
  }
}

/** A string, number, `true`, `false` or `null` that was looked through already. */
function valueOf(start: number, end: number): unknown {
  const first = bytes[start] ?? 0;
  if (first === quote) {
    const text = bytes.toString('utf8', start + 1, end - 1);
    return text.includes('\\') ? (JSON.parse(`"${text}"`) as unknown) : text;
  }
  const literal = literals.get(first);
  return literal ? literal.value : numberOf(start, end);
}

/**
 * At most 15 digits are a whole number that a double holds exactly, and so is the power of ten: their
 * quotient is the double nearest to the fraction (Clinger 1990, fast path).
 */
function numberOf(start: number, end: number): number {
  const isNegative = bytes[start] === minus;
  if (end - start > 15) return Number(bytes.toString('latin1', start, end));
  let digits = 0;
  let power = 1;
  let isFraction = false;
  for (let n = isNegative ? start + 1 : start; n < end; n += 1) {
    const byte = bytes[n] ?? 0;
    if (byte === dot) {
      isFraction = true;
      continue;
    }
    digits = digits * 10 + byte - zero;
    if (isFraction) power *= 10;
  }
  const value = digits / power;
  return isNegative ? -value : value;
}

/** Where the value that begins at `at` ends, or `unread`; objects and lists may be `depth` deep. */
function afterValue(at: number, depth: number): number {
  const first = bytes[at] ?? 0;
  if (first === quote) return afterString(at + 1);
  if (first === openObject || first === openList) {
    return depth > 0 ? afterAll(at, depth - 1) : unread;
  }
  return first === minus || (first >= zero && first <= nine) ? afterNumber(at) : afterLiteral(at);
}

/** The same for the object or list that opens at `at`. */
function afterAll(at: number, depth: number): number {
  const isObject = bytes[at] === openObject;
  const close = isObject ? closeObject : closeList;
  let next = at + 1;
  if (bytes[next] === close) return next + 1;
  for (;;) {
    if (isObject) {
      if (bytes[next] !== quote) return unread;
      next = afterString(next + 1);
      if (next === unread || bytes[next] !== colon) return unread;
      next += 1;
    }
    next = afterValue(next, depth);
    if (next === unread) return unread;
    const separator = bytes[next];
    next += 1;
    if (separator === close) return next;
    if (separator !== comma) return unread;
  }
}

/** Where the string ends whose opening quote is before `at`, or `unread`. */
function afterString(at: number): number {
  let next = at;
  for (;;) {
    const four = view.getInt32(next, true);
    const quotes = four ^ 0x22222222;
    const backslashes = four ^ 0x5c5c5c5c;
    const found =
      (((quotes - 0x01010101) & ~quotes) |
        ((backslashes - 0x01010101) & ~backslashes) |
        ((four - 0x20202020) & ~four)) &
      0x80808080;
    if (found === 0) {
      next += 4;
      continue;
    }
    next += (31 - Math.clz32(found & -found)) >> 3;
    const byte = bytes[next] ?? 0;
    if (byte === quote) return next + 1;
    if (byte !== backslash || !escapes.has(bytes[next + 1] ?? 0)) return unread;
    next += 2;
  }
}

/** Digits from `at` on; where they end, or `unread` when there is none. */
function afterDigits(at: number): number {
  let next = at;
  while (isDigit(bytes[next] ?? 0)) next += 1;
  return next === at ? unread : next;
}
const isDigit = (byte: number): boolean => byte >= zero && byte <= nine;

function afterNumber(at: number): number {
  const start = bytes[at] === minus ? at + 1 : at;
  const next = afterDigits(start);
  // JSON has no numbers such as 007.
  if (next === unread || (bytes[start] === zero && next > start + 1)) return unread;
  return bytes[next] === dot ? afterDigits(next + 1) : next;
}

function afterLiteral(at: number): number {
  const literal = literals.get(bytes[at] ?? 0);
  return literal && isAt(at, literal.bytes) ? at + literal.bytes.length : unread;
}

function isAt(at: number, expected: Uint8Array): boolean {
  for (let n = 0; n < expected.length; n += 1) if (bytes[at + n] !== expected[n]) return false;
  return true;
}
