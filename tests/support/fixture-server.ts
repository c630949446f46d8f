import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer, type WebSocket } from 'ws';
import type { LiveFrame, SubscribeMessage } from '../../services/contract/live.ts';
import type { Deployment, Site, Space, Streets, Zone } from '../../services/contract/site.ts';
import * as town from './fixture-town.ts';

const dist = fileURLToPath(new URL('../../dist/dashboard/', import.meta.url));
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

const pages: Readonly<Record<string, string>> = { '/': 'index.html', '/planung': 'planung.html' };

/** What the server answers; a test changes it at any time. */
export interface Fixture {
  deployment: Deployment;
  sites: readonly Site[];
  spaces: readonly Space[];
  zones: readonly Zone[];
  streets: Streets;
  /** What the planner's paths answer: a document, or a status without one. */
  planning: Readonly<Record<string, object | number>>;
  /** By the server's clock. */
  nowMs: number;
  /** `down`: the API answers 503; `hang`: it never answers. */
  api: 'up' | 'down' | 'hang';
  live: 'up' | 'down';
}

export interface FixtureServer {
  readonly url: string;
  readonly state: Fixture;
  /** Paths asked for, in order. */
  readonly requests: readonly string[];
  readonly subscriptions: readonly SubscribeMessage[];
  /** Addresses of the open live connections, query included. */
  liveUrls(): readonly string[];
  send(frame: LiveFrame): void;
  /** Cuts all live connections. */
  cut(): void;
  stop(): Promise<void>;
}

/** By any of them a browser knows a site, with all it has stored for it: none is served from a second time. */
const served = new Set<number>();

async function listenAnew(server: Server): Promise<number> {
  for (;;) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    if (!served.has(port)) {
      served.add(port);
      return port;
    }
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Serves the built dashboard with a contract-valid API of a small town and a live connection one can script. */
export async function startFixtureServer(change: Partial<Fixture> = {}): Promise<FixtureServer> {
  const sites = change.sites ?? town.townSites();
  const state: Fixture = {
    deployment: town.deployment,
    sites,
    spaces: town.townSpaces(sites),
    zones: town.townZones,
    streets: town.townStreets(),
    planning: {},
    nowMs: town.fixtureNow,
    api: 'up',
    live: 'up',
    ...change,
  };
  const requests: string[] = [];
  const subscriptions: SubscribeMessage[] = [];
  const sockets = new Map<WebSocket, string>();

  const server = createServer((request, response) => void answer(request, response));
  const live = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (state.live === 'down') {
      socket.destroy();
      return;
    }
    live.handleUpgrade(request, socket, head, (client) => {
      sockets.set(client, request.url ?? '');
      client.on('close', () => sockets.delete(client));
      client.on('message', (data: Buffer) =>
        subscriptions.push(JSON.parse(data.toString()) as SubscribeMessage),
      );
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fixture');
    requests.push(url.pathname);
    if (url.pathname.startsWith('/api/')) {
      answerApi(url, response);
      return;
    }
    const path = pages[url.pathname] ?? normalize(url.pathname);
    try {
      const body = await readFile(join(dist, path));
      response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/plain' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  }

  function answerApi(url: URL, response: ServerResponse): void {
    if (state.api === 'hang') return;
    const head = {
      publishedAt: new Date(state.nowMs).toISOString(),
      cursor: 'fixture.1',
      licence: town.licence,
    };
    const list = (items: readonly unknown[]) => ({
      ...head,
      totalCount: items.length,
      items,
      next: null,
    });
    const bodies: Readonly<Record<string, () => unknown>> = {
      '/api/v1/deployment': () => state.deployment,
      '/api/v1/sites': () => list(state.sites),
      '/api/v1/spaces': () => list(inBox(state.spaces, url.searchParams.get('bbox'))),
      '/api/v1/zones': () => ({ ...head, items: state.zones }),
      '/api/v1/streets': () => state.streets,
    };
    const planned = state.planning[url.pathname];
    if (typeof planned === 'number' && state.api === 'up') {
      response.writeHead(planned).end();
      return;
    }
    const body = planned === undefined ? bodies[url.pathname] : () => planned;
    if (state.api === 'down' || body === undefined) {
      response.writeHead(body === undefined ? 404 : 503).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body()));
  }

  const port = await listenAnew(server);
  return {
    url: `http://127.0.0.1:${port}/`,
    state,
    requests,
    subscriptions,
    liveUrls: () => [...sockets.values()],
    send(frame) {
      for (const socket of sockets.keys()) socket.send(JSON.stringify(frame));
    },
    cut() {
      for (const socket of sockets.keys()) socket.terminate();
    },
    stop() {
      for (const socket of sockets.keys()) socket.terminate();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function inBox(spaces: readonly Space[], bbox: string | null): readonly Space[] {
  const [minLon = -180, minLat = -90, maxLon = 180, maxLat = 90] = (bbox ?? '')
    .split(',')
    .filter((part) => part !== '')
    .map(Number);
  return spaces.filter(
    ({ lat, lon }) => lon >= minLon && lon <= maxLon && lat >= minLat && lat <= maxLat,
  );
}
