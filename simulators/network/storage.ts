import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { SimulatedUplink } from '../devices/device.ts';
import type { AsciiText } from './ascii.ts';
import { createAsciiText } from './ascii.ts';
import type { History } from './history.ts';
import type { FieldMask } from './tts-message.ts';
import { fieldMask, serverDelayMs } from './tts-message.ts';

export interface Storage {
  readonly port: number;
  stop(): Promise<void>;
}

/** What the Storage Integration is asked for; positions are those of the history. */
interface Query {
  readonly from: number;
  readonly afterMs: number;
  readonly beforeMs: number;
  readonly limit: number;
  readonly mask: FieldMask;
}

const defaultLimit = 1000;
/** A reader with much to do comes back late: a connection closed meanwhile would cost him an attempt, ms. */
const idleMs = 120_000;
/** Lines written at once. */
const batch = 100;
const line = { before: Buffer.from('{"result":'), after: Buffer.from('}\n') };
const path = /^\/api\/v3\/as\/applications\/[^/]+\/packages\/storage\/uplink_message$/;

/**
 * The Things Stack's Storage Integration (documentation, "Storage Integration"): newline-delimited
 * JSON, `after`, `before`, `limit`, `field_mask`, and a continuation token in the header
 * `X-Continuation-Token`. While the past is still being simulated, an answer that reaches into the
 * part that is not there yet waits for it.
 */
export async function startStorage(options: {
  readonly port: number;
  readonly key: string | null;
  readonly history: History;
  /** Adds a stored message. */
  readonly add: (into: AsciiText, uplink: SimulatedUplink, mask: FieldMask) => void;
  /** Everything before this time is in the history. */
  readonly simulatedMs: () => number;
  /** The present of the simulated world. */
  readonly nowMs: () => number;
}): Promise<Storage> {
  const { history } = options;
  const text = createAsciiText();
  let isStopping = false;

  /** Until a full page and one more are there, or everything before `beforeMs` is. */
  async function settle({ from, afterMs, beforeMs, limit }: Query): Promise<void> {
    const isComplete = (): boolean =>
      options.simulatedMs() >= Math.min(beforeMs, options.nowMs()) ||
      history.end() - Math.max(from, history.firstAt(afterMs)) > limit;
    while (!isStopping && !isComplete()) await wait(20);
  }

  /** A line for each uplink from a position to before another; the answer keeps its bytes until they are sent. */
  function linesOf(from: number, to: number, mask: FieldMask): Buffer {
    text.clear();
    for (let at = from; at < to; at++) {
      const uplink = history.at(at);
      if (uplink === undefined) continue;
      text.reserve(line.before.length);
      text.add(line.before);
      options.add(text, uplink, mask);
      text.reserve(line.after.length);
      text.add(line.after);
    }
    return Buffer.from(text.bytes());
  }

  async function answer(query: Query, response: ServerResponse): Promise<void> {
    await settle(query);
    const start = Math.max(query.from, history.firstAt(query.afterMs));
    const end = Math.min(start + query.limit, history.firstAt(query.beforeMs));
    const hasMore = end < history.firstAt(query.beforeMs);
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      // Its own clock, which runs faster in a time-lapse.
      date: new Date(options.nowMs()).toUTCString(),
      ...(hasMore && { 'x-continuation-token': String(end) }),
    });
    for (let at = start; at < end; at += batch) {
      const lines = linesOf(at, Math.min(end, at + batch), query.mask);
      if (!response.write(lines)) await drained(response);
    }
    response.end();
  }

  const server = createServer({ keepAliveTimeout: idleMs }, (request, response) => {
    const refusal = refuse(request, options.key);
    if (refusal !== null) {
      response.writeHead(refusal.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: refusal.message }));
      return;
    }
    answer(parseQuery(new URL(request.url ?? '/', 'http://storage')), response).catch(
      (cause: unknown) => response.destroy(cause instanceof Error ? cause : undefined),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      isStopping = true;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Resolves also when the client went away. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });

function refuse(
  request: IncomingMessage,
  key: string | null,
): { readonly status: number; readonly message: string } | null {
  if (key !== null && request.headers.authorization !== `Bearer ${key}`) {
    return { status: 401, message: 'unauthenticated' };
  }
  const url = new URL(request.url ?? '/', 'http://storage');
  if (request.method !== 'GET' || !path.test(url.pathname)) {
    return { status: 404, message: 'not found' };
  }
  const times = [url.searchParams.get('after'), url.searchParams.get('before')];
  if (times.some((time) => time !== null && Number.isNaN(Date.parse(time)))) {
    return { status: 400, message: 'invalid time' };
  }
  return null;
}

function parseQuery({ searchParams }: URL): Query {
  const time = (name: string, otherwise: number): number => {
    const text = searchParams.get(name);
    return text === null ? otherwise : Date.parse(text);
  };
  const limit = Number(searchParams.get('limit') ?? defaultLimit);
  const fields = searchParams.getAll('field_mask').flatMap((list) => list.split(','));
  // The first field below `up.uplink_message` decides; of what lies deeper only the data rate comes alone.
  const names = fields.flatMap(
    (field) => /^up\.uplink_message\.(settings\.data_rate$|[^.]+)/.exec(field)?.[1] ?? [],
  );
  const isWhole = fields.length === 0 || fields.includes('up.uplink_message');
  return {
    from: Number(searchParams.get('continuation_token') ?? 0),
    afterMs: time('after', -Infinity) - serverDelayMs,
    beforeMs: time('before', Infinity) - serverDelayMs,
    limit: Number.isInteger(limit) && limit > 0 ? limit : defaultLimit,
    mask: fieldMask(isWhole ? null : new Set(names)),
  };
}
