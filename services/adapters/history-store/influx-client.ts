import { HttpError, InfluxDB, setLogger } from '@influxdata/influxdb-client';

import type { HistoryConfig } from '../../../config/schema.ts';
import { AppError } from '../../domain/errors.ts';
import { createTurns } from '../../domain/turns.ts';

export type InfluxdbConfig = Extract<HistoryConfig, { kind: 'influxdb' }>;

/** Lines of one request. More would not be faster (measured: 5,000 lines, two requests at a time). */
const linesPerRequest = 5_000;
const requestsAtOnce = 2;

/** Takes lines that the server refused, with its reason. */
export type Refuse = (lines: readonly string[], reason: string) => void;

export interface InfluxSeries {
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly (string | number | null)[])[];
}

/** One server of InfluxDB 1, 2 or 3, written in line protocol and read in InfluxQL. */
export interface InfluxClient {
  /** Resolves when every line is stored or has been refused. Throws `store-unavailable`. */
  write(lines: readonly string[], refuse: Refuse): Promise<void>;
  /** Times come as milliseconds. */
  query(influxQl: string): Promise<readonly InfluxSeries[]>;
  /** Deletes points of a measurement before a time; `tag` narrows it. Without effect on 3 Core. */
  deleteBefore(
    measurement: string,
    beforeMs: number,
    tag?: readonly [string, string],
  ): Promise<void>;
}

// Failures come as exceptions; the client would print them as well.
setLogger({ error: () => undefined, warn: () => undefined });

/** What the server says about a batch when single lines in it are at fault, or when it is too long. */
const isRefusal = (error: unknown): error is HttpError =>
  error instanceof HttpError && [400, 413, 422].includes(error.statusCode);

const isDatabaseMissing = (error: unknown): boolean =>
  error instanceof HttpError && error.statusCode === 404 && error.message.includes('database');

function toStoreError(cause: unknown, url: string): AppError {
  if (cause instanceof AppError) return cause;
  const retryable = true;
  if (cause instanceof HttpError && [401, 403].includes(cause.statusCode))
    return new AppError('store-unavailable', `InfluxDB at ${url} does not accept our credentials`, {
      cause,
      retryable,
    });
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new AppError(
    'store-unavailable',
    `InfluxDB at ${url} does not answer: ${reason.trim().slice(0, 200)}`,
    { cause, retryable },
  );
}

/**
 * The official client, without its own buffering: that drops the oldest lines when it is full, does
 * not retry 4xx and reports a failed automatic flush as success. `secret` is the token (2, 3) or the
 * password (1.x).
 */
export function createInfluxClient(
  config: InfluxdbConfig,
  secret: string | undefined,
): InfluxClient {
  const { api, url, database, organisation, timeoutS } = config;
  const timeoutMs = timeoutS * 1000;
  const credentials = `${config.username ?? ''}:${secret ?? ''}`;
  const authorization =
    api === '1' && config.username !== undefined
      ? `Basic ${Buffer.from(credentials).toString('base64')}`
      : api === '3' && secret !== undefined
        ? `Bearer ${secret}`
        : undefined;
  const influx = new InfluxDB({
    url,
    timeout: timeoutMs,
    ...(api === '2' && secret !== undefined && { token: secret }),
    ...(authorization !== undefined && { headers: { authorization } }),
  });
  const writeApi = influx.getWriteApi(organisation, database, 'us', {
    batchSize: linesPerRequest + 1,
    maxBatchBytes: Number.MAX_SAFE_INTEGER,
    flushInterval: 0,
    maxRetries: 0,
  });
  const db = encodeURIComponent(database);
  // 1.x older than 1.8 has no /api/v2/write and calls microseconds `u`.
  if (api === '1') writeApi.path = `/write?db=${db}&precision=u`;
  // Its other paths report a batch with bad lines as written.
  if (api === '3')
    writeApi.path = `/api/v3/write_lp?db=${db}&precision=microsecond&accept_partial=false`;
  const inSlot = createTurns(requestsAtOnce);

  const request = (path: string, body: string, method: 'GET' | 'POST'): Promise<unknown> =>
    influx.transport.request(path, body, {
      method,
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      },
      signal: AbortSignal.timeout(timeoutMs),
    });

  async function ask(influxQl: string): Promise<readonly InfluxSeries[]> {
    const q = new URLSearchParams({ q: influxQl }).toString();
    const answer = (await (q.length < 4_000 && influxQl.startsWith('SELECT')
      ? request(`/query?db=${db}&epoch=ms&${q}`, '', 'GET')
      : request(`/query?db=${db}&epoch=ms`, q, 'POST'))) as {
      readonly results?: readonly {
        readonly series?: readonly InfluxSeries[];
        readonly error?: string;
      }[];
    };
    const [result] = answer.results ?? [];
    if (result?.error?.includes('database not found') === true) return [];
    if (result?.error !== undefined) throw new Error(result.error);
    return result?.series ?? [];
  }

  /** The buffer is taken synchronously, so that requests at the same time do not mix. */
  const send = (lines: readonly string[]): Promise<void> => {
    writeApi.writeRecords([...lines]);
    return writeApi.flush();
  };

  async function sendToDatabase(lines: readonly string[]): Promise<void> {
    try {
      await send(lines);
    } catch (error) {
      if (api !== '1' || !isDatabaseMissing(error)) throw error;
      await ask(`CREATE DATABASE "${database}"`);
      await send(lines);
    }
  }

  /** Halves a refused batch until the lines at fault are alone; lines written twice stay one point. */
  async function sendOrRefuse(lines: readonly string[], refuse: Refuse): Promise<void> {
    try {
      await sendToDatabase(lines);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (lines.length <= 1) {
        refuse(lines, error.message.trim());
        return;
      }
      const middle = Math.ceil(lines.length / 2);
      await sendOrRefuse(lines.slice(0, middle), refuse);
      await sendOrRefuse(lines.slice(middle), refuse);
    }
  }

  const inOurWords = async <Answer>(work: Promise<Answer>): Promise<Answer> => {
    try {
      return await work;
    } catch (cause) {
      throw toStoreError(cause, url);
    }
  };

  return {
    async write(lines, refuse) {
      const parts: Promise<void>[] = [];
      for (let from = 0; from < lines.length; from += linesPerRequest) {
        const part = lines.slice(from, from + linesPerRequest);
        parts.push(inSlot(() => sendOrRefuse(part, refuse)));
      }
      // All of them: whoever writes the batch again must not meet its own requests.
      const results = await Promise.allSettled(parts);
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw toStoreError(failed.reason, url);
    },
    query: (influxQl) => inOurWords(ask(influxQl)),
    async deleteBefore(measurement, beforeMs, tag) {
      if (api === '3') return;
      const before = new Date(beforeMs).toISOString();
      if (api === '1') {
        const where = tag === undefined ? '' : ` AND "${tag[0]}" = '${tag[1]}'`;
        await inOurWords(ask(`DELETE FROM "${measurement}" WHERE time < '${before}'${where}`));
        return;
      }
      const predicate = `_measurement="${measurement}"${tag === undefined ? '' : ` AND ${tag[0]}="${tag[1]}"`}`;
      await inOurWords(
        influx.transport.request(
          `/api/v2/delete?org=${encodeURIComponent(organisation)}&bucket=${db}`,
          JSON.stringify({ start: '1970-01-01T00:00:00Z', stop: before, predicate }),
          { method: 'POST', signal: AbortSignal.timeout(timeoutMs) },
        ),
      );
    },
  };
}
