import type { IncomingMessage } from 'node:http';
import type { Deployment } from '../../config/schema.ts';
import { derived } from '../domain/derived.ts';
import type { EpochMs } from '../domain/ids.ts';
import type { PublicInventory, PublicPresent } from '../domain/privacy.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventBus } from '../ports/event-bus.ts';
import { createClientAddresses, originOfMessage } from '../publish/http/client-address.ts';
import { indexInventory } from '../publish/inventory-index.ts';
import { createLiveItems } from '../publish/live-items.ts';
import { createLiveSocket } from '../publish/live-socket.ts';
import { createLiveHub } from '../publish/live.ts';

/** The live hub with its WebSocket, and who may have one connection more. */
export function createLive(deps: {
  readonly deployment: Deployment;
  readonly bus: EventBus;
  readonly inventory: () => PublicInventory;
  readonly present: PublicPresent;
  readonly clock: Clock;
  readonly lastUplinkMs: () => EpochMs | null;
  /** Seconds to wait where a client asks too often; `null` where it does not. */
  readonly countRequest: (request: IncomingMessage) => number | null;
}) {
  const { deployment, inventory, present, clock } = deps;
  const { maxLiveClients, maxConnectionsPerAddress, trustedProxies } = deployment.server;
  const addresses = createClientAddresses(trustedProxies, deployment.publicUrl);
  const items = derived(inventory, (now) => createLiveItems(indexInventory(now), present));
  const hub = createLiveHub({
    bus: deps.bus,
    present,
    items,
    clock,
    lastUplinkMs: deps.lastUplinkMs,
    maxClients: maxLiveClients,
    maxClientsPerAddress: maxConnectionsPerAddress,
  });
  const socket = createLiveSocket({
    hub,
    clock,
    clientOf: (request) => addresses.clientOf(originOfMessage(request)),
    countRequest: deps.countRequest,
  });
  return {
    hub,
    socket,
    /** A trusted proxy speaks for many and limits them itself. */
    mayConnect: (address: string, open: number): boolean =>
      open < (maxConnectionsPerAddress ?? Infinity) || addresses.isProxy(address),
  };
}
