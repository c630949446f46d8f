import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { devEui } from '../support/builders.ts';

/**
 * The Storage Integration of a network server that kept many uplinks, as fast as one reader asks: pages of
 * JSON lines with a continuation token, each message with the fields that we ask for. Arguments: number of
 * uplinks, of devices, and the time of the first uplink in ms; they come every 50 ms.
 */
const [count = 0, devices = 1, firstMs = 0] = process.argv.slice(2).map(Number);
const everyMs = 50;

type Json = Record<string, unknown>;
const { tts } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/network-server-messages.json'), 'utf8'),
) as { tts: { up: { payload: Json } } };
const { end_device_ids, uplink_message } = tts.up.payload as {
  end_device_ids: Json;
  uplink_message: Json;
};
const { session_key_id, rx_metadata, settings, last_battery_percentage } = uplink_message;
const parts = JSON.stringify({
  result: {
    end_device_ids: { ...end_device_ids, dev_eui: '@dev@' },
    received_at: '@now@',
    uplink_message: {
      session_key_id,
      f_port: 1,
      f_cnt: '@cnt@',
      frm_payload: '@pay@',
      rx_metadata,
      settings: { data_rate: (settings as Json)['data_rate'] },
      received_at: '@now@',
      last_battery_percentage,
    },
  },
}).split(/("@(?:dev|cnt|pay|now)@")/);

const lineOf = (n: number): string => {
  const frame = Math.floor(n / devices);
  const values: Record<string, string> = {
    '"@dev@"': `"${devEui((n % devices) + 1)}"`,
    '"@cnt@"': String(frame),
    '"@pay@"': frame % 2 ? '"AQ=="' : '"AA=="',
    '"@now@"': `"${new Date(firstMs + n * everyMs).toISOString()}"`,
  };
  let text = '';
  for (const part of parts) text += values[part] ?? part;
  return `${text}\n\n`;
};

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '', 'http://localhost');
  const token = searchParams.get('continuation_token');
  const afterMs = Date.parse(searchParams.get('after') ?? '');
  const beforeMs = Date.parse(searchParams.get('before') ?? '');
  const from = token ? Number(token) : Math.max(0, Math.floor((afterMs - firstMs) / everyMs) + 1);
  const until = Math.min(count, Math.ceil((beforeMs - firstMs) / everyMs));
  const to = Math.min(until, from + Number(searchParams.get('limit')));
  let text = '';
  for (let n = from; n < to; n += 1) text += lineOf(n);
  const hasMore = to < until;
  response
    .writeHead(200, {
      'content-type': 'text/event-stream',
      ...(hasMore && { 'x-continuation-token': String(to) }),
    })
    .end(text);
}).listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : 0);
});
process.once('disconnect', () => process.exit());
