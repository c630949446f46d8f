/** A value that is no object and no list, as it stands in the message that was read last. */
export interface Value {
  readonly holds: 'value';
  /** `absent`, or where it begins. */
  start: number;
  end: number;
}
interface ObjectOf {
  readonly holds: 'object';
  readonly members: Wanted;
  /** Where the object itself stands. */
  readonly itself: Value;
}
interface ListOf {
  readonly holds: 'list';
  readonly members: Wanted;
  /** Looks at the members of an object in the list while they stand there; `false` leaves the message alone. */
  readonly each: () => boolean;
}
/** The members of a JSON object that somebody reads, by name. No name is empty. */
export type Wanted = Readonly<Record<string, Value | ObjectOf | ListOf>>;

const absent = -1;
export const value = (): Value => ({ holds: 'value', start: absent, end: absent });
export const object = (members: Wanted, itself = value()): ObjectOf => ({
  holds: 'object',
  members,
  itself,
});
export const listOf = (members: Wanted, each: () => boolean): ListOf => ({
  holds: 'list',
  members,
  each,
});
export const isAbsent = ({ start }: Value): boolean => start === absent;

interface Member {
  /** Its name as it stands in compact JSON, `"name":`, four bytes at a time; the last four may overlap. */
  readonly words: readonly number[];
  readonly lastWordAt: number;
  readonly holds: 'value' | 'object' | 'list';
  readonly itself: Value;
  readonly members: Members;
  /** Of a list: what every object in it begins without. */
  readonly values: readonly Value[];
  readonly each: () => boolean;
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
  ['true', 'false', 'null'].map((name) => {
    const bytes = Buffer.from(name);
    return [bytes[0] ?? 0, bytes];
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
export const bytes = Buffer.alloc(mostBytes + 8);
export const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
/** Where reading ended that has to be left to the other parser. */
const unread = -1;

/**
 * Prepares reading messages that are many and much alike. The reader looks through the whole message and
 * finds its wanted members, as `JSON.parse` would; nothing becomes an object or a text. It is for compact
 * JSON as network servers write it. It answers `false` to whatever is else (malformed, with white space,
 * an escaped name, a name twice, another kind of value than is wanted, numbers with an exponent, deep,
 * long): `JSON.parse` then decides.
 */
export function readerOf(wanted: Wanted): (message: Buffer) => boolean {
  const members = prepared(wanted);
  const values = valuesOf(members);
  return (message) => {
    const { length } = message;
    if (message[0] !== openObject || length > mostBytes) return false;
    bytes.set(message);
    bytes[length] = 0;
    clear(values);
    return readObject(0, members) === length;
  };
}

function prepared(wanted: Wanted): Members {
  const members: Member[][] = [];
  for (const [name, its] of Object.entries(wanted)) {
    const list = (members[Buffer.byteLength(name)] ??= []);
    const inner = its.holds === 'value' ? [] : prepared(its.members);
    list.push({
      ...wordsOf(Buffer.from(`"${name}":`)),
      holds: its.holds,
      itself: its.holds === 'value' ? its : its.holds === 'object' ? its.itself : value(),
      members: inner,
      values: its.holds === 'list' ? valuesOf(inner) : [],
      each: its.holds === 'list' ? its.each : () => true,
    });
  }
  return members;
}
const valuesOf = (members: Members): Value[] =>
  members.flatMap((its) =>
    (its ?? []).flatMap((member) => [
      member.itself,
      ...(member.holds === 'object' ? valuesOf(member.members) : []),
    ]),
  );
function clear(values: readonly Value[]): void {
  for (const its of values) its.start = absent;
}
function wordsOf(text: Buffer): Pick<Member, 'words' | 'lastWordAt'> {
  const lastWordAt = text.length - 4;
  const words = [];
  for (let at = 0; at < text.length; at += 4)
    words.push(text.readInt32LE(Math.min(at, lastWordAt)));
  return { words, lastWordAt };
}
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

/** Reads the object that opens at `at`; where it ends, or `unread`. */
function readObject(at: number, members: Members): number {
  let next = at + 1;
  if (bytes[next] === closeObject) return next + 1;
  for (;;) {
    if (bytes[next] !== quote) return unread;
    const start = next + 1;
    next = afterString(start);
    if (next === unread || bytes[next] !== colon) return unread;
    const member = memberAt(start, next - 1, members);
    next = member ? readMember(next + 1, member) : afterValue(next + 1, deepest);
    if (next === unread) return unread;
    const separator = bytes[next];
    next += 1;
    if (separator === closeObject) return next;
    if (separator !== comma) return unread;
  }
}

function readMember(at: number, member: Member): number {
  const { holds, itself } = member;
  // Of a name that comes twice the last counts, with all that is in it.
  if (!isAbsent(itself)) return unread;
  itself.start = at;
  const first = bytes[at];
  if (holds === 'object') return first === openObject ? readObject(at, member.members) : unread;
  if (holds === 'list') return first === openList ? readList(at, member) : unread;
  if (first === openObject || first === openList) return unread;
  itself.end = afterValue(at, deepest);
  return itself.end;
}

function readList(at: number, { members, values, each }: Member): number {
  let next = at + 1;
  if (bytes[next] === closeList) return next + 1;
  for (;;) {
    if (bytes[next] !== openObject) return unread;
    clear(values);
    next = readObject(next, members);
    if (next === unread || !each()) return unread;
    const separator = bytes[next];
    next += 1;
    if (separator === closeList) return next;
    if (separator !== comma) return unread;
  }
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
  return literal && isAt(at, literal) ? at + literal.length : unread;
}

function isAt(at: number, expected: Uint8Array): boolean {
  for (let n = 0; n < expected.length; n += 1) if (bytes[at + n] !== expected[n]) return false;
  return true;
}
