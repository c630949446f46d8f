import { OpenAPIHono } from '@hono/zod-openapi';
import { describe, expect, test } from 'vitest';
import { guidanceSessionSchema } from '../../../services/contract/guidance.ts';
import { createAdvisor } from '../../../services/domain/guidance/advise.ts';
import { createCommitments } from '../../../services/domain/guidance/commitments.ts';
import { createSiteForecast } from '../../../services/domain/guidance/forecast/site-forecast.ts';
import { createWeekClock } from '../../../services/domain/guidance/forecast/week-profile.ts';
import { createGuidanceSessions } from '../../../services/domain/guidance/sessions.ts';
import { createGuidanceApi } from '../../../services/publish/api/guidance.ts';
import { onError } from '../../../services/publish/http/problem.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createRecordingLogger } from '../../support/recording-logger.ts';
import { kerbTown } from '../../support/towns.ts';

/** Four kerbs with all of their spaces vacant. */
function open() {
  const inventory = kerbTown({ sites: 4, spacesPerSite: 4 });
  const clock = createManualClock();
  const forecast = createSiteForecast(inventory, createWeekClock('UTC'));
  for (const { id } of inventory.spaces) forecast.seeSpace(id, 'vacant');
  forecast.refresh();
  const commitments = createCommitments();
  const advisor = createAdvisor({
    inventory,
    forecast,
    commitments,
    ageS: () => 30,
    random: () => 0,
  });
  const sessions = createGuidanceSessions({ advisor, commitments });
  const app = new OpenAPIHono();
  app.onError(onError(createRecordingLogger()));
  app.route(
    '/',
    createGuidanceApi({
      sessions: () => sessions,
      clock,
      findSite: (id) => inventory.sites.find((site) => site.id === id),
    }),
  );
  const send = (method: string, path: string, body?: unknown) =>
    app.request(`/api/v1/guidance${path}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    });
  const begin = async (body: unknown = { destination: { lat: 49.401, lon: 8.69 } }) => {
    const response = await send('POST', '', body);
    expect(response.status).toBe(201);
    return guidanceSessionSchema.parse(await response.json());
  };
  return { app, clock, sessions, send, begin };
}

describe('the guidance API', () => {
  test('begins a session with advice that names its sites', async () => {
    const { begin, send } = open();
    const { id, advice } = await begin({
      destination: { lat: 49.401, lon: 8.69 },
      from: { lat: 49.4, lon: 8.68 },
      needs: { maxWalkM: 300 },
    });
    expect(advice.outcome === 'advice' && advice.suggestions[0]).toMatchObject({
      site: { id: 'site-1', name: 'site-1', lon: 8.69 },
      driveMin: 2,
      timesOutOfTen: 9,
    });
    const again = guidanceSessionSchema.parse(await (await send('GET', `/${id}`)).json());
    expect(again.advice).toEqual(advice);
  });

  test('hears that a site was full, that another was picked, and that the car is parked', async () => {
    const { begin, send, sessions, clock } = open();
    const { id } = await begin();
    const full = await send('POST', `/${id}`, { event: 'found-full' });
    const { advice } = guidanceSessionSchema.parse(await full.json());
    const first = advice.outcome === 'advice' ? advice.suggestions[0]?.site.id : null;
    expect(first).not.toBe('site-1');
    const expectedAt = new Date(clock.now() + 60_000).toISOString();
    const picked = { event: 'picked', siteId: 'site-3', expectedAt };
    expect((await send('POST', `/${id}`, picked)).status).toBe(200);
    expect((await send('POST', `/${id}`, { event: 'arrived' })).status).toBe(200);
    expect((await send('DELETE', `/${id}`)).status).toBe(204);
    expect(sessions.size).toBe(0);
    expect((await send('GET', `/${id}`)).status).toBe(404);
  });

  test.each([
    ['no destination', '', {}],
    ['a destination beyond the pole', '', { destination: { lat: 91, lon: 8 } }],
    ['a misspelt need', '', { destination: { lat: 49, lon: 8 }, needs: { maxWalk: 3 } }],
    ['an unknown event', '/0b0b0b0b-0b0b-4b0b-8b0b-0b0b0b0b0b0b', { event: 'lost' }],
    ['an id that is none', '/1', { event: 'arrived' }],
  ])('refuses %s with problem details', async (_, path, body) => {
    const response = await open().send('POST', path, body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  test.each([
    ['JSON that breaks off', 'application/json', '{', 400],
    ['nothing', 'application/json', '', 400],
    ['a form', 'application/x-www-form-urlencoded', 'destination=here', 415],
  ])('refuses %s in place of a body', async (_, type, body, status) => {
    const response = await open().app.request('/api/v1/guidance', {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  test('a destination elsewhere is an answer, not an error', async () => {
    const { advice } = await open().begin({ destination: { lat: 0, lon: 0 } });
    expect(advice).toEqual({ outcome: 'outside-area' });
  });

  test('a site that does not exist cannot be picked', async () => {
    const { begin, send, clock } = open();
    const { id } = await begin();
    const expectedAt = new Date(clock.now()).toISOString();
    const response = await send('POST', `/${id}`, { event: 'picked', siteId: 'no', expectedAt });
    expect(response.status).toBe(404);
  });

  test.each([
    ['two hours ago', -2, 'at most 1 hour ago'],
    ['the day after tomorrow', 48, 'at most 24 hours ahead'],
    ['in seven thousand years', 7_000 * 365 * 24, 'at most 24 hours ahead'],
  ])('does not guide who wants to be there %s', async (_, hours, reason) => {
    const { begin, send, clock } = open();
    const { id } = await begin();
    const at = new Date(clock.now() + hours * 3_600_000).toISOString();
    const destination = { lat: 49.401, lon: 8.69 };
    const begun = await send('POST', '', { destination, arrivalAt: at });
    expect(begun.status).toBe(400);
    expect(await begun.json()).toMatchObject({ detail: `arrivalAt: ${reason}` });
    const picked = { event: 'picked', siteId: 'site-3', expectedAt: at };
    const told = await send('POST', `/${id}`, picked);
    expect(told.status).toBe(400);
    expect(await told.json()).toMatchObject({ detail: `expectedAt: ${reason}` });
  });

  test('guides who comes tomorrow at this time, and who is late already', async () => {
    const { begin, clock } = open();
    for (const hours of [-1, 24]) {
      const at = new Date(clock.now() + hours * 3_600_000).toISOString();
      const { advice } = await begin({ destination: { lat: 49.401, lon: 8.69 }, arrivalAt: at });
      const expectedAt = advice.outcome === 'advice' ? Date.parse(advice.expectedAt) : NaN;
      expect(expectedAt).toBeGreaterThanOrEqual(Math.max(Date.parse(at), clock.now()));
    }
  });

  test('refuses bodies over 4 kB', async () => {
    const response = await open().send('POST', '', { padding: 'x'.repeat(5_000) });
    expect(response.status).toBe(413);
  });

  test('followers get the advice now, and hear when the session is over', async () => {
    const { begin, send, sessions, clock } = open();
    const { id } = await begin();
    const response = await send('GET', `/${id}/events`);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const first = await reader.read();
    expect(first.value).toMatch(/^event: advice\ndata: \{"id"/);
    sessions.end(id);
    clock.advance(10_000);
    expect((await reader.read()).value).toContain('event: ended');
    expect((await reader.read()).done).toBe(true);
  });
});
