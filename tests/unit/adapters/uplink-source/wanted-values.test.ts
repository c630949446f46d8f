import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  asCounter,
  asDevEui,
  asNumber,
  asPayload,
  bestGateway,
} from '../../../../services/adapters/uplink-source/message.ts';
import { readerOf, value } from '../../../../services/adapters/uplink-source/wanted-members.ts';
import {
  counterOf,
  devEuiOf,
  gatewayList,
  numberOf,
  payloadOf,
  sharedTexts,
  timeOf,
} from '../../../../services/adapters/uplink-source/wanted-values.ts';

const its = value();
const gateways = gatewayList();
const readMessage = readerOf({ its, rx: gateways.list });
/** Makes a value the one that was read last; false when the message is left to the other parser. */
const isRead = (said: unknown): boolean => {
  gateways.begin();
  return readMessage(Buffer.from(JSON.stringify({ its: said })));
};
/** What the function reads must be what is read of the value that `JSON.parse` gives. */
const expectSame = (said: unknown, read: unknown, expected: unknown): void => {
  if (read !== undefined) expect([said, read]).toEqual([said, expected]);
};

const texts = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdefABCDEF=+/-_Z:T.')) }),
);

describe('values of a message that are read without texts in between', () => {
  test.each([
    '2026-11-21T09:14:07Z',
    '2026-11-21T23:59:59.9Z',
    '2024-02-29T00:00:00.123456789Z',
    '2026-11-21T09:14:07.461904+00:00',
    // No such day: the platform takes the one after.
    '2026-11-31T09:14:07.461Z',
  ])('the time %s', (text) => {
    expect(isRead(text)).toBe(true);
    expect(timeOf(its)).toBe(Date.parse(text));
  });

  test.each([
    ...[
      '2026-11-21T09:14:07',
      '2026-11-21T09:14:07+00:01',
      '2026-11-21T09:14:07+01:00',
      '2026-11-21',
      '2026-11-21T09:14Z',
    ],
    ...['2026-11-21T24:00:00Z', '2026-11-21T09:60:07Z', '2026-11-21T09:14:60Z', ''],
    ...['2026-11-21T09:14:07.Z', '2026-11-21T09:14:07.1Z ', '2026-13-21T09:14:07Z'],
    // Of which the platform makes 670 ms.
    '2026-11-21T09:14:07.0670153214Z',
    ...['2026-11-2 T09:14:07Z', '2026/11/21T09:14:07Z', '2026-11-21t09:14:07Z', 'yesterday'],
    1763716447,
    null,
  ])('the time %j is left to the platform', (said) => {
    expect(isRead(said)).toBe(true);
    expect(timeOf(its)).toBeUndefined();
  });

  test('any time, and any change of one, is what the platform reads', () => {
    const time = fc
      .date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
      .chain((date) =>
        fc.constantFrom(date.toISOString(), date.toISOString().replace('Z', '+00:00')),
      );
    const one = fc.constantFrom(...Array.from('0123456789-+:.TZ '));
    fc.assert(
      fc.property(time, fc.nat(30), one, fc.nat(1), (text, at, character, removed) => {
        const changed = text.slice(0, at) + character + text.slice(at + removed);
        for (const said of [text, changed, text]) {
          expect(isRead(said)).toBe(true);
          const atMs = timeOf(its);
          if (said === text) expect(atMs).toBe(Date.parse(text));
          expectSame(said, atMs, Date.parse(said));
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('any payload of 1 to 242 bytes is read, and any other text is none', () => {
    const payload = fc
      .uint8Array({ minLength: 1, maxLength: 242 })
      .map((bytes) => Buffer.from(bytes).toString('base64'));
    fc.assert(
      fc.property(payload, texts, fc.nat(330), fc.nat(3), (text, other, at, removed) => {
        expect(isRead(text)).toBe(true);
        expect(payloadOf(its)).toEqual(asPayload(text));
        const changed = text.slice(0, at) + other.slice(0, 2) + text.slice(at + removed);
        for (const said of [changed, other])
          if (isRead(said)) expectSame(said, payloadOf(its), asPayload(said));
      }),
      { numRuns: 2_000 },
    );
    for (const said of ['', 'lQ=', 'l===', 'lQ==lQ==', 'lQ=A', '====', 'lQ-_', 5, null, true]) {
      expect(isRead(said)).toBe(true);
      expect(payloadOf(its)).toBeUndefined();
    }
    expect(isRead(Buffer.alloc(243).toString('base64'))).toBe(true);
    expect(payloadOf(its)).toBeUndefined();
  });

  test('numbers and counters are those of JSON.parse', () => {
    const number = fc.oneof(
      fc.integer(),
      fc.nat(300),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, -0, 6.8, -4.5, 87.40157, 255, 256, 2 ** 32 - 1, 2 ** 32, 2 ** 60),
    );
    fc.assert(
      fc.property(fc.oneof(number, fc.jsonValue({ maxDepth: 0 })), (said) => {
        if (!isRead(said)) return;
        const parsed: unknown = JSON.parse(JSON.stringify(said));
        expectSame(said, numberOf(its), asNumber(parsed));
        expectSame(said, counterOf(its, 255), asCounter(parsed, 255));
      }),
      { numRuns: 2_000 },
    );
    expect(isRead(undefined)).toBe(true);
    expect(counterOf(its, 255)).toBe(0);
    for (const said of [0, -97, 6.8, 87.40157]) {
      expect(isRead(said)).toBe(true);
      expect(numberOf(its)).toBe(said);
    }
  });

  test('a DevEUI in either case is one text for all its messages', () => {
    const dev = fc.stringMatching(/^[0-9A-F]{16}$/);
    fc.assert(
      fc.property(fc.oneof(dev, texts), (text) => {
        for (const said of [text, text.toLowerCase()])
          if (isRead(said)) expectSame(said, devEuiOf(its), asDevEui(said));
      }),
    );
    expect(isRead('70b3d57ed0061a2b')).toBe(true);
    expect(devEuiOf(its)).toBe('70B3D57ED0061A2B');
    for (const said of ['70B3', '', 5, null, 'ä0B3D57ED0061A2B', undefined]) {
      expect(isRead(said)).toBe(true);
      expect(devEuiOf(its)).toBeUndefined();
    }
  });

  test('texts are made once and kept, as long as there are not too many', () => {
    let made = 0;
    const read = sharedTexts((text) => {
      made += 1;
      return `<${text}>`;
    });
    for (let round = 0; round < 3; round += 1)
      for (let n = 0; n < 16_384; n += 1) {
        isRead(`text ${n}`);
        expect(read(its)).toBe(`<text ${n}>`);
      }
    expect(made).toBe(16_384);
    isRead('one more');
    expect(read(its)).toBe('<one more>');
    isRead('text 7');
    expect(read(its)).toBe('<text 7>');
    expect(made).toBe(16_386);
    isRead('a "quoted" text');
    expect(read(its)).toBeUndefined();
  });

  test('the best gateway of a list is the one that is found in its objects', () => {
    const signal = fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: -130, max: -20 }) },
      fc.constantFrom(null, 'strong', 6.25, -0),
    );
    const list = fc.array(
      fc.record({ rssi: signal, snr: signal, id: fc.string() }, { requiredKeys: [] }),
      { maxLength: 5 },
    );
    let readAtOnce = 0;
    fc.assert(
      fc.property(list, (rx) => {
        const text = JSON.stringify({ rx });
        gateways.begin();
        if (!readMessage(Buffer.from(text))) return;
        readAtOnce += 1;
        expect(gateways.best()).toEqual(bestGateway((JSON.parse(text) as { rx: unknown }).rx));
      }),
      { numRuns: 500 },
    );
    expect(readAtOnce).toBeGreaterThan(100);
  });
});
