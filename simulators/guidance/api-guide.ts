import type { GuidanceSession } from '../../services/contract/guidance.ts';
import type { City } from '../town/city.ts';
import type { Deployment } from '../town/deployment.ts';
import type { Advice, Advise, Guide, Question } from '../town/guide.ts';

type Position = readonly [lon: number, lat: number];

const timeoutMs = 5_000;
/** Sessions that are remembered; who never reports is forgotten, and his session expires by itself. */
const mostSessions = 5_000;
/** Requests on their way: beyond that a driver is not answered, as on a bad line. */
const mostRequests = 50;

/** A driver's phone: his requests go out one after the other. */
interface Phone {
  id: string | null;
  last: Promise<unknown>;
}

export interface ApiGuide extends Guide {
  /** Requests sent so far. */
  readonly requests: number;
}

/**
 * Guidance by the real API, over HTTP: every driver has an anonymous session, tells his position on the
 * way, that a kerb was full, and that he has parked.
 */
export function createApiGuide(
  city: City,
  { streets, sites }: Pick<Deployment, 'streets' | 'sites'>,
  url: () => string | null,
  advise: Advise,
): ApiGuide {
  const phones = new Map<number, Phone>();
  const { nodeAt, middleOf } = positionsOf(city, streets);
  const siteOfStretch = sitesByStretch(city, sites);
  const placeOf = new Map<string, Advice>([
    ...[...siteOfStretch].map(([stretch, id]) => [id, { kind: 'stretch', stretch }] as const),
    ...city.carParks.map(({ id }, carPark) => [id, { kind: 'car-park', carPark }] as const),
  ]);
  let requests = 0;
  let open = 0;

  async function send(method: string, path: string, body?: object): Promise<Response | null> {
    const base = url();
    if (base === null || open >= mostRequests) return null;
    open += 1;
    requests += 1;
    try {
      return await fetch(`${base}/api/v1/guidance${path}`, {
        method,
        signal: AbortSignal.timeout(timeoutMs),
        ...(body && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      });
    } catch {
      // No answer in time: he drives on as he would.
      return null;
    } finally {
      open -= 1;
    }
  }
  const toLatLon = ([lon, lat]: Position) => ({ lat, lon });

  async function hear(driver: number, phone: Phone, response: Response | null): Promise<void> {
    if (response?.ok !== true) {
      if (response?.status === 404) phone.id = null;
      await response?.body?.cancel();
      return;
    }
    const { id, advice } = (await response.json()) as GuidanceSession;
    phone.id = id;
    const first = advice.outcome === 'advice' ? advice.suggestions[0]?.site.id : undefined;
    const place = first === undefined ? undefined : placeOf.get(first);
    if (place !== undefined) advise(driver, place);
  }
  async function askNow(phone: Phone, question: Question): Promise<void> {
    const { driver, because, destination, node, acceptsCarPark } = question;
    const from = toLatLon(nodeAt[node] ?? [0, 0]);
    if (phone.id !== null) {
      const event = because === 'found-full' ? { event: because } : { event: 'position', from };
      const response = await send('POST', `/${phone.id}`, event);
      await hear(driver, phone, response);
      // Of a session that has ended meanwhile nothing is left: he begins anew.
      if (response?.status !== 404) return;
    }
    const wish = {
      destination: toLatLon(middleOf(destination)),
      from,
      needs: { acceptsCarParks: acceptsCarPark },
    };
    await hear(driver, phone, await send('POST', '', wish));
  }
  const then = (driver: number, phone: Phone, next: () => Promise<unknown>): void => {
    phone.last = phone.last.then(next).catch(() => undefined);
    phones.delete(driver);
    phones.set(driver, phone);
    const oldest = phones.keys().next().value;
    if (phones.size > mostSessions && oldest !== undefined) phones.delete(oldest);
  };
  const leave = (driver: number, last: (id: string) => Promise<Response | null>): void => {
    const phone = phones.get(driver);
    if (phone === undefined) return;
    then(driver, phone, async () => {
      const response = phone.id === null ? null : await last(phone.id);
      await response?.body?.cancel();
    });
    phones.delete(driver);
  };

  return {
    get requests() {
      return requests;
    },
    ask(question) {
      const { driver } = question;
      const phone = phones.get(driver) ?? { id: null, last: Promise.resolve() };
      then(driver, phone, () => askNow(phone, question));
    },
    parked(driver, place) {
      const siteId =
        place.kind === 'stretch'
          ? siteOfStretch.get(place.stretch)
          : city.carParks[place.carPark]?.id;
      leave(driver, (id) => send('POST', `/${id}`, { event: 'arrived', siteId }));
    },
    gone: (driver) => leave(driver, (id) => send('DELETE', `/${id}`)),
    news: () => undefined,
  };
}

/** Sites at kerbs by stretch; of several on one stretch the first. */
export function sitesByStretch(
  city: City,
  sites: Deployment['sites'],
): ReadonlyMap<number, string> {
  const index = new Map(city.stretches.map(({ id }, stretch) => [id, stretch]));
  const found = new Map<number, string>();
  for (const { id, stretch } of sites) {
    const at = stretch === null ? undefined : index.get(stretch);
    if (at !== undefined && !found.has(at)) found.set(at, id);
  }
  return found;
}

function positionsOf(city: City, streets: Deployment['streets']) {
  const nodeAt: Position[] = [];
  city.edges.forEach(({ from, stretch }, edge) => {
    const { positions } = streets[stretch]!;
    nodeAt[from] = (city.isAlongPoints[edge] === true ? positions[0] : positions.at(-1))!;
  });
  const middleOf = (stretch: number): Position => {
    const { positions } = streets[stretch]!;
    return positions[positions.length >> 1]!;
  };
  return { nodeAt, middleOf };
}
