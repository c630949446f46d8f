import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytes,
  isAbsent,
  listOf,
  object,
  readerOf,
  value,
  type Value,
} from '../../../../services/adapters/uplink-source/wanted-members.ts';
import { anyByteChanged } from '../../../support/changed-bytes.ts';

type Json = Record<string, unknown>;
const id = value();
const port = value();
const up = value();
const upId = value();
const upPort = value();
const at = value();
const atId = value();
const rxId = value();
const rxUp = value();
const rxPort = value();
/** What a value says, by the platform's own parser. */
const said = (its: Value): unknown => JSON.parse(bytes.toString('utf8', its.start, its.end));
const told = (values: Readonly<Record<string, Value>>): Json =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, its]) => (isAbsent(its) ? [] : [[name, said(its)]])),
  );
const within = (itself: Value, name: string, members: Json): Json =>
  isAbsent(itself) ? {} : { [name]: members };
let rx: Json[] = [];
const readMembers = readerOf({
  id,
  port,
  up: object({ id: upId, port: upPort, at: object({ id: atId }, at) }, up),
  rx: listOf({ id: rxId, up: object({ port: rxPort }, rxUp) }, () => {
    rx.push({ ...told({ id: rxId }), ...within(rxUp, 'up', told({ port: rxPort })) });
    return rx.length < 4;
  }),
});
/** The members that were found, as an object; `undefined` for what is left to the other parser. */
const read = (message: Buffer): Json | undefined => {
  rx = [];
  if (!readMembers(message)) return undefined;
  return {
    ...told({ id, port }),
    ...within(up, 'up', {
      ...told({ id: upId, port: upPort }),
      ...within(at, 'at', told({ id: atId })),
    }),
    ...(rx.length > 0 && { rx }),
  };
};
const readText = (text: string) => read(Buffer.from(text));

interface Names {
  readonly [name: string]: true | Names | readonly [Names];
}
const wanted: Names = {
  id: true,
  port: true,
  up: { id: true, port: true, at: { id: true } },
  rx: [{ id: true, up: { port: true } }],
};
/** What `JSON.parse` makes of a text, without the members that nobody wants and without empty lists. */
function wantedOf(held: unknown, members: Names): unknown {
  if (typeof held !== 'object' || held === null || Array.isArray(held)) return held;
  return Object.fromEntries(
    Object.entries(held).flatMap(([name, value]: [string, unknown]) => {
      const holds = Object.hasOwn(members, name) ? members[name] : undefined;
      if (holds === undefined) return [];
      if (holds === true) return [[name, value]];
      if (!Array.isArray(value)) return [[name, wantedOf(value, holds as Names)]];
      const [items] = holds as readonly [Names];
      return value.length === 0 ? [] : [[name, value.map((item) => wantedOf(item, items))]];
    }),
  );
}

const names = fc.constantFrom(
  'id',
  'port',
  'up',
  'rx',
  'at',
  'xy',
  'sort',
  '',
  'ä',
  '"',
  '__proto__',
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, -0, 6.8, -4.5, 87.40157, 0.1 + 0.2, 2 ** 60),
      fc.constantFrom(true, false, null),
    ),
    tie('object'),
    fc.array(tie('object'), { maxLength: 3 }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
  object: fc
    .array(fc.tuple(names, tie('value')), { maxLength: 6 })
    .map((members) => Object.fromEntries(members)),
}));

describe('the wanted members of a message', () => {
  test.each<[text: string, members: unknown]>([
    ['{}', {}],
    ['{"id":"a","xy":[1,{"id":"b"},[]]}', { id: 'a' }],
    ['{"up":{"id":1,"at":{"id":2,"xy":3}},"xy":{"id":4}}', { up: { id: 1, at: { id: 2 } } }],
    [
      '{"rx":[{"id":1,"up":{"port":2,"id":3}},{"xy":4},{}]}',
      { rx: [{ id: 1, up: { port: 2 } }, {}, {}] },
    ],
    ['{"rx":[],"up":{}}', { up: {} }],
    ['{"id":-97,"port":6.8}', { id: -97, port: 6.8 }],
    ['{"id":-0,"port":1152921504606846976}', { id: -0, port: 2 ** 60 }],
    ['{"id":"Straße \\"ä\\"","port":null}', { id: 'Straße "ä"', port: null }],
  ])('of %s', (text, members) => {
    expect(readText(text)).toEqual(members);
    expect(wantedOf(JSON.parse(text), wanted)).toEqual(members);
  });

  test.each([
    ['no object', '[1]', '"id"', '7', 'null', ''],
    ['white space', '{ "id":1}', '{"id": 1}', '{"id":1}\n', '{"xy":[1, 2]}'],
    ['an escaped name', '{"\\u0069d":1}', '{"xy":{"\\u0069d":1}}'],
    ['an exponent', '{"xy":1e3}', '{"id":1E3}'],
    ['a list where a value is wanted', '{"id":[1]}', '{"id":{}}'],
    ['a list of other things than objects', '{"rx":[1]}', '{"rx":{}}', '{"up":[]}'],
    ['a value where an object or a list is wanted', '{"up":5}', '{"rx":null}'],
    ['a name that comes twice', '{"id":1,"id":2}', '{"up":{"id":1},"up":{}}', '{"rx":[],"rx":[]}'],
    ['a list that its reader does not take', '{"rx":[{},{},{},{}]}'],
    ['more than a sane depth', `{"xy":${'['.repeat(40)}${']'.repeat(40)}}`],
  ])('%s is left to JSON.parse', (_, ...texts) => {
    expect(texts.map(readText)).toEqual(texts.map(() => undefined));
  });

  test.each([
    ...[
      '{',
      '{"',
      '{"id"',
      '{"id":',
      '{"id":1',
      '{"id":"',
      '{"id":"a',
      '{"up":{',
      '{"rx":[',
      '{"rx":[{}',
    ],
    ...[
      '{"id":1}}',
      '{"id":1,}',
      '{,}',
      '{"id"}',
      '{"id":}',
      '{id:1}',
      '{"rx":[{},]}',
      '{"xy":[1,]}',
    ],
    ...[
      '{"id":01}',
      '{"id":-}',
      '{"id":1.}',
      '{"id":.5}',
      '{"id":+1}',
      '{"id":1.2.3}',
      '{"id":--1}',
    ],
    ...['{"id":tru}', '{"xy":nul}', '{"id":falsey}', '{"id":TRUE}', '{"id":t'],
    ...[
      '{"id":"\u0001"}',
      '{"id":"\\x"}',
      '{"id":"\\u12"}',
      '{"id":"a\\',
      '{"xy":"\n"}',
      '{"xy\n":1}',
    ],
  ])('malformed %j is left to JSON.parse', (text) => {
    expect(readText(text)).toBeUndefined();
    expect(() => JSON.parse(text) as unknown).toThrow();
  });

  test('of the message before nothing is left', () => {
    readText('{"id":1,"up":{"id":2,"at":{"id":3}},"rx":[{"id":4,"up":{"port":5}}]}');
    expect(readText('{"up":{},"rx":[{}]}')).toEqual({ up: {}, rx: [{}] });
    expect(readText('{"rx":[{"id":1},{"up":{}},{}]}')).toEqual({ rx: [{ id: 1 }, { up: {} }, {}] });
  });

  test('a megabyte that opens and never closes does no harm', () => {
    expect(readText('{"xy":'.repeat(150_000))).toBeUndefined();
    expect(readText(`{"xy":${'['.repeat(900_000)}`)).toBeUndefined();
  });

  test('are those that JSON.parse gives, of whatever object', () => {
    fc.assert(
      fc.property(json.object, (object) => {
        const text = JSON.stringify(object);
        const members = readText(text);
        if (members !== undefined) expect(members).toEqual(wantedOf(JSON.parse(text), wanted));
      }),
      { numRuns: 2_000 },
    );
  });

  test('are read of nothing that JSON.parse refuses', () => {
    const text =
      '{"id":"a\\n","xy":[1.5,{"k":true}],"up":{"port":-3,"at":{"id":null}},"rx":[{"id":0}]}';
    fc.assert(
      fc.property(anyByteChanged(Buffer.from(text)), (changed) => {
        const members = read(changed);
        if (members !== undefined)
          expect(members).toEqual(wantedOf(JSON.parse(changed.toString()), wanted));
      }),
      { numRuns: 5_000 },
    );
  });
});
