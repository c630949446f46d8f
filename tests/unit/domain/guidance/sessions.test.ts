import { describe, expect, test } from 'vitest';
import type { AdviceRequest } from '../../../../services/domain/guidance/advise.ts';
import type { GuidedStop } from '../../../../services/domain/guidance/guided-stops.ts';
import { noNeeds } from '../../../../services/domain/guidance/needs.ts';
import { createGuidanceSessions } from '../../../../services/domain/guidance/sessions.ts';
import { toSpaceId } from '../../../../services/domain/ids.ts';
import { nowMs, at, siteId, townWith, advisorOn } from '../../../support/advised-town.ts';

describe('guidance sessions', () => {
  const request: AdviceRequest = {
    destination: at(2),
    from: at(0),
    arrivalMs: null,
    needs: noNeeds,
  };
  const open = (maxSessions = 10) => {
    const town = advisorOn(townWith('streets'), () => 1);
    const found: string[] = [];
    const stops: GuidedStop[] = [];
    const sessions = createGuidanceSessions({
      ...town,
      onStop: (stop) => void stops.push(stop),
      onFoundFull: (id) => void found.push(id),
      maxSessions,
    });
    return { ...town, sessions, found, stops };
  };

  test('drivers at the same time are not all sent to the same space', () => {
    const { sessions } = open();
    const targets = ['a', 'b', 'c', 'd'].map((id) => {
      const answer = sessions.start(id, request, nowMs);
      return answer.ok ? answer.value.suggestions[0]?.siteId : null;
    });
    expect(new Set(targets).size).toBeGreaterThan(2);
  });

  test('the advice stays for half a minute', () => {
    const { sessions } = open();
    const first = sessions.start('a', request, nowMs);
    expect(sessions.review('a', nowMs + 29_000, at(1))).toBe(first);
    expect(sessions.review('a', nowMs + 30_000, at(1))).not.toBe(first);
    expect(sessions.review('nobody', nowMs, null)).toBeUndefined();
  });

  test('without a position it stands while it is good, and changes when the place fills up', () => {
    const { sessions, forecast } = open();
    const first = sessions.start('a', request, nowMs);
    const target = first.ok ? first.value.suggestions[0]?.siteId : null;
    expect(sessions.review('a', nowMs + 30_000, null)).toBe(first);
    for (let n = 0; n < 4; n += 1)
      forecast.seeSpace(toSpaceId(`space-${target?.at(-1) ?? ''}-${n}`), 'occupied');
    forecast.refresh();
    const next = sessions.review('a', nowMs + 60_000, null);
    expect(next?.ok && next.value.suggestions[0]?.siteId).not.toBe(target);
  });

  test('what a driver picked stays his target until it is full, and its chance is told', () => {
    const { sessions, forecast, commitments } = open();
    sessions.start('a', request, nowMs);
    const first = sessions.targetOf('a', nowMs);
    expect(first?.isPicked).toBe(false);
    const picked = siteId(first?.siteId === siteId(0) ? 1 : 0);
    const place = Number(picked.at(-1));
    sessions.pick('a', picked, nowMs + 60_000);
    const before = sessions.targetOf('a', nowMs);
    expect(before).toMatchObject({ siteId: picked, isPicked: true });
    for (let n = 0; n < 4; n += 1) forecast.seeSpace(toSpaceId(`space-${place}-${n}`), 'occupied');
    forecast.refresh();
    const next = sessions.review('a', nowMs + 30_000, at(1));
    expect(next?.ok && next.value.suggestions[0]?.siteId).not.toBe(picked);
    const after = sessions.targetOf('a', nowMs + 30_000);
    expect(after).toMatchObject({ siteId: picked, isPicked: true });
    expect(after?.chanceRatio ?? 1).toBeLessThan(before?.chanceRatio ?? 0);
    expect(commitments.target('a')).toBe(place);
    sessions.foundFull('a', nowMs + 40_000);
    expect(sessions.targetOf('a', nowMs + 40_000)).not.toMatchObject({ siteId: picked });
    expect(sessions.targetOf('nobody', nowMs)).toBeUndefined();
  });

  test('who finds nothing is led elsewhere, and the site is known to be full', () => {
    const { sessions, found } = open();
    const first = sessions.start('a', request, nowMs);
    const tried = first.ok ? first.value.suggestions[0]?.siteId : null;
    const next = sessions.foundFull('a', nowMs + 60_000);
    expect(found).toEqual([tried]);
    expect(next?.ok && next.value.suggestions.map((one) => one.siteId)).not.toContain(tried);
  });

  test('the take nearest to the arrival is the guided car’s, once', () => {
    const { sessions, stops } = open();
    sessions.start('a', request, nowMs);
    sessions.pick('a', siteId(2), nowMs + 60_000);
    sessions.arrived('a', null, nowMs + 60_000);
    for (const afterS of [10, 75, 90, 181])
      sessions.seeTake({ siteId: siteId(2), atMs: nowMs + afterS * 1_000 });
    sessions.seeTake({ siteId: siteId(3), atMs: nowMs + 60_000 });
    sessions.purge(nowMs + 179_000);
    expect(stops).toEqual([]);
    sessions.purge(nowMs + 180_000);
    const parked = { kind: 'parked', siteId: siteId(2), detourM: 0 };
    expect(stops).toEqual([{ ...parked, atMs: nowMs + 75_000 }]);
    expect(sessions.size).toBe(0);
    sessions.purge(nowMs + 210_000);
    expect(stops).toHaveLength(1);
  });

  test('a driver who never says that he parked is matched too, and goes on until then', () => {
    const { sessions, stops, commitments } = open();
    sessions.start('a', request, nowMs);
    sessions.pick('a', siteId(2), nowMs + 60_000);
    sessions.seeTake({ siteId: siteId(2), atMs: nowMs + 30_000 });
    expect(sessions.review('a', nowMs + 31_000, null)?.ok).toBe(true);
    const before = commitments.complianceRatio;
    sessions.purge(nowMs + 180_000);
    expect(stops).toMatchObject([{ kind: 'parked', atMs: nowMs + 30_000 }]);
    expect(commitments.complianceRatio).toBeGreaterThan(before);
    sessions.purge(nowMs + 3_600_000);
    expect(sessions.size).toBe(0);
  });

  test('no take, no guided take: two drivers share none', () => {
    const { sessions, stops } = open();
    for (const id of ['a', 'b']) {
      sessions.start(id, request, nowMs);
      sessions.pick(id, siteId(2), nowMs + 60_000);
    }
    sessions.seeTake({ siteId: siteId(2), atMs: nowMs + 60_000 });
    sessions.purge(nowMs + 200_000);
    expect(stops).toHaveLength(1);
  });

  test('driving on from a full kerb is told with its metres once he stops', () => {
    const { sessions, stops } = open();
    sessions.start('a', request, nowMs);
    sessions.pick('a', siteId(2), nowMs + 60_000);
    sessions.foundFull('a', nowMs + 60_000);
    sessions.pick('a', siteId(4), nowMs + 90_000);
    expect(stops).toEqual([]);
    sessions.arrived('a', siteId(4), nowMs + 90_000);
    expect(stops).toMatchObject([{ kind: 'found-full', siteId: siteId(2), atMs: nowMs + 60_000 }]);
    expect(stops[0]?.detourM).toBeGreaterThan(50);
    expect(stops[0]?.detourM).toBeLessThan(2_000);
  });

  test('a take while he is on his way is counted as his, once, and he is still led on', () => {
    const { sessions, stops } = open();
    sessions.start('a', request, nowMs);
    sessions.pick('a', siteId(2), nowMs + 60_000);
    sessions.seeTake({ siteId: siteId(2), atMs: nowMs + 50_000 });
    sessions.purge(nowMs + 180_000);
    expect(stops).toHaveLength(1);
    expect(sessions.review('a', nowMs + 200_000, at(1))?.ok).toBe(true);
    sessions.seeTake({ siteId: siteId(2), atMs: nowMs + 210_000 });
    sessions.arrived('a', null, nowMs + 210_000);
    sessions.purge(nowMs + 340_000);
    expect(stops).toHaveLength(1);
    expect(sessions.size).toBe(0);
  });

  test('a thousand sessions that never arrive leave nothing behind', () => {
    const { sessions, commitments } = open(100);
    for (let i = 0; i < 1_000; i += 1) sessions.start(`d${i}`, request, nowMs + i);
    expect(sessions.size).toBe(100);
    expect(commitments.size).toBeLessThanOrEqual(100);
    sessions.purge(nowMs + 86_400_000);
    expect(sessions.size).toBe(0);
    expect(commitments.size).toBe(0);
    expect(commitments.complianceRatio).toBeLessThan(0.7);
  });

  test('ending a session frees its space', () => {
    const { sessions, commitments } = open();
    sessions.start('a', request, nowMs);
    sessions.end('a');
    sessions.end('a');
    expect(commitments.size).toBe(0);
  });
});
