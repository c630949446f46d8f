import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { AppError } from '../../domain/errors.ts';
import type { DevEui, EpochMs } from '../../domain/ids.ts';
import type { Result } from '../../domain/result.ts';
import type { Rejected, RejectReason, Uplink } from '../../domain/uplink.ts';
import type { Clock } from '../../ports/clock.ts';
import type { UplinkHistory, UplinkPage } from '../../ports/uplink-history.ts';
import { bodyOf, getStream } from './http-stream.ts';
import { readLines } from './ndjson.ts';

interface Rejection {
  readonly reason: RejectReason;
  readonly detail: string;
  readonly devEui: DevEui | null;
}

/** How stored messages are read: the same way as those that come by MQTT. */
export interface StoredFormat {
  /** What a line holds, and when the server stored it: a message, the server's word that it gave up, or neither. */
  readLine(
    line: Buffer,
    options: { readonly nowMs: EpochMs; readonly via: 'storage' },
  ):
    | {
        readonly storedAtMs: EpochMs | null;
        readonly told: Result<
          | { readonly kind: 'uplink'; readonly uplink: Uplink }
          | { readonly kind: 'event' | 'other' },
          Rejection
        >;
      }
    | 'error'
    | 'no-json'
    | 'no-message';
}

/** What a page asks for: the fields an uplink is made of, a quarter of the stored message. */
const fieldMask = [
  'end_device_ids',
  'received_at',
  'simulated',
  ...[
    'session_key_id',
    'f_port',
    'f_cnt',
    'frm_payload',
    'rx_metadata',
    'settings.data_rate',
    'received_at',
    'last_battery_percentage',
  ].map((field) => `up.uplink_message.${field}`),
].join(',');

const maxLineBytes = 1_000_000;
const keptCharacters = 16_384;
/** Waits longer than this are left to the caller. */
const longestWaitMs = 60_000;
const attempts = 5;
/** Marks a page token that is a time of ours, for servers that give none (before 3.26). */
const fromTime = 'time:';

const never = new AbortController().signal;

/** What an operator has to mend, in words. */
const refusals: Readonly<Record<number, string>> = {
  401: 'the server does not accept the key',
  403: 'the key may not read the traffic of the application',
  404: 'the server knows no such application, or its Storage Integration is not on',
};

const headerOf = (headers: IncomingHttpHeaders, name: string): string | undefined =>
  headers[name]?.toString();

/** Pause that a rate-limited answer asks for, in ms; headers as documented under "Rate limiting". */
function pauseMs(headers: IncomingHttpHeaders): number {
  const asked = ['x-rate-limit-retry', 'retry-after', 'x-rate-limit-reset']
    .map((name) => headerOf(headers, name))
    .find((value) => value !== undefined);
  const seconds = Number(asked ?? 1);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds * 1000) : 1000;
}

/** The server's own time, to the second below. */
function timeOf(headers: IncomingHttpHeaders): EpochMs | null {
  const atMs = Date.parse(headers.date ?? '');
  return Number.isNaN(atMs) ? null : atMs;
}

/**
 * The Storage Integration of The Things Stack v3 (documentation: Integrations, Storage Integration,
 * Retrieve Messages): a stream of JSON lines a page, oldest first. Times are those at which the
 * application server had the message. Waits where the server asks it to (429), up to a minute. Throws
 * `source-unavailable` or `rate-limited`, retryable where the same call may succeed later; a page that
 * broke off is an error as a whole, so that no part of it is taken for all.
 */
export function ttsStorage(options: {
  readonly url: string;
  /** With or without its tenant: `app@tenant`. */
  readonly application: string;
  readonly apiKey: string;
  readonly retentionMs: number | null;
  readonly format: StoredFormat;
  readonly clock: Clock;
  readonly pageSize?: number;
  readonly timeoutMs?: number;
}): UplinkHistory {
  const { apiKey, retentionMs, format, clock, pageSize = 1000, timeoutMs = 60_000 } = options;
  const [applicationId = ''] = options.application.split('@');
  const path = `/api/v3/as/applications/${encodeURIComponent(applicationId)}/packages/storage/uplink_message`;
  const endpoint = new URL(path, options.url);
  const { host } = endpoint;
  /** A server that does not know a field of the mask refuses it: then everything is asked for. */
  let isMasked = true;

  const wait = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = clock.after(ms, done);
      signal.addEventListener('abort', done);
    });
  const unavailable = (detail: string, retryable: boolean, cause?: unknown): AppError =>
    new AppError('source-unavailable', `stored uplinks of ${host}: ${detail}`, {
      retryable,
      cause,
    });

  async function request(url: URL, signal: AbortSignal, attempt = 1): Promise<IncomingMessage> {
    if (isMasked) url.searchParams.set('field_mask', fieldMask);
    else url.searchParams.delete('field_mask');
    const response = await getStream(
      url,
      { authorization: `Bearer ${apiKey}`, accept: 'text/event-stream' },
      AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    );
    const { statusCode: status = 0, headers } = response;
    if (status >= 200 && status < 300) return response;
    response.destroy();
    if (status === 400 && isMasked) {
      isMasked = false;
      return request(url, signal, attempt);
    }
    if (status === 429) {
      const ms = pauseMs(headers);
      if (attempt >= attempts || ms > longestWaitMs) {
        const detail = `stored uplinks of ${host}: too many requests, again in ${ms / 1000} s`;
        throw new AppError('rate-limited', detail, { retryable: true });
      }
      await wait(ms, signal);
      return request(url, signal, attempt + 1);
    }
    const detail = refusals[status] ?? `the server answers ${status}`;
    throw unavailable(detail, status >= 500 || status === 408);
  }

  async function read(response: IncomingMessage, nowMs: EpochMs) {
    const uplinks: Uplink[] = [];
    const rejected: Rejected[] = [];
    let count = 0;
    let lastMs = 0;
    const options = { nowMs, via: 'storage' } as const;
    const reject = (rejection: Rejection, line: Buffer): void =>
      void rejected.push({
        ...rejection,
        source: host,
        atMs: nowMs,
        raw: line.toString('utf8').slice(0, keptCharacters),
      });
    const take = (line: Buffer, isWhole: boolean): void => {
      const read = format.readLine(line, options);
      if (read === 'no-json' && !isWhole) throw unavailable('the answer broke off', true);
      if (read === 'error') throw unavailable('the server gave up within its answer', true);
      count += 1;
      if (read === 'no-json' || read === 'no-message') {
        const reason = read === 'no-json' ? 'malformed-json' : 'wrong-shape';
        reject({ reason, detail: 'a line that is no stored message', devEui: null }, line);
        return;
      }
      const { storedAtMs, told } = read;
      if (storedAtMs !== null && storedAtMs > lastMs) lastMs = storedAtMs;
      if (!told.ok) reject(told.error, line);
      else if (told.value.kind === 'uplink') uplinks.push(told.value.uplink);
    };
    for await (const { lines, isWhole } of readLines(bodyOf(response), maxLineBytes))
      for (const line of lines) take(line, isWhole);
    return { uplinks, rejected, count, lastMs };
  }

  return {
    retentionMs,
    async page({ fromMs, toMs, next, signal = never }): Promise<UplinkPage> {
      const token = next?.startsWith(fromTime) ? null : next;
      const afterMs =
        next === null || token !== null ? fromMs : Number(next.slice(fromTime.length));
      try {
        const response = await request(pageUrl(endpoint, afterMs, toMs, pageSize, token), signal);
        const { uplinks, rejected, count, lastMs } = await read(response, clock.now());
        const page = {
          uplinks,
          rejected,
          storedUntilMs: lastMs > 0 ? lastMs : null,
          answeredAtMs: timeOf(response.headers),
        };
        const following = headerOf(response.headers, 'x-continuation-token');
        if (following && count > 0) return { ...page, next: following };
        if (count < pageSize) return { ...page, next: null };
        // A full page of one millisecond would be asked for again and again.
        const resumeMs = lastMs > afterMs ? lastMs : afterMs + 2;
        return { ...page, next: `${fromTime}${resumeMs}` };
      } catch (cause) {
        if (cause instanceof AppError) throw cause;
        throw unavailable(cause instanceof Error ? cause.message : String(cause), true, cause);
      }
    },
  };
}

function pageUrl(
  endpoint: URL,
  afterMs: EpochMs,
  toMs: EpochMs,
  pageSize: number,
  token: string | null,
): URL {
  const url = new URL(endpoint);
  const query = {
    order: 'received_at',
    limit: String(pageSize),
    // Whether the bounds belong to it is not documented: a millisecond more does no harm.
    after: new Date(afterMs - 1).toISOString(),
    before: new Date(toMs).toISOString(),
    ...(token === null ? {} : { continuation_token: token }),
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}
