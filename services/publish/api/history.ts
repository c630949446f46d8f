import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { historyListSchema, type HistoryList } from '../../contract/history.ts';
import { AppError } from '../../domain/errors.ts';
import { historyColumns } from '../../domain/history-row.ts';
import type { Municipality } from '../../domain/site.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Download, Downloads } from '../../ports/downloads.ts';
import { answer } from '../http/answer.ts';
import { cacheControl } from '../http/headers.ts';
import { checked } from '../http/mistakes.ts';
import { describeProblem, problemResponse, usualProblems } from '../http/problem.ts';
import {
  afterParameter,
  below,
  idList,
  idsOf,
  limitParameter,
  nextPath,
  pageAfter,
} from '../http/query.ts';
import { readRange } from '../http/range.ts';
import type { createRepresentations } from '../http/representation.ts';
import { isKnown } from '../http/reply.ts';
import { respond } from '../http/respond.ts';
import type { PublishSettings } from '../settings.ts';
import { toInstant, toLicence } from '../views.ts';

const path = '/api/v1/history';
const tags = ['History'];
const mediaTypes = { day: 'application/gzip', month: 'application/vnd.apache.parquet' } as const;
const query = z.object({
  kind: z.enum(['day', 'month']).optional(),
  municipality: idList('municipality').openapi({
    description:
      'id of a municipality, several separated by commas: files with its sites and zones only',
  }),
  limit: limitParameter(1000, 1000),
  after: afterParameter,
});

interface HistoryDeps {
  readonly downloads: Pick<Downloads, 'list' | 'read'>;
  readonly settings: PublishSettings;
  readonly representations: ReturnType<typeof createRepresentations>;
  readonly baseUrlOf: (c: Context) => string;
  readonly clock: Clock;
  readonly municipalities: () => readonly Municipality[];
}

const toItem = (file: Download, baseUrl: string): HistoryList['items'][number] => ({
  name: file.name,
  municipality: file.municipalityId,
  kind: file.kind,
  url: `${baseUrl}${path}/${file.name}`,
  mediaType: mediaTypes[file.kind],
  from: toInstant(file.fromMs),
  to: toInstant(file.toMs),
  madeAt: toInstant(file.madeAtMs),
  rows: file.rows,
  bytes: file.bytes,
  sha256: file.sha256,
});

/** Past occupancy to download: a list with checksums, and the files. */
export function createHistoryApi(deps: HistoryDeps): OpenAPIHono {
  const { downloads, settings } = deps;
  const app = new OpenAPIHono();
  describe(app);
  const licence = { Link: `<${settings.licence.url}>; rel="license"` };

  /** Whose files are asked for; where there is one municipality only, its files are those of everything. */
  const ownersOf = (asked: string | undefined): ReadonlySet<string | null> => {
    const [only, ...others] = deps.municipalities();
    const ids = idsOf(asked);
    return !ids || (others.length === 0 && ids.has(only?.id ?? '')) ? new Set([null]) : ids;
  };

  const list = (input: z.output<typeof query>, baseUrl: string): HistoryList => {
    const { kind, municipality, limit, after } = input;
    const owners = ownersOf(municipality);
    const files = downloads
      .list()
      .filter(
        (file) => owners.has(file.municipalityId) && (kind === undefined || file.kind === kind),
      );
    const named = files.map((file) => ({ id: file.name, file }));
    const page = pageAfter(named, after, limit);
    return {
      publishedAt: toInstant(deps.clock.now()),
      licence: toLicence(settings),
      timeZone: settings.timeZone,
      columns: historyColumns.map(({ name, type, meaning }) => ({ name, type, meaning })),
      totalCount: files.length,
      items: page.items.map(({ file }) => toItem(file, baseUrl)),
      next: nextPath(below(baseUrl, path), { kind, municipality, limit }, 'after', page.lastId),
    };
  };

  app.get(path, async (c) => {
    const input = checked(query, c.req.query(), 'invalid-request');
    const baseUrl = deps.baseUrlOf(c);
    const made = downloads.list().map(({ madeAtMs }) => madeAtMs);
    const version = `history-${made.length}-${Math.max(0, ...made).toString(36)}`;
    const key = `${baseUrl} ${path} ${JSON.stringify(input)}`;
    const representation = await deps.representations.get(key, version, () =>
      JSON.stringify(list(input, baseUrl)),
    );
    return answer(c, representation, {
      ...licence,
      'Content-Type': 'application/json',
      'Cache-Control': cacheControl.static,
    });
  });

  app.get(`${path}/:name`, (c) => {
    const name = c.req.param('name');
    const file = downloads.list().find((one) => one.name === name);
    if (file === undefined) throw new AppError('not-found', `no history file '${name}'`);
    const etag = `"${file.sha256}"`;
    const headers = {
      ...licence,
      'Cache-Control': cacheControl.static,
      ETag: etag,
      'Accept-Ranges': 'bytes',
      'Repr-Digest': `sha-256=:${Buffer.from(file.sha256, 'hex').toString('base64')}:`,
      'Last-Modified': new Date(file.madeAtMs).toUTCString(),
    };
    if (isKnown(c.req.header('if-none-match'), etag)) return respond(c, 304, null, headers);
    // A part of another version than the reader has would be of no use.
    const isSameVersion = (c.req.header('if-range') ?? etag) === etag;
    const range = isSameVersion ? readRange(c.req.header('range'), file.bytes) : undefined;
    if (range === null) {
      const beyond = { 'Content-Range': `bytes */${file.bytes}` };
      return problemResponse(c, 'range-not-satisfiable', `it has ${file.bytes} bytes`, {}, beyond);
    }
    const { first, last } = range ?? { first: 0, last: file.bytes - 1 };
    const body = c.req.method === 'HEAD' ? null : downloads.read(file.name, first, last);
    return respond(c, range ? 206 : 200, body as ReadableStream<Uint8Array<ArrayBuffer>> | null, {
      ...headers,
      'Content-Type': mediaTypes[file.kind],
      'Content-Disposition': `attachment; filename="${file.name}"`,
      'Content-Length': String(last - first + 1),
      ...(range ? { 'Content-Range': `bytes ${first}-${last}/${file.bytes}` } : {}),
    });
  });
  return app;
}

function describe(app: OpenAPIHono): void {
  const file = { schema: z.string().openapi({ format: 'binary' }) };
  app.openAPIRegistry.registerPath({
    method: 'get',
    path,
    summary: 'Files of past occupancy: quarter hours of sites and zones',
    description:
      'A file a local day (CSV, gzipped) and a local month (Parquet), each when its time is over and once more a day later. Licence and the meaning of the columns are inside the files. Where there are several municipalities, each has files of its own too.',
    tags,
    request: { query },
    responses: {
      200: {
        description: 'The files with their checksums, and the meaning of their columns',
        content: { 'application/json': { schema: historyListSchema } },
      },
      304: { description: 'Not changed since the version in If-None-Match' },
      ...usualProblems.wrongParameter,
      ...usualProblems.tooMany,
    },
  });
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: `${path}/{name}`,
    summary: 'One file of past occupancy; parts of it by Range',
    tags,
    request: { params: z.object({ name: z.string() }) },
    responses: {
      200: {
        description: 'The whole file, its SHA-256 in Repr-Digest (RFC 9530)',
        content: { [mediaTypes.day]: file, [mediaTypes.month]: file },
      },
      206: { description: 'The part that Range asks for' },
      304: { description: 'Not changed since the version in If-None-Match' },
      404: describeProblem('There is no such file'),
      416: describeProblem('The range lies beyond the end'),
      ...usualProblems.tooMany,
    },
  });
}
