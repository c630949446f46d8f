import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { LiveFrame } from '../../services/contract/live.ts';
import { openStream, openWebSocket } from '../support/live-clients.ts';
import { frameMs, startLiveTown, type LiveTown } from '../support/live-town.ts';

const schemaShape = z.record(z.string(), z.unknown());
type Schema = z.output<typeof schemaShape>;
const operationShape = z.object({
  responses: z.record(
    z.string(),
    z.object({ content: z.record(z.string(), z.object({ schema: schemaShape })).optional() }),
  ),
});
const documentShape = z.object({
  paths: z.record(z.string(), z.object({ get: operationShape.optional() })),
  components: z.object({ schemas: z.record(z.string(), schemaShape) }),
});
type Document = z.output<typeof documentShape>;

/** With every object closed: what is not described must not be sent. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const its = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [
      name,
      name === '$ref' ? String(value).replace('#/components/schemas/', '#/$defs/') : closed(value),
    ]),
  );
  return 'properties' in its && !('additionalProperties' in its)
    ? { ...its, additionalProperties: false }
    : its;
}

let town: LiveTown;
let document: Document;
beforeAll(async () => {
  town = await startLiveTown({ sites: 2, spacesPerSite: 6 });
  town.changeAll('vacant');
  document = documentShape.parse(await (await fetch(`${town.url}/openapi.json`)).json());
});
afterAll(() => town.stop());

/** The schema that the document gives for the messages of an address, ready to check with. */
function schemaOf(path: string, status: string, mediaType: string): z.ZodType {
  const schema = document.paths[path]?.get?.responses[status]?.content?.[mediaType]?.schema;
  expect(schema, `${path} ${status} ${mediaType}`).toBeDefined();
  const whole = closed({ ...schema, $defs: document.components.schemas }) as Schema;
  return z.fromJSONSchema({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...whole });
}

const kinds = '?kinds=sites,spaces,guidance';

/** Every kind of frame there is, as it comes. */
async function everyFrame(
  client: { readonly got: (count: number) => Promise<unknown> },
  frames: () => readonly LiveFrame[],
): Promise<readonly LiveFrame[]> {
  await client.got(1);
  town.change('space-0-1', 'occupied');
  town.clock.advance(frameMs);
  await client.got(2);
  town.clock.advance(15_250);
  await client.got(3);
  return frames();
}

describe('the live messages are what the OpenAPI document says', () => {
  test('over the WebSocket: snapshot, delta, heartbeat, error, and the snapshot for a lost cursor', async () => {
    const schema = schemaOf('/api/v1/live', '101', 'application/json');
    const client = await openWebSocket(town.url, kinds);
    await everyFrame(client, () => client.frames);
    client.send('nonsense');
    await client.got(4);
    client.send(JSON.stringify({ type: 'subscribe', since: 'otherepoch.7' }));
    await client.got(5);
    expect(client.frames.map(({ type }) => type)).toEqual([
      'snapshot',
      'delta',
      'heartbeat',
      'error',
      'snapshot',
    ]);
    for (const frame of client.frames)
      expect(schema.safeParse(frame).error, JSON.stringify(frame)).toBeUndefined();
    const [snapshot] = client.frames;
    expect(snapshot).toHaveProperty('guidance');
    for (const wrong of [
      { ...snapshot, cursor: undefined },
      { ...snapshot, type: 'gossip' },
      { ...snapshot, undescribed: 1 },
      { ...snapshot, spaces: [{ id: 'space-0-0' }] },
    ])
      expect(schema.safeParse(JSON.parse(JSON.stringify(wrong))).success).toBe(false);
    client.close();
  });

  test('over the event stream: snapshot, delta and heartbeat', async () => {
    const schema = schemaOf('/api/v1/stream', '200', 'text/event-stream');
    const client = await openStream(town.url, kinds);
    await everyFrame(client, () => client.events.map(({ frame }) => frame));
    expect(client.events.map(({ event }) => event)).toEqual(['snapshot', 'delta', 'heartbeat']);
    for (const { frame } of client.events)
      expect(schema.safeParse(frame).error, JSON.stringify(frame)).toBeUndefined();
    client.close();
  });

  test('and to the server: what the document allows is understood, what it does not is refused', async () => {
    const schema = schemaOf('/api/v1/live', '101', 'application/json; direction=to-server');
    const client = await openWebSocket(town.url);
    await client.got(1);
    const messages: readonly unknown[] = [
      { type: 'subscribe' },
      { type: 'subscribe', sites: ['site-0'], kinds: ['spaces'] },
      {
        type: 'subscribe',
        bbox: [8.6, 49.3, 8.7, 49.5],
        zones: ['zone'],
        municipalities: ['town'],
      },
      { type: 'subscribe', since: 'otherepoch.7' },
      { type: 'subscribe', kinds: ['cars'] },
      { type: 'subscribe', kinds: [] },
      { type: 'subscribe', bbox: [8, 49, 9] },
      { type: 'subscribe', since: 'yesterday' },
      { type: 'subscribe', colour: 'blue' },
      { type: 'unsubscribe' },
      'hello',
    ];
    for (const message of messages) {
      const before = client.frames.length;
      // Between two frames a few are answered.
      town.clock.advance(frameMs);
      client.send(JSON.stringify(message));
      await client.got(before + 1);
      const isUnderstood = client.frames[before]?.type !== 'error';
      expect(schema.safeParse(message).success, JSON.stringify(message)).toBe(isUnderstood);
    }
    client.close();
  });
});
