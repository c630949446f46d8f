import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { goalSchema } from '../../services/contract/goal.ts';
import { measureListSchema } from '../../services/contract/measures.ts';
import { metricsSchema } from '../../services/contract/metrics.ts';
import { toPublicInventory } from '../../services/domain/privacy.ts';
import { startPlanning } from '../support/planning-server.ts';
import { kerbTown } from '../support/towns.ts';

const { server, serverWith, json, revise } = await startPlanning();

describe('the planners’ answers over HTTP', () => {
  test('the goal says that its baseline is assumed and what is missing', async () => {
    const goal = goalSchema.parse(await json('goal'));
    expect(goal).toMatchObject({
      verdict: 'not-enough-data',
      start: { kind: 'first-month', ratio: 0.1 },
      effectiveTargetRatio: 0.05,
      forecast: null,
    });
    expect(goal.missing.map(({ code }) => code)).toEqual(['baseline-assumed', 'few-months']);
    expect(goalSchema.parse(await json('goal?municipality=town')).months).toHaveLength(1);
  });

  test('a measure without control zones is a change, not an effect', async () => {
    const list = measureListSchema.parse(await json('measures'));
    const comparison = list.items[0]?.comparison;
    expect(comparison?.weeks).toBe(2);
    expect(comparison?.occupancy?.difference).toBeCloseTo(-0.126);
    expect(comparison?.occupancy).toMatchObject({ verdict: 'decreased', control: null });
    expect(comparison?.searchShare.effect).toMatchObject({
      difference: -0.5,
      verdict: 'decreased',
    });
    expect(list.items[0]?.verdictText.de).toContain('ohne Vergleichszonen');
  });

  test.each([
    ['metrics?step=second', 400],
    ['metrics?from=yesterday', 400],
    ['metrics?from=2026-06-20&to=2026-06-10', 400],
    ['metrics?scope=bay', 400],
    ['metrics?scope=site&step=15min&from=2020-01-01', 400],
    ['metrics?step=total&from=1990-01-01', 400],
    ['metrics?step=total&from=2010-01-01', 200],
    ['metrics?step=total&to=0001-01-01', 400],
    ['metrics?step=total&from=9999-01-01&to=9999-12-31', 400],
    ['metrics/profile?from=1990-01-01&to=2026-01-01T00:00:00%2B01:00', 400],
    ['metrics/zones?from=1990-01-01', 400],
    ['metrics?id=nowhere', 404],
    ['metrics/profile?scope=zone&id=nowhere', 404],
    ['goal?municipality=nowhere', 404],
  ])('%s is answered with %i', async (path, status) => {
    expect((await server.request(`/api/v1/${path}`)).status).toBe(status);
  });

  test('an answer holds until roll-ups or estimates change', async () => {
    const first = await server.request('/api/v1/metrics');
    const etag = first.headers.get('etag') ?? '';
    const headers = { 'if-none-match': etag };
    expect((await server.request('/api/v1/metrics', { headers })).status).toBe(304);
    revise();
    expect((await server.request('/api/v1/metrics', { headers })).status).toBe(200);
  });

  test('the history is asked two things at a time; what needs none of it waits for nobody', async () => {
    let asked = 0;
    const never = () => {
      asked += 1;
      return new Promise<never>(() => undefined);
    };
    const slow = serverWith({ sums: { totals: never, days: never, week: never } });
    for (const day of ['01', '02', '03'])
      void slow.request(`/api/v1/metrics?step=total&from=2026-06-${day}`);
    expect((await slow.request('/api/v1/goal')).status).toBe(200);
    expect(asked).toBe(2);
  });

  test('more days of places than can be read in half a minute are refused', async () => {
    const town = toPublicInventory(kerbTown({ sites: 900, spacesPerSite: 10 }));
    const county = serverWith({ inventory: () => town });
    const statusOf = async (from: string) =>
      (await county.request(`/api/v1/metrics?scope=space&step=total&to=2026-06-29&from=${from}`))
        .status;
    expect(await statusOf('2026-04-01')).toBe(200);
    expect(await statusOf('2025-06-29')).toBe(400);
  });

  test('the next question waits until others had their turn', async () => {
    const happened: string[] = [];
    const totals = () => {
      happened.push('question');
      return Promise.resolve([]);
    };
    const busy = serverWith({
      sums: { totals, days: totals, week: () => Promise.reject(new Error()) },
    });
    const answers = ['01', '02', '03'].map(
      async (day) => (await busy.request(`/api/v1/metrics?step=total&from=2026-06-${day}`)).status,
    );
    setImmediate(() => happened.push('others'));
    expect(await Promise.all(answers)).toEqual([200, 200, 200]);
    expect(happened).toEqual(['question', 'question', 'others', 'question']);
  });

  test('while a long answer is made, others have their turn', async () => {
    onTestFinished(() => void vi.restoreAllMocks());
    let nowMs = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 10));
    let turns = 0;
    let isMade = false;
    const count = (): void => {
      turns += 1;
      if (!isMade) setImmediate(count);
    };
    setImmediate(count);
    const answer = metricsSchema.parse(await json('metrics?scope=stretch&step=day'));
    isMade = true;
    const days = answer.items.reduce((sum, { intervals }) => sum + intervals.length, 0);
    expect(days).toBeGreaterThan(20);
    expect(turns).toBeGreaterThan(days);
  });

  test('a deployment that keeps planning to itself asks for the token', async () => {
    const closed = serverWith({ token: 'secret' });
    expect((await closed.request('/api/v1/goal')).status).toBe(401);
    const headers = { authorization: 'Bearer secret' };
    const told = await closed.request('/api/v1/goal', { headers });
    expect(told.status).toBe(200);
    expect(told.headers.get('cache-control')).toContain('private');
    expect((await serverWith({ token: null }).request('/api/v1/goal', { headers })).status).toBe(
      401,
    );
  });
});
