import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lostUplinks, reduceDevice, type DeviceTrack } from '../../../services/domain/device.ts';
import type { DeviceHealth } from '../../../services/domain/observation.ts';
import { health } from '../../support/builders.ts';

const minute = 60_000;
const fold = (uplinks: readonly DeviceHealth[]): DeviceTrack => {
  const [first, ...rest] = uplinks;
  if (!first) throw new Error('no uplinks');
  const begun = reduceDevice(undefined, first);
  if (!begun) throw new Error('the first uplink always counts');
  return rest.reduce((track, next) => reduceDevice(track, next) ?? track, begun);
};
const frame = (fCnt: number, atMin: number, session = 'a') =>
  health(atMin * minute, { fCnt, session });

describe('lost uplinks of a device', () => {
  test.each([
    { name: 'none in an unbroken count', frames: [frame(7, 0), frame(8, 10)], lost: 0 },
    { name: 'those of a gap', frames: [frame(7, 0), frame(10, 10)], lost: 2 },
    {
      name: 'none when what was missing comes late',
      frames: [frame(7, 0), frame(9, 20), frame(8, 10)],
      lost: 0,
    },
    {
      name: 'none between two joins',
      frames: [frame(5000, 0), frame(0, 10, 'b'), frame(1, 20, 'b')],
      lost: 0,
    },
    {
      name: 'none when an ABP device restarts its counter',
      frames: [frame(5000, 0), frame(5001, 10), frame(0, 20), frame(1, 30)],
      lost: 0,
    },
    {
      name: 'none when it restarts soon after the start before',
      frames: [frame(0, 0), frame(1, 10), frame(0, 20), frame(1, 30)],
      lost: 0,
    },
    {
      name: 'those before and after a restart',
      frames: [frame(4997, 0), frame(5000, 10), frame(0, 20), frame(2, 30)],
      lost: 3,
    },
    {
      name: 'none when frames held back by a gateway come in any order at once',
      frames: [frame(3, 0), frame(0, 0.1), frame(2, 0.2), frame(1, 0.3)],
      lost: 0,
    },
    {
      name: 'none when a late one is of the time before the restart',
      frames: [frame(5000, 0), frame(5002, 20), frame(0, 30), frame(5001, 10)],
      lost: 0,
    },
  ])('$name', ({ frames, lost }) => {
    const track = fold(frames);
    expect(lostUplinks(track)).toBe(lost);
    expect(track.uplinks).toBe(frames.length);
  });

  test('are those that were lost, for any losses, joins, restarts and repetitions', () => {
    const lives = fc.array(
      fc.record({
        isJoin: fc.boolean(),
        first: fc.nat(3),
        heard: fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(lives, fc.nat(3), (all, repeatEvery) => {
        let atMin = 0;
        let session = 0;
        let lost = 0;
        const frames: DeviceHealth[] = [];
        for (const { isJoin, first, heard } of all) {
          if (isJoin) session += 1;
          // What is lost before the first or after the last frame of a life nobody can know.
          const isHeard = [true, ...heard, true];
          for (const [n, received] of isHeard.entries()) {
            atMin += 5;
            if (!received) lost += 1;
            else frames.push(frame(first + n, atMin, `s${session}`));
          }
        }
        const track = fold(frames.flatMap((one, n) => (n % 4 < repeatEvery ? [one, one] : [one])));
        const atMost = lostUplinks(track);
        expect(atMost).toBeLessThanOrEqual(lost);
        expect(track.uplinks).toBe(frames.length);
        // Only a life that begins above the last frame before it looks like its continuation.
        if (all.every(({ first }) => first === 0)) expect(atMost).toBe(lost);
      }),
      { numRuns: 300 },
    );
  });
});

test('faults stay known after uplinks that say nothing of them', () => {
  const track = fold([
    health(1, { faults: ['tilt'] }),
    health(2),
    health(3, { faults: ['radar-failed'] }),
    health(4),
  ]);
  expect(track.faulty).toEqual({ atMs: 3, faults: ['radar-failed'] });
});
