import type { IncomingMessage, ServerResponse } from 'node:http';
import { OpenAPIHono } from '@hono/zod-openapi';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { EpochMs } from '../domain/ids.ts';
import { toLocalMoment } from '../domain/opening-hours.ts';
import type { PublicInventory, PublicPresent } from '../domain/privacy.ts';
import type { Clock } from '../ports/clock.ts';
import type { Downloads } from '../ports/downloads.ts';
import type { Logger } from '../ports/logger.ts';
import type { State } from '../contract/state.ts';
import { createDevices, type DevicesDeps } from './api/devices.ts';
import { createGuidanceApi, type GuidanceDeps } from './api/guidance.ts';
import { createSignsApi, type SignsDeps } from './api/signs.ts';
import { createHistoryApi } from './api/history.ts';
import {
  createClientAddresses,
  originOf,
  originOfMessage,
  type ClientAddresses,
} from './http/client-address.ts';
import { createAtOnce } from './http/at-once.ts';
import {
  common,
  createRequestCounter,
  licensing,
  rateLimiting,
  type RequestCounter,
} from './http/manners.ts';
import { announceDeprecated, type DeprecatedPath } from './http/deprecation.ts';
import { createOperations, type OperationsDeps, type PartReadiness } from './http/operations.ts';
import { notFound } from './http/not-found.ts';
import { createPages } from './http/pages.ts';
import { onError, problemResponse } from './http/problem.ts';
import type { RateLimit } from './http/rate-limit.ts';
import { createRepresentations } from './http/representation.ts';
import type { Resource, View } from './http/resource.ts';
import { confirmedFromMs, isOpenNow } from './feeds/counts.ts';
import { legalTexts } from './http/legal.ts';
import { openApiTexts } from './http/openapi.ts';
import { serveOwnText } from './http/own-text.ts';
import { serveResource } from './http/serve-resource.ts';
import { createWebhooks, type WebhookHandler } from './http/webhooks.ts';
import { createInventoryIndex } from './inventory-index.ts';
import { limitedPaths, resources } from './resources.ts';
import { createLiveStream } from './live-stream.ts';
import type { LiveHub } from './live.ts';
import { createPlanningApi } from './planning/api.ts';
import type { PlanningDeps } from './planning/deps.ts';
import type { PublishSettings } from './settings.ts';

export interface ServerDeps {
  readonly settings: PublishSettings;
  readonly isSimulated: boolean;
  /** The same object until the inventory changes. */
  readonly inventory: () => PublicInventory;
  /** When the inventory was last changed; the start of the server where nobody knows. */
  readonly inventoryAtMs?: () => EpochMs;
  readonly present: PublicPresent;
  readonly clock: Clock;
  readonly log: Logger;
  readonly readiness: () => readonly PartReadiness[];
  readonly metricsText: () => string | Promise<string>;
  readonly state: () => State;
  readonly operatorsOnly?: OperationsDeps['operatorsOnly'];
  /** By network server: answers `POST /ingest/<name>`. */
  readonly webhooks: Readonly<Partial<Record<'tts' | 'chirpstack', WebhookHandler>>>;
  /** For operators with the token; absent serves no devices. */
  readonly devices?: DevicesDeps;
  /** Drivers under guidance; absent guides nobody. */
  readonly guidance?: Pick<GuidanceDeps, 'sessions'>;
  /** Files of past occupancy; absent serves none. */
  readonly downloads?: Pick<Downloads, 'list' | 'read'>;
  /** Absent serves no planners' figures. */
  readonly planning?: PlanningDeps;
  /** Dynamic signs; absent serves none. */
  readonly signs?: SignsDeps;
  /** Absent serves no event stream. */
  readonly live?: LiveHub;
  /** Paths that will go; those of the product unless said. */
  readonly deprecated?: readonly DeprecatedPath[];
  /** Where `vite build` put the dashboard; `null` serves no pages. */
  readonly dashboardDirectory: string | null;
  /** Addresses and CIDR blocks whose X-Forwarded-* is believed. */
  readonly trustedProxies: readonly string[];
  /** An address's allowance; `null` does not limit. */
  readonly rateLimit: RateLimit | null;
}

/** The HTTP application, not listening yet. */
export interface Publisher extends Pick<OpenAPIHono, 'fetch' | 'request'> {
  /** Whether a request of Node's was answered at once; it is for `fetch` otherwise. */
  readonly answerAtOnce: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Counts a request that is for neither; seconds to wait where it is one too many. */
  readonly countRequest: (request: IncomingMessage) => number | null;
}

/** Throws `invalid-config` when an entry of `trustedProxies` is no address. */
export function createServer(deps: ServerDeps): Publisher {
  const { settings, present, clock } = deps;
  const startedAtMs = clock.now();
  const index = createInventoryIndex(deps.inventory);
  const addresses = createClientAddresses(deps.trustedProxies, settings.publicUrl);
  const representations = createRepresentations(clock);

  const app = new OpenAPIHono();
  app.onError(onError(deps.log));
  app.notFound(notFound(settings));
  app.use(common);
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const allow = { Allow: [...methods, 'OPTIONS'].join(', ') };
        return problemResponse(c, 'method-not-allowed', `use ${methods.join(' or ')}`, {}, allow);
      },
    }),
  );
  app.route('/', createWebhooks(deps.webhooks));
  app.route('/', createOperations(deps));

  const deprecated = announceDeprecated(app, deps.deprecated);
  const counter = limitRequests(app, deps.rateLimit, clock, addresses);
  if (deps.devices)
    app.route(
      '/',
      createDevices(deps.devices, () => clock.now()),
    );
  const licenceUrl = settings.licence.url;
  for (const path of limitedPaths) app.use(path, licensing(licenceUrl));
  if (deps.guidance) {
    const findSite: GuidanceDeps['findSite'] = (id) => index().site.get(id);
    app.route('/', createGuidanceApi({ ...deps.guidance, findSite, clock }));
  }
  if (deps.signs)
    app.route(
      '/',
      createSignsApi(deps.signs, {
        clock,
        timeZone: settings.timeZone,
        municipalityOf: (id) => index().site.get(id)?.municipalityId,
      }),
    );
  if (deps.live) app.route('/', createLiveStream({ hub: deps.live, addresses, licenceUrl }));
  const version = (changes: Resource['changes']): string =>
    changes === 'static'
      ? present.epoch
      : `${present.epoch}.${present.version()}.${confirmedFromMs(clock.now()).toString(36)}`;
  const atOnce = createAtOnce({ representations, version, addresses, counter });
  const view = (baseUrl: string): View => {
    const nowMs = clock.now();
    const moment = toLocalMoment(nowMs, settings.timeZone);
    return {
      settings,
      isSimulated: deps.isSimulated,
      index: index(),
      present,
      baseUrl,
      nowMs,
      isOpen: (site) => isOpenNow(site, moment),
      isServed: (path) => isServed(app, path),
      inventoryAtMs: deps.inventoryAtMs?.() ?? startedAtMs,
    };
  };
  const serving = {
    representations,
    licenceUrl,
    baseUrlOf: (c: Parameters<typeof originOf>[0]) => addresses.baseUrlOf(originOf(c)),
    version,
    remember: atOnce.remember,
    view,
  };
  if (deps.downloads)
    app.route(
      '/',
      createHistoryApi({
        ...serving,
        settings,
        clock,
        downloads: deps.downloads,
        municipalities: () => index().inventory.municipalities,
      }),
    );
  if (deps.planning) app.route('/', createPlanningApi(deps.planning));
  // What is said of a path that will go is added on the long way.
  const going = new Set(deprecated.map(({ path }) => path));
  const servingSlowly = { ...serving, remember: () => undefined };
  for (const resource of resources)
    serveResource(app, resource, going.has(resource.path) ? servingSlowly : serving);
  const texts = [
    ...openApiTexts(app, settings, deprecated),
    ...legalTexts(settings, () => clock.now()),
  ];
  for (const text of texts) serveOwnText(app, serving, text);
  app.route(
    '/',
    createPages({
      directory: deps.dashboardDirectory,
      tilesUrl: settings.map.tiles?.url ?? null,
      representations,
    }),
  );
  return {
    fetch: app.fetch,
    request: app.request,
    answerAtOnce: atOnce.answer,
    countRequest: (request) => counter?.count(originOfMessage(request)).retryAfterS ?? null,
  };
}

/** Counts and limits requests for data; `undefined` counts nothing. */
function limitRequests(
  app: OpenAPIHono,
  limit: RateLimit | null,
  clock: Clock,
  addresses: ClientAddresses,
): RequestCounter | undefined {
  if (!limit) return undefined;
  const counter = createRequestCounter(limit, clock, addresses);
  for (const path of limitedPaths) app.use(path, rateLimiting(counter));
  return counter;
}

/** Whether some route, of ours or mounted later, answers GET for a path. */
function isServed(app: OpenAPIHono, path: string): boolean {
  const asked = path.split('/');
  return app.routes.some((route) => {
    const offered = route.path.split('/');
    return (
      route.method === 'GET' &&
      offered.length === asked.length &&
      offered.every((segment, at) => segment.startsWith(':') || segment === asked[at])
    );
  });
}
