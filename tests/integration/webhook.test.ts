import { beforeEach, describe, expect, test } from 'vitest';
import { webhook } from '../../services/adapters/uplink-source/webhook.ts';
import { AppError } from '../../services/domain/errors.ts';
import { createWebhooks } from '../../services/publish/http/webhooks.ts';
import { onError } from '../../services/publish/http/problem.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { exampleMessages } from '../support/network-messages.ts';
import { createRecordingHandler, type RecordingHandler } from '../support/recording-handler.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';

const body = JSON.stringify(exampleMessages.tts['up']!.payload);
const authorization = 'Bearer correct horse';

describe('POST /ingest/tts', () => {
  let handler: RecordingHandler;
  let post: (
    body: string | ReadableStream<Uint8Array>,
    headers?: Record<string, string>,
  ) => Promise<number>;
  beforeEach(async () => {
    const source = webhook({
      config: {
        ...{ kind: 'webhook', name: 'hook', from: 'tts', bearer: { secret: 'HOOK' } },
        maxBodyKb: 4,
      },
      bearer: 'correct horse',
      clock: createManualClock(),
    });
    handler = createRecordingHandler();
    await source.start(handler);
    const app = createWebhooks({ tts: source });
    app.onError(onError(createRecordingLogger()));
    post = async (sent, headers = { authorization }) => {
      const request = { method: 'POST', body: sent, headers, duplex: 'half' } as const;
      return (await app.request('/ingest/tts', request)).status;
    };
  });

  test('is 200 when the uplink is in the log, and 503 while the log cannot be written', async () => {
    handler.trouble = new AppError('log-unavailable', 'disk full');
    expect(await post(body)).toBe(503);
    expect(handler.uplinks).toEqual([]);
    handler.trouble = null;
    expect(await post(body)).toBe(200);
    expect(handler.uplinks).toMatchObject([{ fCnt: 4021 }]);
  });

  test.each(['Bearer', 'bearer', 'BEARER', 'Bearer  '])(
    'takes the secret after %s: the name of a scheme has no case, and spaces end it',
    async (scheme) => {
      expect(await post(body, { authorization: `${scheme} correct horse` })).toBe(200);
      expect(handler.uplinks).toHaveLength(1);
    },
  );

  test.each([
    undefined,
    '',
    'correct horse',
    'Bearer correct hors',
    'Bearer correct horses',
    'Bearer Correct horse',
    'Bearercorrect horse',
    'Basic Y29ycmVjdCBob3JzZQ==',
    `Bearer ${'x'.repeat(100_000)}`,
  ])('refuses the authorization %s with 401 and reads nothing', async (wrong) => {
    expect(await post(body, wrong === undefined ? {} : { authorization: wrong })).toBe(401);
    expect(handler).toMatchObject({ uplinks: [], rejections: [] });
  });

  test.each([{}, { authorization: 'Bearer correct hors' }, { authorization }])(
    'reads no more than the limit, whoever sends it: %s',
    async (headers) => {
      expect(await post(' '.repeat(4096), headers)).toBe(
        headers.authorization === authorization ? 200 : 401,
      );
      expect(await post(' '.repeat(4097), headers)).toBe(413);
      let pulled = 0;
      const endless = new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled += 1;
          controller.enqueue(new Uint8Array(1024));
        },
      });
      expect(await post(endless, headers)).toBe(413);
      expect(pulled).toBeLessThan(10);
      expect(handler.uplinks).toEqual([]);
    },
  );
});
