import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChildProcess } from 'node:child_process';
import { startLiveTown, type LiveTown } from '../support/live-town.ts';
import { perSecond, startPeer, type Figure } from './measure.ts';

const sites = 2_000;
const spacesPerSite = 25;
const connections = 32;
const rounds = 8;
/** A multiple of the connections. */
const requestsARound = 640;
/** What a second brings. */
const changes = 60;

const cached = [
  '/api/v1/sites?limit=100',
  '/api/v1/sites?limit=1000',
  '/api/v1/spaces?limit=1000',
  '/api/public/v3/parking-sites',
  '/parkapi/v1/town',
  '/datex2/v3/status.xml',
  '/ogc/collections/spaces/items',
];
const regenerated = [
  ...cached,
  '/api/public/v3/parking-spots',
  '/datex2/v2/status.xml',
  '/ogc/collections/sites/items?limit=10000',
  '/ogc/collections/spaces/items?limit=10000',
];

/** CPU time of this thread alone, ms: what the event loop had to do, however busy the machine is. */
const loopMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** CPU time of the server's thread for a number of answers, ms. */
async function costMs(
  asker: ChildProcess,
  port: number,
  path: string,
  count: number,
): Promise<number> {
  const startedMs = loopMs();
  asker.send({ port, path, requests: count });
  await once(asker, 'message');
  return loopMs() - startedMs;
}

const ask = (town: LiveTown, path: string) =>
  town.fetch(
    new Request(`http://localhost${path}`, { headers: { 'accept-encoding': 'gzip' } }),
    {},
  );

/** A cached feed against a bare node:http server that writes the same bytes. */
async function cachedFigure(town: LiveTown, asker: ChildProcess, path: string): Promise<Figure> {
  const answer = await ask(town, path);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const head = {
    'content-type': answer.headers.get('content-type') ?? '',
    'content-encoding': answer.headers.get('content-encoding') ?? 'identity',
    'content-length': bytes.length,
  };
  const bare = createServer((_request, response) => {
    response.writeHead(200, head);
    response.end(bytes);
  }).listen(0, '127.0.0.1');
  await once(bare, 'listening');
  const ports = { bare: (bare.address() as AddressInfo).port, ours: town.port };
  const costs = { bare: 0, ours: 0 };
  for (const server of ['bare', 'ours'] as const)
    await costMs(asker, ports[server], path, requestsARound);
  // In turns: what else the machine does meanwhile weighs on both.
  for (let round = 0; round < rounds; round += 1)
    for (const server of ['bare', 'ours'] as const)
      costs[server] += await costMs(asker, ports[server], path, requestsARound);
  bare.closeAllConnections();
  bare.close();
  return {
    name: `from cache, ${path}, ${Math.round(bytes.length / 1000)} kB`,
    value: perSecond(rounds * requestsARound, costs.ours),
    unit: 'answers per second of CPU',
    limit: {
      name: 'bare node:http with the same bytes',
      value: perSecond(rounds * requestsARound, costs.bare),
    },
    target: { ratio: 0.5 },
  };
}

/** What making a feed again costs the event loop after a second's changes. */
async function regeneratedFigure(town: LiveTown, path: string, round: number): Promise<Figure> {
  await ask(town, path);
  const costsMs: number[] = [];
  for (let n = 0; n < 5; n += 1) {
    for (let i = 0; i < changes; i += 1)
      town.change(
        `space-${(i * 33 + n) % sites}-${i % spacesPerSite}`,
        (round + n) % 2 ? 'vacant' : 'occupied',
      );
    town.clock.advance(1_000);
    const startedMs = loopMs();
    await ask(town, path);
    costsMs.push(loopMs() - startedMs);
  }
  return {
    name: `made again after ${changes} changes, ${path}`,
    value: costsMs.toSorted((a, b) => a - b)[2] ?? NaN,
    unit: 'ms of the event loop (median of 5)',
    limit: null,
    target: { atMost: 50 },
  };
}

/** Feeds of a county: 2,000 sites with 50,000 spaces, every space heard. */
export async function benchFeeds(): Promise<Figure[]> {
  const town = await startLiveTown({
    sites,
    spacesPerSite,
    rateLimit: { burst: 1_000_000, perSecond: 1_000_000 },
  });
  const { child: asker } = await startPeer('asker.ts', [String(connections)]);
  town.changeAll('occupied');
  town.clock.advance(1_000);
  const figures: Figure[] = [];
  for (const [round, path] of regenerated.entries())
    figures.push(await regeneratedFigure(town, path, round));
  for (const path of cached) figures.push(await cachedFigure(town, asker, path));
  asker.kill();
  await town.stop();
  return figures;
}
