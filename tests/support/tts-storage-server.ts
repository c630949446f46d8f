import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

/** What can go wrong with one answer; each is done once, in order. */
export type StorageFault =
  /** Too many requests; come again after so many seconds. */
  | { readonly kind: 'rate-limit'; readonly seconds: number }
  | { readonly kind: 'status'; readonly status: number }
  /** The connection breaks after half of the answer. */
  | { readonly kind: 'cut' }
  /** The answer ends in the middle of a line as if that were all. */
  | { readonly kind: 'torn-line' }
  /** Lines that are no stored messages stand between the others. */
  | { readonly kind: 'wrong-lines' }
  /** The server fails after the first lines and says so in the stream. */
  | { readonly kind: 'error-line' }
  /** No answer at all. */
  | { readonly kind: 'hang' }
  /** Nothing comes after half of the answer. */
  | { readonly kind: 'stall' };

export interface TtsStorageServer {
  readonly url: string;
  /** Query of every request so far. */
  readonly requests: readonly URLSearchParams[];
  readonly faults: StorageFault[];
  /** Adds stored messages; their top-level `received_at` places them. */
  store(messages: readonly Json[]): void;
  stop(): Promise<void>;
}

/**
 * Speaks the retrieval part of The Things Stack's Storage Integration, as documented: a stream of JSON
 * lines with blank lines between, bounds on `received_at`, pages by continuation token (unless `tokens` is
 * 'none', as before version 3.26; `mask` 'refused' knows no field mask), and misbehaves when it is told to.
 */
export async function startTtsStorageServer(options: {
  readonly application: string;
  readonly apiKey: string;
  readonly tokens?: 'none';
  readonly mask?: 'refused';
  /** PEM files; plain HTTP without. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** The server's clock. */
  readonly now?: () => number;
}): Promise<TtsStorageServer> {
  const { now = Date.now } = options;
  const stored: { readonly atMs: number; readonly message: Json }[] = [];
  const requests: URLSearchParams[] = [];
  const faults: StorageFault[] = [];
  const path = `/api/v3/as/applications/${options.application}/packages/storage/uplink_message`;

  /** The status, and headers with it, when the request or a fault does not let it be answered. */
  function refusal(
    request: IncomingMessage,
    url: URL,
    fault: StorageFault | undefined,
  ): readonly [number, Record<string, number>?] | undefined {
    const { authorization, accept } = request.headers;
    if (url.pathname !== path) return [404];
    if (authorization !== `Bearer ${options.apiKey}`) return [401];
    if (accept !== 'text/event-stream') return [406];
    if (options.mask === 'refused' && url.searchParams.has('field_mask')) return [400];
    if (fault?.kind === 'status') return [fault.status];
    if (fault?.kind !== 'rate-limit') return undefined;
    const limits = { limit: 10, available: 0, reset: fault.seconds, retry: fault.seconds };
    return [
      429,
      Object.fromEntries(Object.entries(limits).map(([name, n]) => [`x-rate-limit-${name}`, n])),
    ];
  }

  /** Nothing is lost by a mask that names what a field lies in. */
  const masked = (message: Json, mask: string | null): Json => {
    if (mask === null) return message;
    const kept = mask
      .split(',')
      .map((name) => name.replace('up.uplink_message.', '').split('.')[0]);
    const uplink = Object.entries(message['uplink_message'] as Json);
    return {
      ...message,
      uplink_message: Object.fromEntries(uplink.filter(([name]) => kept.includes(name))),
    };
  };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://localhost');
    const { searchParams: query } = url;
    requests.push(query);
    const fault = faults.shift();
    const refused = refusal(request, url, fault);
    if (refused) {
      response.writeHead(...refused).end(JSON.stringify({ code: refused[0] }));
      return;
    }
    if (fault?.kind === 'hang') return;

    const afterMs = Date.parse(query.get('after') ?? '');
    const beforeMs = Date.parse(query.get('before') ?? '');
    const limit = Number(query.get('limit'));
    const skip = Number(query.get('continuation_token') ?? 0);
    const matching = stored.filter(({ atMs }) => atMs > afterMs && atMs < beforeMs);
    const page = matching.slice(skip, skip + limit);
    const hasMore = matching.length > skip + limit && options.tokens !== 'none';
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      date: new Date(now()).toUTCString(),
      ...(hasMore ? { 'x-continuation-token': String(skip + limit) } : {}),
    });
    const lines = page.map(({ message }) =>
      JSON.stringify({ result: masked(message, query.get('field_mask')) }),
    );
    writeLines(response, lines, fault);
  }

  const { tls } = options;
  const server = tls
    ? createSecureServer(
        { cert: readFileSync(tls.certificate), key: readFileSync(tls.key) },
        answer,
      )
    : createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    faults,
    store(messages) {
      for (const message of messages) {
        stored.push({ atMs: Date.parse(String(message['received_at'])), message });
      }
      stored.sort((a, b) => a.atMs - b.atMs);
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function writeLines(
  response: ServerResponse,
  lines: readonly string[],
  fault: StorageFault | undefined,
): void {
  const half = lines.slice(0, Math.ceil(lines.length / 2));
  switch (fault?.kind) {
    case 'cut':
      response.write(half.join('\n\n') + '\n', () => response.destroy());
      return;
    case 'stall':
      response.write(half.join('\n\n') + '\n');
      return;
    case 'torn-line':
      response.end(half.join('\n\n').slice(0, -10));
      return;
    case 'error-line':
      response.end([...half, '{"error":{"code":14}}', ''].join('\n\n'));
      return;
    case 'wrong-lines':
      response.end(['not json', '{"result":7}', ...lines, '{"result":{}}', ''].join('\r\n'));
      return;
    default:
      response.end(lines.join('\n\n') + '\n');
  }
}
