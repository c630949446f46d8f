import { readFileSync } from 'node:fs';
import { connectAsync } from 'mqtt';
import { describe, expect, test } from 'vitest';
import type { State } from '../../services/contract/state.ts';
import { createCertificate } from '../support/certificate.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { startProduct } from '../support/product.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { startTtsStorageServer } from '../support/tts-storage-server.ts';
import { ttsUplink } from '../support/tts-uplink.ts';
import { waitFor } from '../support/wait-for.ts';

const stateOf = async (product: { json(path: string): Promise<unknown> }) =>
  (await product.json('/api/v1/state')) as State;

describe('a network server that speaks TLS', () => {
  test('is listened to with its certificate and password, and refused with another certificate', async () => {
    const tls = createCertificate();
    const users = { 'app@tenant': 'NNSXS.KEY' };
    const broker = await startMosquitto({ tls, users });
    const config = deploymentFolder(2, {
      sources: [
        {
          kind: 'tts-mqtt',
          url: broker.url,
          application: 'app@tenant',
          apiKey: { secret: 'TTS_API_KEY' },
        },
      ],
    });
    const start = (authority: string) =>
      startProduct(['--config', config, '--data', temporaryDirectory()], {
        TTS_API_KEY: users['app@tenant'],
        NODE_EXTRA_CA_CERTS: authority,
      });
    const trusting = await start(tls.certificate);
    await waitFor(async () => (await stateOf(trusting)).sources[0]?.state === 'connected', {
      what: 'the source to be connected',
    });
    const network = await connectAsync(broker.url, {
      ca: readFileSync(tls.certificate),
      username: 'app@tenant',
      password: users['app@tenant'],
    });
    await network.publishAsync(
      'v3/app@tenant/devices/sensor-0/up',
      ttsUplink({ space: 0, fCnt: 1, occupied: true, atMs: Date.now() }),
    );
    await waitFor(async () => (await stateOf(trusting)).uplinks.received === 1, {
      what: 'the uplink',
    });
    await network.endAsync();
    expect(await trusting.stop()).toBe(0);

    const doubting = await start(createCertificate().certificate);
    const problem = await waitFor(async () => (await stateOf(doubting)).sources[0]?.problem, {
      what: 'the refusal',
    });
    expect(problem).toMatch(/certificate/);
    expect(await doubting.stop()).toBe(0);
    await broker.stop();
  });

  test('hands out stored uplinks to who trusts its certificate, and is named to who does not', async () => {
    const tls = createCertificate();
    const [broker, storage] = await Promise.all([
      startMosquitto(),
      startTtsStorageServer({ application: 'app', apiKey: 'KEY', tls }),
    ]);
    const atMs = Date.now() - 60_000;
    storage.store([
      JSON.parse(ttsUplink({ space: 0, fCnt: 1, occupied: true, atMs })) as Record<string, unknown>,
    ]);
    const config = deploymentFolder(2, {
      sources: [
        {
          kind: 'tts-mqtt',
          url: broker.url,
          application: 'app@tenant',
          storage: { url: storage.url, apiKey: { secret: 'KEY' } },
        },
      ],
    });
    const start = (authority: string) =>
      startProduct(['--config', config, '--data', temporaryDirectory()], {
        KEY: 'KEY',
        NODE_EXTRA_CA_CERTS: authority,
      });

    const trusting = await start(tls.certificate);
    await waitFor(async () => (await stateOf(trusting)).uplinks.received === 1, {
      what: 'the stored uplink',
    });
    expect(await trusting.stop()).toBe(0);

    const doubting = await start(createCertificate().certificate);
    await waitFor(
      async () => (await doubting.text('/readyz')).includes('self-signed certificate'),
      {
        what: 'the refusal',
      },
    );
    expect((await stateOf(doubting)).uplinks.received).toBe(0);
    expect(await doubting.stop()).toBe(0);
    await Promise.all([broker.stop(), storage.stop()]);
  });
});
