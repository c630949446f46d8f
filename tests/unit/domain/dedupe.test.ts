import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDedupeWindow } from '../../../services/domain/dedupe.ts';
import { parseDevEui } from '../../../services/domain/ids.ts';
import { uplinkKey } from '../../../services/domain/uplink.ts';

const minute = 60_000;
const message = (device: number, fCnt: number, receivedAtMs = 0, session = 's', byte = 1) => ({
  devEui: parseDevEui(device.toString(16).padStart(16, '0'))!,
  session,
  fCnt,
  receivedAtMs,
  payload: Uint8Array.of(byte),
});

describe('dedupe window', () => {
  test('any order and repetition of a set of uplinks lets each through exactly once', () => {
    const uplinks = fc.uniqueArray(
      fc.record({ device: fc.nat(5), fCnt: fc.nat(20), atMs: fc.nat(minute) }),
      { selector: ({ device, fCnt }) => `${device}:${fCnt}`, minLength: 1, maxLength: 50 },
    );
    const scenario = uplinks.chain((set) =>
      fc.record({
        set: fc.constant(set),
        arrivals: fc.array(fc.nat(set.length - 1), { maxLength: 100 }).chain((again) =>
          fc.shuffledSubarray([...set.keys(), ...again], {
            minLength: set.length + again.length,
          }),
        ),
      }),
    );
    fc.assert(
      fc.property(scenario, ({ set, arrivals }) => {
        const window = createDedupeWindow({ maxKeys: 1000, windowMs: 10 * minute });
        const passed = arrivals
          .map((index) => set[index]!)
          .map(({ device, fCnt, atMs }) => message(device, fCnt, atMs))
          .filter((uplink) => window.isNew(uplink))
          .map(uplinkKey);
        expect(passed).toHaveLength(set.length);
        expect(new Set(passed).size).toBe(set.length);
      }),
    );
  });

  test('never remembers more keys than allowed and forgets the oldest first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.nat(60)), (maxKeys, counters) => {
        const window = createDedupeWindow({ maxKeys, windowMs: minute });
        let remembered: number[] = [];
        for (const fCnt of counters) {
          expect(window.isNew(message(1, fCnt))).toBe(!remembered.includes(fCnt));
          if (!remembered.includes(fCnt)) remembered = [...remembered, fCnt].slice(-maxKeys);
          expect(window.size()).toBe(remembered.length);
        }
      }),
    );
  });

  test('forgets and remembers as a list of keys would, whatever is forgotten in between', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('see' as const), device: fc.nat(3), fCnt: fc.nat(8) }),
      fc.record({ kind: fc.constant('forget' as const), device: fc.nat(3), fCnt: fc.nat(8) }),
      fc.record({ kind: fc.constant('forget device' as const), device: fc.nat(3) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const window = createDedupeWindow({ maxKeys: 1000, windowMs: minute });
        const known = new Set<string>();
        const forgetDevice = (device: number): void => {
          window.forgetDevice(message(device, 0).devEui);
          for (const key of known) if (key.startsWith(`${device}:`)) known.delete(key);
        };
        for (const one of steps) {
          if (one.kind === 'forget device') {
            forgetDevice(one.device);
            continue;
          }
          const key = `${one.device}:${one.fCnt}`;
          const uplink = message(one.device, one.fCnt);
          if (one.kind === 'forget') {
            window.forget(uplink);
            known.delete(key);
          } else {
            expect(window.isNew(uplink)).toBe(!known.has(key));
            known.add(key);
          }
          expect(window.size()).toBe(known.size);
        }
      }),
    );
  });

  test('tells 300,000 keys apart that differ in one number only', () => {
    const window = createDedupeWindow({ maxKeys: 400_000, windowMs: minute });
    let fresh = 0;
    for (let n = 0; n < 300_000; n += 1)
      if (window.isNew(message(n % 3, Math.floor(n / 3)))) fresh += 1;
    expect(fresh).toBe(300_000);
  });

  test.each([
    { name: 'a frame repeated 48 s later is the same', laterMs: 48_000, isNew: false },
    { name: 'and so it is when the repetition comes first', laterMs: -48_000, isNew: false },
    { name: 'a counter that came round again is not', laterMs: 10 * minute, isNew: true },
  ])('$name', ({ laterMs, isNew }) => {
    const window = createDedupeWindow({ maxKeys: 10, windowMs: 10 * minute });
    window.isNew(message(1, 0, 1e12));
    expect(window.isNew(message(1, 0, 1e12 + laterMs))).toBe(isNew);
  });

  test('a restarted device that keeps its address says something else under the same number', () => {
    const window = createDedupeWindow({ maxKeys: 10, windowMs: 2 * minute });
    const occupied = message(1, 1, 0, 's', 1);
    const vacant = message(1, 1, minute, 's', 0);
    expect([occupied, vacant].map((uplink) => window.isNew(uplink))).toEqual([true, true]);
    expect([occupied, vacant].map((uplink) => window.isNew(uplink))).toEqual([false, false]);
  });

  test('a new session starts its counter anew', () => {
    const window = createDedupeWindow({ maxKeys: 10, windowMs: 10 * minute });
    expect(window.isNew(message(1, 0, 0, 'first'))).toBe(true);
    expect(window.isNew(message(1, 0, 0, 'second'))).toBe(true);
  });

  test('an uplink that could not be kept is new when it comes again', () => {
    const window = createDedupeWindow({ maxKeys: 10, windowMs: 10 * minute });
    window.isNew(message(1, 0));
    window.forget(message(1, 0));
    expect(window.isNew(message(1, 0))).toBe(true);
    expect(window.isNew(message(1, 0))).toBe(false);
  });

  test('a device whose counter began anew may say the same under the same number, the others may not', () => {
    const window = createDedupeWindow({ maxKeys: 10, windowMs: 10 * minute });
    window.isNew(message(1, 0));
    window.isNew(message(2, 0));
    window.forgetDevice(message(1, 0).devEui);
    expect(window.isNew(message(1, 0))).toBe(true);
    expect(window.isNew(message(2, 0))).toBe(false);
  });
});
