import { describe, expect, test } from 'vitest';
import {
  metricsSchema,
  profileSchema,
  typicalWeekSchema,
  zoneRankingSchema,
} from '../../services/contract/metrics.ts';
import { toPublicInventory } from '../../services/domain/privacy.ts';
import { startPlanning } from '../support/planning-server.ts';

const { inventory, server, serverWith, json } = await startPlanning();

describe('the planners’ figures over HTTP', () => {
  test('metrics by week, with what they rest on', async () => {
    const body = metricsSchema.parse(await json('metrics?scope=zone&step=week'));
    const [zone] = body.items;
    expect(zone?.intervals).toHaveLength(4);
    expect(zone?.intervals[0]?.figures).toMatchObject({
      occupancyRatio: 0.63,
      arrivals: 84,
      fullRatio: 0.25,
      vehicles: 7 * 480,
      evidence: { sensedSpaces: 15, observedRatio: 1, countedHours: 168 },
    });
    expect(zone?.total.arrivals).toBe(4 * 84);
    const all = metricsSchema.parse(await json('metrics?scope=all&step=month'));
    expect(all.items[0]?.total.arrivals).toBe(4 * 84);
  });

  test('three spaces are too few to tell of', async () => {
    const body = metricsSchema.parse(await json('metrics?scope=site&id=small,site-0&step=day'));
    const [small, large] = body.items;
    expect(small?.total).toMatchObject({ withheld: 'small-group', occupancyRatio: null });
    expect(small?.intervals.every(({ figures }) => figures.arrivals === null)).toBe(true);
    expect(large?.total.withheld).toBeNull();
    const profile = profileSchema.parse(await json('metrics/profile?scope=site&id=small'));
    expect(profile.cells.every(({ occupancyRatio }) => occupancyRatio === null)).toBe(true);
  });

  test('the typical week and the ranking of zones', async () => {
    const profile = profileSchema.parse(await json('metrics/profile?scope=zone&id=zone'));
    expect(profile.cells[8]).toMatchObject({ weekday: 1, hour: 8, weeks: 4, vehiclesPerHour: 480 });
    expect(profile.cells[9]?.occupancyRatio).toBeNull();
    const ranking = zoneRankingSchema.parse(await json('metrics/zones?from=2026-06-15'));
    expect(ranking.items[0]).toMatchObject({ rank: 1, id: 'zone', searchShare: { days: 14 } });
    expect(ranking.items[0]?.comparison?.occupancyRatio).toBeGreaterThan(
      ranking.items[0]?.figures.occupancyRatio ?? 1,
    );
  });

  test('of a single space by day, without how long cars stay', async () => {
    const [one] = toPublicInventory(inventory).spaces;
    const id = one?.id ?? '';
    const body = metricsSchema.parse(await json(`metrics?scope=space&id=${id}&step=week`));
    expect(body.items).toHaveLength(1);
    expect(body.items[0]?.total).toMatchObject({
      arrivals: 28 * 12,
      withheld: null,
      meanDwellMs: null,
      dwellMs: null,
      vacancyMs: null,
      evidence: { numberOfSpaces: 1, sensedSpaces: 1 },
    });
    expect(body.items[0]?.total.occupancyRatio).toBeGreaterThan(0.4);
    expect((await server.request('/api/v1/metrics/profile?scope=space')).status).toBe(400);
    const hidden = await server.request('/api/v1/metrics?scope=space&id=nowhere');
    expect(hidden.status).toBe(404);
  });

  test('hours and quarter hours of a single space are made of what was observed', async () => {
    const at = (step: string, more = '') =>
      json(`metrics?scope=space&id=space-1-0&from=2026-06-03&to=2026-06-04&step=${step}${more}`);
    const hours = metricsSchema.parse(await at('hour')).items[0];
    expect(hours?.intervals).toHaveLength(24);
    const figuresAt = (hour: number) => hours?.intervals[hour]?.figures;
    // Seen vacant at 8:00 for two hours, occupied 9:20 to 10:05, then vacant, silent from 12:05 on.
    expect(figuresAt(7)).toMatchObject({ occupancyRatio: null, arrivals: null });
    expect(figuresAt(8)).toMatchObject({ occupancyRatio: 0, arrivals: 0 });
    expect(figuresAt(9)).toMatchObject({
      occupancyRatio: 0.666667,
      arrivals: 1,
      departures: 0,
      numberOfOccupiedSpaces: 1,
      withheld: null,
      // How long cars stay on a single space is not told.
      meanDwellMs: null,
      dwellMs: null,
      vacancyMs: null,
    });
    expect(figuresAt(10)).toMatchObject({ occupancyRatio: 0.0833333, departures: 1 });
    expect(figuresAt(12)?.evidence.observedRatio).toBeCloseTo(5 / 60, 5);
    expect(figuresAt(13)?.occupancyRatio).toBeNull();
    const quarters = metricsSchema.parse(await at('15min')).items[0];
    expect(quarters?.intervals).toHaveLength(96);
    expect(quarters?.intervals[37]?.figures.occupancyRatio).toBeCloseTo(2 / 3, 5);
    expect(quarters?.total).toEqual(hours?.total);
    const asked = `scope=space&id=space-1-0,space-1-1&from=2026-06-01&step=hour`;
    const tooMuch = await server.request(`/api/v1/metrics?${asked}&to=2026-06-20`);
    expect(tooMuch.status).toBe(400);
    expect(tooMuch.headers.get('content-type')).toContain('problem+json');
    expect(((await tooMuch.json()) as { detail: string }).detail).toContain('31 space-days');
  });

  test('the usual days of a site are public, and tell nothing of a small one', async () => {
    const guarded = serverWith({ token: 'secret' });
    const at = (path: string) => guarded.request(`/api/v1/${path}`);
    expect((await at('metrics?scope=site')).status).toBe(401);
    const usual = await at('sites/site-0/typical-week');
    expect(usual.headers.get('cache-control')).toContain('public');
    const { days } = typicalWeekSchema.parse(await usual.json());
    expect(days.map(({ weekday }) => weekday)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(days[0]?.weeks).toBe(4);
    expect(days[0]?.occupancyRatios[8]).toBeCloseTo(0.54, 6);
    expect(days[0]?.occupancyRatios[9]).toBeNull();
    const small = typicalWeekSchema.parse(await (await at('sites/small/typical-week')).json());
    expect(small.days.flatMap(({ occupancyRatios }) => occupancyRatios)).toEqual(
      Array.from({ length: 168 }, () => null),
    );
    for (const id of ['nowhere', 'site-0,small', 'site-0%20'])
      expect((await at(`sites/${id}/typical-week`)).status, id).toBe(404);
  });
});
