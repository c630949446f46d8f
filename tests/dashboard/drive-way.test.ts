import { describe, expect, test } from 'vitest';
import { nearestOnLine } from '../../dashboard/src/drive/line.ts';
import { progressOn, WayFollower, type Way } from '../../dashboard/src/drive/way.svelte.ts';

/** 111 m to the south, then 145 m to the west. */
const way: Way = {
  lengthM: 256,
  line: {
    type: 'LineString',
    coordinates: [
      [8.692, 49.401],
      [8.692, 49.4],
      [8.69, 49.4],
    ],
  },
  turns: [{ at: 1, direction: 'right', street: 'Am Markt' }],
};
const at = (lat: number, lon: number, atMs = 0) => ({
  lat,
  lon,
  speedMs: 8,
  headingDeg: 180,
  atMs,
});

describe('progress on a way', () => {
  test('counts down to the turn and to the target', () => {
    const { next, leftM, offM } = progressOn(way, at(49.4005, 8.692));
    expect(next).toMatchObject({ direction: 'right', street: 'Am Markt' });
    expect(next?.inM).toBeCloseTo(55.6, 0);
    expect(leftM).toBeCloseTo(55.6 + 144.7, 0);
    expect(offM).toBeLessThan(1);
  });

  test('names no turn that lies behind', () => {
    expect(progressOn(way, at(49.4, 8.6915)).next).toBeNull();
    expect(progressOn(way, at(49.40005, 8.692)).next).toBeNull();
  });

  test('knows how far beside the way somebody is', () => {
    expect(progressOn(way, at(49.4005, 8.693)).offM).toBeCloseTo(72.4, 0);
    expect(nearestOnLine([], at(49.4, 8.69)).offM).toBe(Infinity);
  });
});

describe('following a way', () => {
  const follow = (answer: () => { siteId: string | null; way: Way | null }) => {
    let asked = 0;
    const follower = new WayFollower(() => {
      asked += 1;
      return Promise.resolve().then(answer);
    });
    return { follower, asked: () => asked };
  };

  test('asks once, and again only beside the way or for another target', async () => {
    let target = 'a';
    const { follower, asked } = follow(() => ({ siteId: target, way }));
    await follower.look(at(49.4009, 8.692, 0), 'a');
    await follower.look(at(49.4005, 8.692, 10_000), 'a');
    expect(asked()).toBe(1);
    await follower.look(at(49.4005, 8.693, 20_000), 'a');
    expect(asked()).toBe(2);
    target = 'b';
    await follower.look(at(49.4005, 8.692, 30_000), 'b');
    expect(asked()).toBe(3);
    expect(follower.progress).not.toBeNull();
  });

  test('does not ask a server that fails more than every five seconds', async () => {
    const { follower, asked } = follow(() => {
      throw new Error('away');
    });
    for (const atMs of [0, 1_000, 4_999, 5_000]) await follower.look(at(49.4, 8.69, atMs), 'a');
    expect(asked()).toBe(2);
    expect(follower.progress).toBeNull();
  });

  test('takes no way to a target that the session does not have yet', async () => {
    const { follower } = follow(() => ({ siteId: 'old', way }));
    await follower.look(at(49.4, 8.69), 'new');
    expect(follower.progress).toBeNull();
  });
});
