import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Item {
  readonly f_port: number;
  readonly frm_payload: string;
  readonly correlation_ids: readonly string[];
}

/** The queue of each device as The Things Stack keeps it: `down/replace` puts the new items in its place. */
export async function startTtsDownlinkServer(options: {
  readonly application: string;
  readonly webhook: string;
  readonly apiKey: string;
}) {
  const queues = new Map<string, readonly Item[]>();
  const path = new RegExp(
    `^/api/v3/as/applications/${options.application}/webhooks/${options.webhook}/devices/([^/]+)/down/replace$`,
  );
  /** Statuses to answer with, once each. */
  const refusals: number[] = [];
  const server = createServer((request, response) => {
    const device = path.exec(request.url ?? '')?.[1];
    const isAllowed = request.headers.authorization === `Bearer ${options.apiKey}`;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const refusal = refusals.shift() ?? (isAllowed ? undefined : 403);
      if (refusal !== undefined || device === undefined || request.method !== 'POST') {
        response.writeHead(refusal ?? 404).end('{}');
        return;
      }
      const { downlinks } = JSON.parse(Buffer.concat(chunks).toString()) as { downlinks: Item[] };
      queues.set(device, downlinks);
      response.writeHead(200).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    queues,
    refusals,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
