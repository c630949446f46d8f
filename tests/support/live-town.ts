import { listen } from '../../services/app/http.ts';
import type { Inventory } from '../../services/domain/site.ts';
import type { Clock } from '../../services/ports/clock.ts';
import { toPublicInventory } from '../../services/domain/privacy.ts';
import { followPublicPresent } from '../../services/domain/public-present.ts';
import { indexInventory } from '../../services/publish/inventory-index.ts';
import { createLiveItems } from '../../services/publish/live-items.ts';
import { createLiveSocket } from '../../services/publish/live-socket.ts';
import { createLiveHub } from '../../services/publish/live.ts';
import type { RateLimit } from '../../services/publish/http/rate-limit.ts';
import { createServer, type ServerDeps } from '../../services/publish/server.ts';
import { createManualClock } from './manual-clock.ts';
import { serverDeps } from './server-deps.ts';
import { kerbTown } from './towns.ts';
import { trackTown } from './tracked-town.ts';

/** A frame is made this often. */
export const frameMs = 250;

/** A town of kerbs behind the real HTTP server, whose time moves by hand unless it gets a clock. */
export async function startLiveTown(options: {
  readonly sites: number;
  readonly spacesPerSite: number;
  readonly maxClients?: number;
  readonly maxClientsPerAddress?: number;
  readonly maxConnections?: number;
  readonly rateLimit?: RateLimit;
  /** Another town than that of kerbs. */
  readonly inventory?: Inventory;
  /** What else is served. */
  readonly serving?: Partial<ServerDeps>;
  /** Of the machine, where time must pass by itself. */
  readonly systemClock?: Clock;
}) {
  const manual = createManualClock();
  const clock = options.systemClock ?? manual;
  const inventory = options.inventory ?? kerbTown(options);
  const { bus, track, change } = trackTown(inventory, clock);
  const { present } = followPublicPresent(
    () => inventory,
    track.present,
    (listener) => bus.subscribe('present-changed', listener),
  );
  const published = toPublicInventory(inventory);
  const items = createLiveItems(indexInventory(published), present);
  const hub = createLiveHub({
    bus,
    present,
    items: () => items,
    clock,
    lastUplinkMs: () => null,
    maxClients: options.maxClients ?? 100,
    maxClientsPerAddress: options.maxClientsPerAddress ?? null,
  });
  hub.start();
  const socket = createLiveSocket({
    hub,
    clock,
    clientOf: (request) => request.socket.remoteAddress ?? '',
    countRequest: (request) => server.countRequest(request),
  });
  const server = createServer(
    serverDeps({
      inventory: () => published,
      present,
      live: hub,
      clock,
      rateLimit: options.rateLimit ?? null,
      ...options.serving,
    }),
  );
  const http = await listen({
    host: '127.0.0.1',
    port: 0,
    answerAtOnce: server.answerAtOnce,
    fetch: (request, env) => server.fetch(request, env),
    upgrade: socket.upgrade,
    mayConnect: (_address, open) => open < (options.maxConnections ?? Infinity),
  });
  return {
    clock: manual,
    hub,
    fetch: server.fetch,
    port: http.port,
    url: `http://127.0.0.1:${http.port}`,
    numberOfSpaces: inventory.spaces.length,
    change,
    /** Every space changes at once. */
    changeAll(status: 'occupied' | 'vacant') {
      for (const { id } of inventory.spaces) change(id, status);
    },
    async stop() {
      socket.stop();
      hub.stop();
      await http.close();
    },
  };
}

export type LiveTown = Awaited<ReturnType<typeof startLiveTown>>;
