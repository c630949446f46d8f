import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DevEui } from '../../../services/domain/ids.ts';
import { createInstallations, isInForce } from '../../../services/domain/installations.ts';
import type { Installation } from '../../../services/domain/site.ts';

const installed = (devEui: DevEui, fromMs: number, untilMs: number | null): Installation =>
  ({ devEui, model: 'bosch-tps110', fromMs, untilMs }) as Installation;
const devEuis = fc.stringMatching(/^[0-9A-F]{16}$/).map((text) => text as DevEui);
/** Alike but for one digit, in either half. */
const alike = fc
  .tuple(fc.nat(15), fc.constantFrom(...Array.from('0123456789ABCDEF')))
  .map(([at, digit]) => `${'0'.repeat(at)}${digit}${'0'.repeat(15 - at)}` as DevEui);
const devEui = fc.oneof(devEuis, alike);
const times = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant(1.79e12));

describe('installations', () => {
  test('the first of a device that was in force then, of any list and for any device', () => {
    const list = fc.array(
      fc
        .tuple(devEui, times, fc.option(times))
        .map(([its, fromMs, untilMs]) => installed(its, fromMs, untilMs)),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(list, fc.array(devEui, { maxLength: 5 }), times, (installations, more, atMs) => {
        const its = createInstallations(() => ({ installations }));
        for (const asked of [...installations.map((one) => one.devEui), ...more])
          expect(its.at(asked, atMs)).toBe(
            installations.find((one) => one.devEui === asked && isInForce(one, atMs)),
          );
      }),
      { numRuns: 500 },
    );
  });

  test('a thousand devices are told apart', () => {
    const installations = Array.from({ length: 1000 }, (_, n) =>
      installed(`02000000FFFE${n.toString(16).toUpperCase().padStart(4, '0')}` as DevEui, 5, 7),
    );
    const its = createInstallations(() => ({ installations }));
    for (const one of installations) expect(its.at(one.devEui, 5)).toBe(one);
    for (const one of installations) expect(its.at(one.devEui, 7)).toBeUndefined();
    expect(its.at('02000000FFFE03E8' as DevEui, 5)).toBeUndefined();
  });

  test('an inventory that was replaced is looked at anew', () => {
    const [before, after] = [1, 2].map((fromMs) =>
      installed('0'.repeat(16) as DevEui, fromMs, null),
    );
    let inventory = { installations: [before!] };
    const its = createInstallations(() => inventory);
    expect(its.at(before!.devEui, 3)).toBe(before);
    inventory = { installations: [after!] };
    expect(its.at(before!.devEui, 3)).toBe(after);
    inventory = { installations: [] };
    expect(its.at(before!.devEui, 3)).toBeUndefined();
  });
});
