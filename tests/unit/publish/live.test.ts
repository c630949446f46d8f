import { describe, expect, test } from 'vitest';
import type { LiveFrame } from '../../../services/contract/live.ts';
import { liveFrameSchema } from '../../../services/contract/live.ts';
import type { SiteId } from '../../../services/domain/ids.ts';
import { toPublicInventory } from '../../../services/domain/privacy.ts';
import { followPublicPresent } from '../../../services/domain/public-present.ts';
import { indexInventory } from '../../../services/publish/inventory-index.ts';
import { createLiveItems } from '../../../services/publish/live-items.ts';
import { createLiveHub, type LiveFrameText } from '../../../services/publish/live.ts';
import { data } from '../../support/live-clients.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { kerbTown } from '../../support/towns.ts';
import { trackTown } from '../../support/tracked-town.ts';

const frameMs = 250;

/** A town of two kerbs with three spaces each, one hub, and clients that write down what they get. */
function setUp(maxClients = 10, inventory = kerbTown({ sites: 2, spacesPerSite: 3 })) {
  const clock = createManualClock();
  const chances = new Map<string, number>();
  const sending = { takesMs: 0, tookMs: 0 };
  const { bus, track, change } = trackTown(inventory, clock, (id) => chances.get(id) ?? null);
  const { present } = followPublicPresent(
    () => inventory,
    track.present,
    (listener) => bus.subscribe('present-changed', listener),
  );
  const items = createLiveItems(indexInventory(toPublicInventory(inventory)), present);
  const hub = createLiveHub({
    bus,
    present,
    items: () => items,
    clock: { ...clock, now: () => clock.now() + sending.tookMs },
    lastUplinkMs: () => null,
    maxClients,
    maxClientsPerAddress: 3,
  });
  hub.start();
  let addresses = 0;
  return {
    clock,
    hub,
    sending,
    /** The forecast of a site is another. */
    chance(siteId: string, ratio: number) {
      chances.set(siteId, ratio);
      bus.publish('chances-changed', { siteIds: [siteId as SiteId] });
    },
    change,
    client(address = `192.0.2.${(addresses += 1)}`) {
      const frames: LiveFrame[] = [];
      const its = { frames, buffered: 0, closed: '' };
      const connection = hub.connect({
        address,
        send({ bytes }: LiveFrameText) {
          sending.tookMs += sending.takesMs;
          frames.push(liveFrameSchema.parse(JSON.parse(bytes.toString())));
        },
        bufferedBytes: () => its.buffered,
        close: (reason) => (its.closed = reason),
      });
      return { ...its, its, connection };
    },
  };
}

describe('the live hub', () => {
  test('begins with a snapshot of everything', () => {
    const { client } = setUp();
    const { frames, connection } = client();
    connection?.subscribe({}, undefined);
    expect(frames).toHaveLength(1);
    expect(data(frames[0])).toMatchObject({ type: 'snapshot' });
    expect(data(frames[0]).sites).toHaveLength(2);
    expect(data(frames[0]).spaces).toHaveLength(6);
  });

  test('leaves out every other frame while sending one takes long, and loses nothing by it', () => {
    const { client, change, clock, sending } = setUp();
    const { frames, connection } = client();
    connection?.subscribe({}, undefined);
    sending.takesMs = 101;
    for (const space of ['space-0-0', 'space-0-1', 'space-0-2', 'space-1-0']) {
      change(space, 'occupied');
      clock.advance(frameMs);
    }
    const spacesOf = frames.slice(1).map((frame) => data(frame).spaces.map(({ id }) => id));
    expect(spacesOf).toEqual([['space-0-0'], ['space-0-1', 'space-0-2']]);
    sending.takesMs = 0;
    clock.advance(2 * frameMs);
    change('space-1-1', 'occupied');
    clock.advance(frameMs);
    expect(data(frames[3]).spaces.map(({ id }) => id)).toEqual(['space-1-0']);
    expect(data(frames[4]).spaces.map(({ id }) => id)).toEqual(['space-1-1']);
  });

  test('sends what changed in a quarter of a second in one frame, each item once', () => {
    const { client, change, clock } = setUp();
    const { frames, connection } = client();
    connection?.subscribe({}, undefined);
    change('space-0-0', 'occupied');
    change('space-0-0', 'vacant');
    change('space-0-1', 'occupied');
    expect(frames).toHaveLength(1);
    clock.advance(frameMs);
    expect(frames).toHaveLength(2);
    const delta = data(frames[1]);
    expect(delta.type).toBe('delta');
    expect(delta.spaces.map(({ id, status }) => [id, status])).toEqual([
      ['space-0-0', 'vacant'],
      ['space-0-1', 'occupied'],
    ]);
    expect(delta.sites).toMatchObject([
      { id: 'site-0', numberOfVacantSpaces: 1, numberOfKnownSpaces: 2 },
    ]);
  });

  test('tells of guidance whom asks for it, and only when a sign would show something else', () => {
    const { client, change, chance, clock } = setUp();
    for (const space of ['space-0-0', 'space-0-1', 'space-1-0', 'space-1-1'])
      change(space, 'vacant');
    chance('site-0', 0.83);
    const driver = client();
    const sign = client();
    driver.connection?.subscribe({}, undefined);
    sign.connection?.subscribe({ kinds: ['guidance'], sites: ['site-0'] }, undefined);
    expect(data(driver.frames[0]).guidance).toBeUndefined();
    expect(data(sign.frames[0])).toMatchObject({ sites: [], spaces: [] });
    const shown = { id: 'site-0', isClosed: false, freshness: 'live' };
    expect(data(sign.frames[0]).guidance).toEqual([{ ...shown, chance: 'good', timesOutOfTen: 8 }]);

    chance('site-0', 0.87);
    chance('site-1', 0.1);
    change('space-0-0', 'occupied');
    clock.advance(frameMs);
    expect(data(driver.frames[1]).sites).toHaveLength(2);
    expect(sign.frames).toHaveLength(1);

    chance('site-0', 0.79);
    clock.advance(frameMs);
    expect(data(sign.frames[1]).guidance).toEqual([{ ...shown, chance: 'some', timesOutOfTen: 7 }]);

    const late = client();
    late.connection?.subscribe({ kinds: ['guidance'] }, data(sign.frames[0]).cursor);
    clock.advance(frameMs);
    expect(data(late.frames[0]).guidance?.map(({ id }) => id)).toEqual(['site-0', 'site-1']);
  });

  test('resumes after a cursor with what has changed since, and nothing else', () => {
    const { client, change, clock } = setUp();
    const first = client();
    first.connection?.subscribe({}, undefined);
    const { cursor } = data(first.frames[0]);
    first.connection?.end();
    change('space-1-2', 'occupied');
    clock.advance(frameMs * 5);
    const again = client();
    again.connection?.subscribe({}, cursor);
    clock.advance(frameMs);
    expect(again.frames.map(({ type }) => type)).toEqual(['delta']);
    expect(data(again.frames[0]).spaces.map(({ id }) => id)).toEqual(['space-1-2']);
  });

  test('answers a cursor of another start, or of the future, with a snapshot', () => {
    const { client } = setUp();
    for (const cursor of ['other.5', 'epoch1.999999', 'nonsense']) {
      const { frames, connection } = client();
      connection?.subscribe({}, cursor);
      expect(frames.map(({ type }) => type)).toEqual(['snapshot']);
    }
  });

  test('narrows to kinds, sites and a box', () => {
    const { client, change, clock } = setUp();
    const bySite = client();
    bySite.connection?.subscribe({ kinds: ['spaces'], sites: ['site-1'] }, undefined);
    const byBox = client();
    byBox.connection?.subscribe({ bbox: [8.69, 49.39, 8.7, 49.4005] }, undefined);
    expect(data(bySite.frames[0])).toMatchObject({ sites: [] });
    expect(data(bySite.frames[0]).spaces).toHaveLength(3);
    expect(data(byBox.frames[0]).sites.map(({ id }) => id)).toEqual(['site-0']);
    change('space-0-0', 'occupied');
    clock.advance(frameMs);
    expect(bySite.frames).toHaveLength(1);
    expect(byBox.frames).toHaveLength(2);
  });

  test('sends a client that does not read nothing, then once everything that changed meanwhile', () => {
    const { client, change, clock } = setUp();
    const slow = client();
    slow.connection?.subscribe({}, undefined);
    slow.its.buffered = 10_000_000;
    for (let i = 0; i < 40; i += 1) {
      change('space-0-0', i % 2 ? 'occupied' : 'vacant');
      change('space-1-1', i % 2 ? 'vacant' : 'occupied');
      clock.advance(frameMs);
    }
    expect(slow.frames).toHaveLength(1);
    slow.its.buffered = 0;
    clock.advance(frameMs);
    expect(slow.frames).toHaveLength(2);
    expect(data(slow.frames[1]).spaces).toHaveLength(2);
  });

  test('gives up on a client that reads nothing for a minute', () => {
    const { client, change, clock, hub } = setUp();
    const dead = client();
    dead.connection?.subscribe({}, undefined);
    dead.its.buffered = 10_000_000;
    change('space-0-0', 'occupied');
    clock.advance(61_000);
    expect(dead.its.closed).toBe('too-slow');
    expect(hub.clients()).toBe(0);
  });

  test('says that it is alive when nothing changes', () => {
    const { client, clock } = setUp();
    const { frames, connection } = client();
    connection?.subscribe({}, undefined);
    clock.advance(15_500);
    expect(frames.map(({ type }) => type)).toEqual(['snapshot', 'heartbeat']);
  });

  test('takes no more clients than it may', () => {
    const { client } = setUp(2);
    expect(client().connection).toBeDefined();
    expect(client().connection).toBeDefined();
    expect(client().connection).toBeUndefined();
  });

  test('gives one address its share and leaves the rest to others', () => {
    const { client, hub } = setUp();
    const crowd = [1, 2, 3].map(() => client('198.51.100.7'));
    expect(client('198.51.100.7').connection).toBeUndefined();
    expect(client('198.51.100.8').connection).toBeDefined();
    crowd[0]?.connection?.end();
    crowd[0]?.connection?.end();
    expect(client('198.51.100.7').connection).toBeDefined();
    expect(client('198.51.100.7').connection).toBeUndefined();
    expect(hub.clients()).toBe(4);
  });

  test('tells the first client, between two frames, of what changed since its cursor just before it came', () => {
    const { client, change, clock, hub } = setUp();
    const first = client();
    first.connection?.subscribe({}, undefined);
    clock.advance(frameMs);
    const cursor = data(first.frames[0]).cursor;
    first.connection?.end();
    change('space-0-0', 'occupied');
    const { frames, connection } = client();
    connection?.subscribe({}, cursor);
    clock.advance(frameMs);
    expect(hub.clients()).toBe(1);
    expect(frames.map((frame) => data(frame).spaces.map(({ id }) => id))).toEqual([['space-0-0']]);
  });

  test('tells a client that comes back what changed while nobody was there', () => {
    const { client, change, clock } = setUp();
    const first = client();
    first.connection?.subscribe({}, undefined);
    first.connection?.end();
    clock.advance(frameMs);
    change('space-0-1', 'occupied');
    const again = client();
    again.connection?.subscribe({}, data(first.frames[0]).cursor);
    clock.advance(frameMs);
    expect(data(again.frames[0]).spaces.map(({ id }) => id)).toEqual(['space-0-1']);
  });

  test('says nothing when a space changes that is not to be seen', () => {
    const town = kerbTown({ sites: 2, spacesPerSite: 3 });
    const hidden = new Set(['space-0-0', 'space-0-1']);
    const spaces = town.spaces.map((space) =>
      hidden.has(space.id) ? { ...space, visibility: 'aggregate' as const } : space,
    );
    const { client, change, clock } = setUp(10, { ...town, spaces });
    change('space-0-0', 'vacant');
    change('space-0-1', 'vacant');
    clock.advance(frameMs);
    const { frames, connection } = client();
    connection?.subscribe({}, undefined);
    change('space-0-0', 'occupied');
    clock.advance(frameMs);
    change('space-0-1', 'occupied');
    clock.advance(frameMs);
    change('space-0-0', 'vacant');
    clock.advance(frameMs);
    // Neither the space, nor its site, nor the moment.
    expect(frames.map(({ type }) => type)).toEqual(['snapshot']);
    change('space-0-2', 'occupied');
    clock.advance(frameMs);
    expect(data(frames[1]).sites.map(({ id }) => id)).toEqual(['site-0']);
    expect(data(frames[1]).spaces.map(({ id }) => id)).toEqual(['space-0-2']);
  });
});
