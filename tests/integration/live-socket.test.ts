import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createLiveSocket } from '../../services/publish/live-socket.ts';
import type { LiveClient, LiveFrameText, LiveHub } from '../../services/publish/live.ts';
import { upgradeRequest } from '../support/live-clients.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { waitFor } from '../support/wait-for.ts';

/** The WebSocket end of a hub that does nothing but connect, on a free port. */
async function serve(connect: LiveHub['connect']) {
  const socket = createLiveSocket({
    hub: { connect, clients: () => 0, start: () => undefined, stop: () => undefined },
    clock: createManualClock(),
    clientOf: () => '',
    countRequest: () => null,
  });
  const http = createServer().on('upgrade', socket.upgrade).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const stop = (): void => {
    socket.stop();
    http.close();
  };
  return { port: (http.address() as AddressInfo).port, stop };
}

describe('a frame on a WebSocket', () => {
  // The lengths at which the header of a message changes, and either side of them.
  test.each([0, 1, 125, 126, 65_535, 65_536, 200_000])(
    'of %i bytes arrives whole',
    async (length) => {
      const bytes = Buffer.alloc(length, 'x');
      const frame: LiveFrameText = { type: 'delta', cursor: 'epoch1.1', bytes };
      const { port, stop } = await serve((client) => ({
        subscribe: () => client.send(frame),
        end: () => undefined,
      }));
      const client = new WebSocket(`ws://127.0.0.1:${port}/api/v1/live`);
      const [got, isBinary] = (await once(client, 'message')) as [Buffer, boolean];
      expect(got.equals(bytes)).toBe(true);
      expect(isBinary).toBe(false);
      client.close();
      await once(client, 'close');
      stop();
    },
  );
});

test('who pings and talks nonsense without reading is told nothing more', async () => {
  let told: LiveClient | undefined;
  let subscriptions = 0;
  const { port, stop } = await serve((client) => {
    told = client;
    return { subscribe: () => (subscriptions += 1), end: () => undefined };
  });
  const deaf = connect(port, '127.0.0.1');
  deaf.pause();
  deaf.write(upgradeRequest);
  await waitFor(() => subscriptions === 1);
  /** A whole frame as a client sends it, its mask all zeros. */
  const frame = (opcode: number, text: string) =>
    Buffer.concat([Buffer.of(0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0), Buffer.from(text)]);
  const [text, ping] = [1, 9];
  const words = Buffer.concat([frame(ping, 'x'.repeat(125)), frame(text, '{')]);
  const many = Buffer.concat(Array<Buffer>(1_000).fill(words));
  for (let sent = 0; sent < 100; sent += 1) if (!deaf.write(many)) await once(deaf, 'drain');
  deaf.write(frame(text, '{"type":"subscribe"}'));
  await waitFor(() => subscriptions === 2, { what: 'everything to be heard' });
  expect(told?.bufferedBytes()).toBeLessThan(1024 * 1024);
  deaf.destroy();
  stop();
});
