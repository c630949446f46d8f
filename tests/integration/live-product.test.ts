import { expect, test } from 'vitest';
import type { LiveFrame } from '../../services/contract/live.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { data, openStream, openWebSocket } from '../support/live-clients.ts';
import { startProduct } from '../support/product.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { ttsUplink } from '../support/tts-uplink.ts';
import { waitFor } from '../support/wait-for.ts';

test('a sensor’s news reach the WebSocket and the event stream of the running program', async () => {
  const secret = 'a secret of the network server';
  const folder = deploymentFolder(20, {
    sources: [{ kind: 'webhook', from: 'tts', bearer: { secret: 'HOOK' } }],
  });
  const product = await startProduct(['--config', folder, '--data', temporaryDirectory()], {
    HOOK: secret,
  });
  const socket = await openWebSocket(product.url, '?sites=site-1');
  const stream = await openStream(product.url, '?kinds=spaces');
  await Promise.all([socket.got(1), stream.got(1)]);
  const posted = await fetch(`${product.url}/ingest/tts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: ttsUplink({ space: 13, fCnt: 1, occupied: true, atMs: Date.now() }),
  });
  expect(posted.ok).toBe(true);
  // On a busy machine there are heartbeats before the news.
  const isNews = ({ type }: LiveFrame): boolean => type !== 'heartbeat';
  const newsOf = (frames: () => readonly LiveFrame[]): Promise<LiveFrame> =>
    waitFor(() => frames().filter(isNews)[1], { what: 'the news' });
  expect(data(await newsOf(() => socket.frames))).toMatchObject({
    sites: [{ id: 'site-1', numberOfKnownSpaces: 1 }],
    spaces: [{ id: 'space-13', status: 'occupied' }],
  });
  const told = data(await newsOf(() => stream.events.map(({ frame }) => frame)));
  expect(told.spaces.map(({ id }) => id)).toEqual(['space-13']);
  expect(await product.stop()).toBe(0);
  expect(await stream.ended()).toBe('whole');
  await socket.closed();
});
