import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startComposedTown, webhookSource, type ComposedTown } from '../support/composed-town.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';

const methods = ['get', 'post', 'delete'] as const;
type Method = (typeof methods)[number];
const operationShape = z.object({
  parameters: z.array(z.object({ name: z.string(), in: z.string() })).default([]),
  requestBody: z.unknown().optional(),
  responses: z.record(z.string(), z.unknown()),
});
const documentShape = z.object({
  paths: z.record(z.string(), z.partialRecord(z.enum(methods), operationShape)),
});

interface Operation {
  readonly path: string;
  readonly method: Method;
  readonly queries: readonly string[];
  readonly hasBody: boolean;
  readonly declared: ReadonlySet<string>;
}

let town: ComposedTown;
afterEach(() => town.stop());

async function start(burst: number): Promise<readonly Operation[]> {
  const dir = deploymentFolder(10, {
    history: { kind: 'memory' },
    sources: [webhookSource],
    access: { planning: 'token', token: { secret: 'WEBHOOK' } },
    server: { host: '127.0.0.1', rateLimit: { burst, perSecond: 1 } },
  });
  const at = { lat: 49.4, lon: 8.69 };
  const sign = { id: 'north', name: 'North', location: at, sites: ['site-0'] };
  writeFileSync(join(dir, 'signs.json'), JSON.stringify({ signs: [sign] }));
  town = await startComposedTown(dir);
  const { paths } = documentShape.parse(await (await town.send('GET', '/openapi.json')).json());
  return Object.entries(paths).flatMap(([path, operations]) =>
    methods.flatMap((method) => {
      const operation = operations[method];
      if (operation === undefined) return [];
      const { parameters, requestBody, responses } = operation;
      const queries = parameters.filter(({ in: place }) => place === 'query');
      return {
        path,
        method,
        queries: queries.map(({ name }) => name),
        hasBody: requestBody !== undefined,
        declared: new Set(Object.keys(responses)),
      };
    }),
  );
}

const ids = ['site-0', 'space-0', 'north', 'town', 'sites', 'nowhere', 'a'.repeat(300), '%00'];
const nonsense = ['', '0', '-1', 'NaN', ','.repeat(2100), '9'.repeat(30), 'site-0', '2026-01-01'];
const bearers: readonly Record<string, string>[] = [{}, { authorization: 'Bearer secret' }];
const json = { 'content-type': 'application/json' };
const destination = { lat: 49.4, lon: 8.69 };
const bodies: readonly (readonly [Record<string, string>, string])[] = [
  [json, ''],
  [json, '{'],
  [json, '{}'],
  [json, JSON.stringify({ destination })],
  [
    json,
    JSON.stringify({ event: 'picked', siteId: 'nowhere', expectedAt: '9999-01-01T00:00:00Z' }),
  ],
  [json, JSON.stringify({ event: 'found-full' })],
  [json, JSON.stringify({ from: destination })],
  [json, ' '.repeat(2_000_000)],
  [{ 'content-type': 'text/plain' }, 'destination'],
];

interface Question {
  readonly asked: string;
  readonly init: RequestInit;
}

/** What an operation is asked: as it should be, and in every way that may go wrong. */
function questionsTo(operation: Operation, session: string): readonly Question[] {
  const { path, method, queries, hasBody } = operation;
  const isList = !path.includes('{');
  const bases: readonly RequestInit[] = hasBody
    ? bodies.map(([headers, body]) => ({ headers, body }))
    : [{}, { headers: { 'if-none-match': '*' } }, { headers: { range: 'bytes=999999999-' } }];
  const paths = isList ? [path] : [session, ...ids].map((id) => path.replaceAll(/\{\w+\}/g, id));
  const searches = [...queries, 'colour'].flatMap((name) =>
    nonsense.map((value) => `${path}?${new URLSearchParams({ [name]: value }).toString()}`),
  );
  const none: RequestInit = {};
  const plain = isList ? searches.map((asked) => ({ asked, init: none })) : [];
  const questions = [...paths.flatMap((asked) => bases.map((init) => ({ asked, init }))), ...plain];
  return bearers.flatMap((bearer) =>
    questions.map(({ asked, init }) => {
      const headers = { ...(init.headers as Record<string, string>), ...bearer };
      return { asked, init: { ...init, method: method.toUpperCase(), headers } };
    }),
  );
}

async function ask(path: string, init: RequestInit): Promise<number> {
  const response = await fetch(town.url + path, init);
  await response.body?.cancel();
  return response.status;
}

describe('every answer', () => {
  test('of every operation is declared in the OpenAPI document', async () => {
    const operations = await start(1_000_000);
    expect(operations.length).toBeGreaterThan(35);
    const begun = await town.send('POST', '/api/v1/guidance', { destination });
    const { id } = z.object({ id: z.uuid() }).parse(await begun.json());
    const undeclared = new Set<string>();
    const seen = new Set<number>();
    for (const operation of operations) {
      for (const { asked, init } of questionsTo(operation, id)) {
        const status = await ask(asked, init);
        seen.add(status);
        if (!operation.declared.has(String(status)))
          undeclared.add(`${operation.method} ${operation.path}: ${status}`);
      }
    }
    expect([...undeclared]).toEqual([]);
    for (const status of [200, 201, 204, 304, 400, 401, 404, 413, 415, 426])
      expect(seen).toContain(status);
  });

  test('of 429 is declared where requests are counted, and only there', async () => {
    const operations = await start(1);
    const wrong: string[] = [];
    for (const { path, method, declared } of operations) {
      const asked = path.replaceAll(/\{\w+\}/g, 'nowhere');
      await ask(asked, { method: method.toUpperCase() });
      const status = await ask(asked, { method: method.toUpperCase() });
      if ((status === 429) !== declared.has('429')) wrong.push(`${method} ${path}: ${status}`);
    }
    expect(wrong).toEqual([]);
  });
});
