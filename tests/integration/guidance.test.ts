import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guidanceSessionSchema } from '../../services/contract/guidance.ts';
import { startComposedTown, webhookSource, type ComposedTown } from '../support/composed-town.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { openEventStream, type EventStream } from '../support/event-stream.ts';

/** Kerbs of ten spaces every 72 m to the east: two are within the usual walk of the first. */
const spaces = Array.from({ length: 40 }, (_, n) => n);
const [kerb0, kerb1] = [spaces.slice(0, 10), spaces.slice(10, 20)];
const destination = { lat: 49.4, lon: 8.69 };
const twoKerbs = { needs: { maxWalkM: 100 } };
const path = '/api/v1/guidance';

let dir = '';
let town: ComposedTown;
beforeAll(async () => {
  dir = deploymentFolder(spaces.length, {
    history: { kind: 'memory' },
    sources: [webhookSource],
    server: { host: '127.0.0.1', rateLimit: { burst: 1_500, perSecond: 1 } },
  });
  town = await startComposedTown(dir);
});
afterAll(() => town.stop());

const toSession = async (response: Response) => guidanceSessionSchema.parse(await response.json());
const begin = async (more: object = {}) => {
  const response = await town.send('POST', path, { destination, ...more });
  expect(response.status).toBe(201);
  return toSession(response);
};
const tell = async (id: string, event: object) =>
  toSession(await town.send('POST', `${path}/${id}`, event));
const firstOf = ({ advice }: Awaited<ReturnType<typeof begin>>): string | null =>
  advice.outcome === 'advice' ? (advice.suggestions[0]?.site.id ?? null) : null;
const afterTenSeconds = async ({ next }: EventStream) => {
  await town.pass(10_000);
  return next();
};
const inMinutes = (minutes: number): string =>
  new Date(town.clock.now() + minutes * 60_000).toISOString();

describe('guidance through the running product', () => {
  test('says that it knows nothing before a sensor has spoken', async () => {
    expect((await begin()).advice).toMatchObject({ outcome: 'no-news', nearest: { id: 'site-0' } });
  });

  test('advises, is followed, tells of a change, and ends with the arrival', async () => {
    await town.report(spaces, false);
    await town.pass(30_000);
    const session = await begin({ from: { lat: 49.401, lon: 8.692 }, ...twoKerbs });
    const { advice, id } = session;
    expect(advice.outcome === 'advice' && advice.suggestions.length).toBeLessThanOrEqual(3);
    expect(advice.outcome === 'advice' && advice.suggestions[0]).toMatchObject({
      basis: 'sensors',
      timesOutOfTen: 9,
      isUnlikely: false,
    });

    const picked = { event: 'picked', siteId: 'site-0', expectedAt: inMinutes(5) };
    expect(await tell(id, picked)).toMatchObject({
      id,
      target: { site: { id: 'site-0' }, isPicked: true, timesOutOfTen: 9 },
    });
    const stream = await openEventStream(`${town.url}${path}/${id}/events`);
    expect((await stream.next())?.event).toBe('advice');
    await town.pass(10_000);
    expect((await stream.next())?.event).toBe('unchanged');

    await town.report(kerb0, true);
    // The chance at the target falls at once, other advice follows when it is looked for again.
    let told = await afterTenSeconds(stream);
    const heard = () => guidanceSessionSchema.parse(JSON.parse(told?.data ?? ''));
    while (told?.event === 'unchanged' || firstOf(heard()) === 'site-0')
      told = await afterTenSeconds(stream);
    expect(told?.event).toBe('advice');
    expect(firstOf(heard())).toBe('site-1');
    expect(heard().target).toMatchObject({ site: { id: 'site-0' }, isPicked: true });
    expect(heard().target?.timesOutOfTen).toBeLessThan(5);

    await tell(id, { event: 'arrived', siteId: 'site-1' });
    do told = await afterTenSeconds(stream);
    while (told !== null && told.event !== 'ended');
    expect(told?.event).toBe('ended');
    expect(await stream.next()).toBeNull();
    expect((await town.send('GET', `${path}/${id}`)).status).toBe(404);
  });

  test('who finds a kerb full is led on, and never back to it', async () => {
    await town.report(spaces, false);
    await town.pass(30_000);
    const session = await begin(twoKerbs);
    const first = firstOf(session);
    const second = await tell(session.id, { event: 'found-full' });
    expect(firstOf(second)).not.toBe(first);
    const third = await tell(session.id, { event: 'found-full' });
    expect(third.advice).toMatchObject({
      outcome: 'nothing-in-reach',
      nearest: { id: 'site-2' },
    });
  });

  test('says that a place is unlikely while all kerbs are taken', async () => {
    await town.report([...kerb0, ...kerb1], true);
    await town.pass(30_000);
    const { advice } = await begin(twoKerbs);
    const best =
      advice.outcome === 'everything-full'
        ? advice.best
        : advice.outcome === 'advice'
          ? advice.suggestions[0]
          : null;
    expect(best?.isUnlikely).toBe(true);
    expect(best?.timesOutOfTen).toBeLessThan(5);
  });

  test.each([
    ['far away', { destination: { lat: 52.5, lon: 13.4 } }, 'outside-area'],
    ['in the river to the north', { destination: { lat: 49.41, lon: 8.69 } }, 'nothing-in-reach'],
    ['with a need nothing fits', { needs: { audience: 'charging' } }, 'nothing-suitable'],
  ])('a destination %s gets an honest answer', async (_, request, outcome) => {
    expect((await begin(request)).advice.outcome).toBe(outcome);
  });

  test('old news is used, and said to be old', async () => {
    await town.report(spaces, false);
    await town.pass(30_000);
    await town.pass(20 * 60_000);
    const { advice } = await begin(twoKerbs);
    if (advice.outcome !== 'advice') throw new Error(advice.outcome);
    expect(advice.informationAgeS).toBeGreaterThanOrEqual(20 * 60);
    expect(advice.suggestions[0]?.chanceRatio).toBeLessThan(1);
  });

  test('the way is asked for with a position; without streets there is none', async () => {
    const { id, target } = await begin();
    const from = { lat: 49.401, lon: 8.692 };
    const way = await town.send('POST', `${path}/${id}/way`, { from, headingDeg: 180 });
    expect(await way.json()).toEqual({ siteId: target?.site.id, way: null });
    const wrong = await town.send('POST', `${path}/${id}/way`, { from, headingDeg: 400 });
    expect(wrong.status).toBe(400);
    const gone = await town.send('POST', `${path}/${crypto.randomUUID()}/way`, { from });
    expect(gone.status).toBe(404);
  });

  test('asking for the head of an event stream opens none', async () => {
    const { id } = await begin();
    const response = await town.send('HEAD', `${path}/${id}/events`);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await response.text()).toBe('');
  });

  test('a thousand sessions that never arrive are gone when their time is over', async () => {
    const ids: string[] = [];
    for (let round = 0; round < 20; round += 1)
      ids.push(
        ...(await Promise.all(Array.from({ length: 50 }, () => begin()))).map(({ id }) => id),
      );
    await town.pass(40 * 60_000);
    const asked = [ids[0], ids[500], ids[999]].map((id) => town.send('GET', `${path}/${id ?? ''}`));
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  test('an edited inventory begins with new sessions, and goes on advising', async () => {
    await town.report(spaces, false);
    await town.pass(30_000);
    const { id } = await begin();
    const file = join(dir, 'sites.geojson');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('Kerb ', 'Renamed '));
    expect(town.reload()).toBeNull();
    await town.pass(5_000);
    expect((await town.send('GET', `${path}/${id}`)).status).toBe(404);
    const { advice } = await begin(twoKerbs);
    expect(JSON.stringify(advice)).toContain('Renamed ');
  });

  test('is described, and refuses a flood from one address', async () => {
    const document = (await (await fetch(`${town.url}/openapi.json`)).json()) as {
      paths: Record<string, object>;
    };
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        path,
        ...['', '/events', '/way'].map((part) => `${path}/{id}${part}`),
      ]),
    );
    let response = await town.send('GET', `${path}/x`);
    for (let at = 0; response.status !== 429 && at < 5_000; at += 1)
      response = await town.send('GET', `${path}/x`);
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).not.toBeNull();
  });
});

describe('guidance where most sensors are silent', () => {
  test('guesses from the neighbours, says so, and makes up no count', async () => {
    const silent = await startComposedTown(
      deploymentFolder(spaces.length, { history: { kind: 'memory' }, sources: [webhookSource] }),
    );
    try {
      await silent.report(kerb0, true);
      await silent.pass(30_000);
      const response = await silent.send('POST', path, { destination, ...twoKerbs });
      const { advice } = await toSession(response);
      const found =
        advice.outcome === 'advice'
          ? advice.suggestions
          : advice.outcome === 'everything-full' && advice.best !== null
            ? [advice.best]
            : [];
      expect(found.length).toBeGreaterThan(0);
      for (const { site, basis, timesOutOfTen } of found) {
        expect(basis).toBe(site.id === 'site-0' ? 'sensors' : 'neighbours');
        expect(timesOutOfTen).toBeLessThan(9);
      }
      const site = (await (await silent.send('GET', '/api/v1/sites/site-1')).json()) as {
        status: object;
      };
      expect(site.status).toMatchObject({
        numberOfVacantSpaces: null,
        chanceRatio: null,
        chance: 'unknown',
      });
    } finally {
      await silent.stop();
    }
  });
});
