import { createServer as createHttpServer, request as ask, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toPublicInventory } from '../../services/domain/privacy.ts';
import { followPublicPresent } from '../../services/domain/public-present.ts';
import { resources } from '../../services/publish/resources.ts';
import { createServer } from '../../services/publish/server.ts';
import { aPresent, inventory, nowMs } from '../fixtures/feeds/town.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { serverDeps } from '../support/server-deps.ts';

const clock = createManualClock(nowMs);
const gate = followPublicPresent(() => inventory, aPresent());
const publicInventory = toPublicInventory(inventory);

const publisher = () =>
  createServer(
    serverDeps({
      inventory: () => publicInventory,
      present: gate.present,
      clock,
      trustedProxies: ['127.0.0.1'],
      rateLimit: { burst: 60, perSecond: 1 },
      deprecated: [
        { path: '/datex2/v2/status.xml', sinceMs: nowMs, sunsetMs: nowMs, successor: '/datex2/v3' },
      ],
    }),
  );

/** The same application twice: one always goes the long way, the other answers at once when it can. */
const [long, short] = [publisher(), publisher()];
let answeredAtOnce = 0;
const onLongWay = getRequestListener(long.fetch);
const otherwise = getRequestListener(short.fetch);
// After a busy moment of this process the end of an idle connection would meet a question.
const patient = { keepAliveTimeout: 300_000 };
const servers: readonly [Server, Server] = [
  createHttpServer(patient, (request, response) => void onLongWay(request, response)),
  createHttpServer(patient, (request, response) => {
    if (short.answerAtOnce(request, response)) answeredAtOnce += 1;
    else void otherwise(request, response);
  }),
];

beforeAll(async () => {
  for (const server of servers)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

interface Question {
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** All that goes over the wire but the time of day. */
function answerOf(server: Server, { path, method, headers }: Question) {
  const { port } = server.address() as AddressInfo;
  return new Promise<{ status: number | undefined; headers: string[]; body: string }>(
    (resolve, reject) => {
      const asking = ask({ host: '127.0.0.1', port, path, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const named = response.rawHeaders.flatMap((name, at) =>
            at % 2 === 0 && !/^date$/i.test(name)
              ? [`${name.toLowerCase()}: ${response.rawHeaders[at + 1] ?? ''}`]
              : [],
          );
          const body = Buffer.concat(chunks).toString('latin1');
          resolve({ status: response.statusCode, headers: named.toSorted(), body });
        });
      });
      asking.on('error', reject).end();
    },
  );
}

/** The second time it may be answered at once. */
async function expectTheSame(what: Question): Promise<void> {
  for (let times = 0; times < 2; times += 1) {
    const [expected, answered] = await Promise.all(servers.map((server) => answerOf(server, what)));
    expect(answered, JSON.stringify(what)).toEqual(expected);
  }
}

const idOf = (path: string): string =>
  (path.includes('spaces')
    ? publicInventory.spaces
    : path.includes('zones')
      ? publicInventory.zones
      : publicInventory.sites)[0]?.id ?? '';
const listed = resources.map(({ path }) =>
  path
    .replace('{city}', 'musterstadt')
    .replace('{collection}', 'sites')
    .replace('{id}', idOf(path)),
);
const anyPath = fc.constantFrom(
  ...listed,
  '/ogc/collections/spaces/items?limit=2',
  '/api/v1/sites?limit=nonsense',
  '/api/v1/sites?limit=2',
  '/api/v1/sites?limit=2#part',
  '/api/v1/../v1/sites?limit=2',
  '//api/v1/sites',
  '/openapi.json',
  '/docs',
  '/.well-known/security.txt',
);
const perhaps = (name: string, ...values: string[]) =>
  fc.option(fc.constantFrom(...values)).map((value) => (value === null ? {} : { [name]: value }));
const usual = 'parken.example';
const hosts = [usual, usual, usual, 'other.example:8080', 'a b', 'x/y', '[::1]:80', 'localhost'];
const questionOn = (paths: readonly string[]) =>
  fc.record({
    path: fc.constantFrom(...paths),
    method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'POST'),
    headers: fc
      .tuple(
        perhaps('accept-encoding', 'gzip', 'br, gzip', 'br;q=0, gzip;q=0', 'gzip;q=0.2, br;q=0.1'),
        perhaps('if-none-match', '*', 'W/"test1"', '"a", W/"test1.0.mwq4b280"', 'nonsense'),
        fc.constantFrom(...hosts).map((host) => ({ host })),
        perhaps('x-forwarded-proto', 'https'),
        perhaps('x-forwarded-for', '203.0.113.7', 'unknown'),
        fc.constantFrom({}, {}, {}, { 'content-length': '0' }),
      )
      .map(
        (parts): Record<string, string> => Object.assign({}, ...parts) as Record<string, string>,
      ),
  });
/** What happens while readers ask for a few addresses again and again. */
const happenings = fc
  .uniqueArray(anyPath, { minLength: 1, maxLength: 3 })
  .chain((paths) =>
    fc.array(
      fc.oneof(
        { weight: 8, arbitrary: questionOn(paths) },
        { weight: 1, arbitrary: fc.constant('changed') },
        { weight: 1, arbitrary: fc.constantFrom(400, 1_000, 600_000) },
      ),
      { minLength: 30, maxLength: 40 },
    ),
  );

describe('an answer at once', () => {
  it('is what the long way answers: status, every header, every byte', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, async (all) => {
        for (const what of all) {
          if (what === 'changed') gate.advance();
          else if (typeof what === 'number') clock.advance(what);
          else await expectTheSame(what);
        }
      }),
      { numRuns: 15 },
    );
    expect(answeredAtOnce).toBeGreaterThan(20);
  });

  it('is given to every feed that was asked for before, and to none that will go', async () => {
    clock.advance(3_600_000);
    const [, server] = servers;
    for (const asked of listed) {
      for (const encoding of ['gzip', 'identity']) {
        const what = {
          path: asked,
          method: 'GET',
          headers: { host: usual, 'accept-encoding': encoding },
        };
        expect((await answerOf(server, what)).status, asked).toBe(200);
        const before = answeredAtOnce;
        await answerOf(server, what);
        const isGoing = asked === '/datex2/v2/status.xml';
        expect(answeredAtOnce - before, `${asked} ${encoding}`).toBe(isGoing ? 0 : 1);
        clock.advance(2_000);
      }
    }
  });
});
