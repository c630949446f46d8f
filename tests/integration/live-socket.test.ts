import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createLiveSocket } from '../../services/publish/live-socket.ts';
import type { LiveFrameText } from '../../services/publish/live.ts';
import { createManualClock } from '../support/manual-clock.ts';

describe('a frame on a WebSocket', () => {
  // The lengths at which the header of a message changes, and either side of them.
  test.each([0, 1, 125, 126, 65_535, 65_536, 200_000])(
    'of %i bytes arrives whole',
    async (length) => {
      const bytes = Buffer.alloc(length, 'x');
      const frame: LiveFrameText = { type: 'delta', cursor: 'epoch1.1', bytes };
      const socket = createLiveSocket({
        hub: {
          connect: (client) => ({ subscribe: () => client.send(frame), end: () => undefined }),
          clients: () => 0,
          start: () => undefined,
          stop: () => undefined,
        },
        clock: createManualClock(),
        clientOf: () => '',
      });
      const http = createServer().on('upgrade', socket.upgrade).listen(0, '127.0.0.1');
      await once(http, 'listening');
      const client = new WebSocket(
        `ws://127.0.0.1:${(http.address() as AddressInfo).port}/api/v1/live`,
      );
      const [got, isBinary] = (await once(client, 'message')) as [Buffer, boolean];
      expect(got.equals(bytes)).toBe(true);
      expect(isBinary).toBe(false);
      client.close();
      await once(client, 'close');
      socket.stop();
      http.close();
    },
  );
});
