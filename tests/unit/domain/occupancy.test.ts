import { describe, expect, test } from 'vitest';
import type { Observation, Transition } from '../../../services/domain/observation.ts';
import { reduceSpace, type SpaceTrack } from '../../../services/domain/occupancy.ts';
import { seen } from '../../support/builders.ts';

/** Folds observations and keeps the transitions as a history would: revised ones are voided. */
function fold(observations: readonly Observation[]) {
  let track: SpaceTrack | undefined;
  let transitions: Transition[] = [];
  for (const observation of observations) {
    const applied = reduceSpace(track, observation);
    if (!applied) continue;
    track = applied.track;
    const { revised } = applied;
    if (revised)
      transitions = transitions.filter((t) => t.atMs < revised.fromMs || t.atMs >= revised.toMs);
    transitions.push(...applied.transitions);
  }
  return { track, transitions: transitions.sort((a, b) => a.atMs - b.atMs) };
}

const told = (transitions: readonly Transition[]) =>
  transitions.map(({ to, atMs, earliestMs, method }) => `${method} ${to} (${earliestMs}, ${atMs}]`);

describe('a space', () => {
  test('is first known by inference, from the beginning of time', () => {
    const { track, transitions } = fold([seen(10, 'occupied')]);
    expect(track).toMatchObject({ status: 'occupied', sinceMs: 10 });
    expect(told(transitions)).toEqual(['inferred occupied (0, 10]']);
  });

  test('changes at the time of an event', () => {
    const { track, transitions } = fold([seen(10, 'vacant'), seen(20, 'occupied')]);
    expect(track).toMatchObject({ status: 'occupied', sinceMs: 20 });
    expect(told(transitions)).toContain('seen occupied (20, 20]');
  });

  test('has changed somewhere before a heartbeat that disagrees', () => {
    const { track, transitions } = fold([
      seen(10, 'vacant'),
      seen(50, 'occupied', { kind: 'heartbeat' }),
    ]);
    expect(track).toMatchObject({ status: 'occupied', sinceMs: 50 });
    expect(told(transitions)).toContain('inferred occupied (10, 50]');
  });

  test('keeps its since when a heartbeat agrees', () => {
    const { track } = fold([seen(10, 'occupied'), seen(50, 'occupied', { kind: 'heartbeat' })]);
    expect(track).toMatchObject({ sinceMs: 10 });
    expect(track?.recent.at(-1)?.observedAtMs).toBe(50);
  });

  test('ignores what it was told before', () => {
    const once = [seen(10, 'vacant'), seen(20, 'occupied')];
    expect(fold([...once, ...once])).toEqual(fold(once));
  });

  test('puts a late observation in its place and revises what followed from its absence', () => {
    const late = [seen(10, 'occupied'), seen(30, 'occupied'), seen(20, 'vacant')];
    expect(fold(late)).toEqual(fold(late.toSorted((a, b) => a.observedAtMs - b.observedAtMs)));
    expect(told(fold(late).transitions)).toEqual([
      'inferred occupied (0, 10]',
      'seen vacant (20, 20]',
      'seen occupied (30, 30]',
    ]);
  });

  test('rebuilds a lost pair from the duration of the previous state', () => {
    const minute = 60_000;
    const previousState = { minMs: 5 * minute, maxMs: 5 * minute };
    const { transitions } = fold([
      seen(minute, 'occupied'),
      seen(20 * minute, 'occupied', { previousState }),
    ]);
    // Five whole minutes are anything up to six.
    expect(told(transitions)).toEqual([
      `inferred occupied (0, ${minute}]`,
      `inferred vacant (${14 * minute}, ${15 * minute}]`,
      `seen occupied (${20 * minute}, ${20 * minute}]`,
    ]);
  });

  test('does not rebuild what would have happened before the last news', () => {
    const previousState = { minMs: 9000, maxMs: null };
    const repeated = [seen(1000, 'occupied'), seen(2000, 'occupied', { previousState })];
    expect(fold(repeated).transitions).toHaveLength(1);
  });

  test('changes nothing for an observation older than everything it remembers', () => {
    const many = Array.from({ length: 12 }, (_, i) =>
      seen(100 + i * 10, i % 2 ? 'occupied' : 'vacant'),
    );
    const { track } = fold(many);
    expect(track && reduceSpace(track, seen(50, 'occupied'))).toBeUndefined();
  });

  test('remembers since when through any number of agreeing heartbeats', () => {
    const beats = Array.from({ length: 40 }, (_, i) =>
      seen(100 + i, 'occupied', { kind: 'heartbeat' }),
    );
    expect(fold([seen(5, 'vacant'), seen(10, 'occupied'), ...beats]).track).toMatchObject({
      status: 'occupied',
      sinceMs: 10,
    });
  });
});
