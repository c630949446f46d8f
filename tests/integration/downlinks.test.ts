import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { describe, expect, test } from 'vitest';
import { openDownlinks } from '../../services/adapters/downlinks/index.ts';
import { signSchema } from '../../services/contract/sign.ts';
import { devEui } from '../support/builders.ts';
import { startComposedTown, webhookSource } from '../support/composed-town.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { freePort } from '../support/temporary.ts';
import { startTtsDownlinkServer } from '../support/tts-downlink-server.ts';
import { waitFor } from '../support/wait-for.ts';

const downlink = {
  devEui: devEui(0xabc),
  deviceId: 'sign-1',
  fPort: 7,
  payload: Uint8Array.of(1, 0, 20),
  correlationId: '1bbcab1d-6ec6-4136-b3f5-d63be1dc08de',
};
const tts = { application: 'app', webhook: 'signs', apiKey: 'NNSXS.key' };
const secrets = new Map([['SIGNS', tts.apiKey]]);
const ttsConfig = (url: string) =>
  ({
    kind: 'tts-http',
    name: 'tts',
    url,
    application: tts.application,
    webhook: tts.webhook,
    apiKey: { secret: 'SIGNS' },
  }) as const;

describe('downlinks through The Things Stack', () => {
  test('replace the queue of the device with one item', async () => {
    const server = await startTtsDownlinkServer(tts);
    const downlinks = openDownlinks(ttsConfig(server.url), secrets, createRecordingLogger());
    await downlinks.replace({ ...downlink, payload: Uint8Array.of(9) });
    expect(await downlinks.replace(downlink)).toEqual({ ok: true, value: undefined });
    expect(server.queues.get('sign-1')).toEqual([
      {
        f_port: 7,
        frm_payload: 'AQAU',
        priority: 'NORMAL',
        correlation_ids: [downlink.correlationId],
      },
    ]);
    server.refusals.push(429);
    expect(await downlinks.replace(downlink)).toEqual({
      ok: false,
      error: 'the network server answered 429',
    });
    await server.stop();
    expect(await downlinks.replace(downlink)).toEqual({
      ok: false,
      error: 'the network server cannot be reached',
    });
    await downlinks.stop();
  });
});

describe('downlinks through ChirpStack', () => {
  const config = (url: string) =>
    ({ kind: 'chirpstack-mqtt', name: 'cs', url, applicationId: 'app-1' }) as const;

  test('are commands on its broker, with an id of ours', async () => {
    const mosquitto = await startMosquitto();
    const chirpstack = await connectAsync(mosquitto.url);
    const commands: { topic: string; command: unknown }[] = [];
    chirpstack.on('message', (topic, payload) =>
      commands.push({ topic, command: JSON.parse(payload.toString()) }),
    );
    await chirpstack.subscribeAsync('application/+/device/+/command/down', { qos: 1 });
    const downlinks = openDownlinks(config(mosquitto.url), new Map(), createRecordingLogger());
    expect((await downlinks.replace(downlink)).ok).toBe(true);
    await waitFor(() => commands.length === 1, { what: 'the command' });
    expect(commands[0]).toEqual({
      topic: 'application/app-1/device/0000000000000abc/command/down',
      command: {
        id: downlink.correlationId,
        devEui: '0000000000000abc',
        confirmed: false,
        fPort: 7,
        data: 'AQAU',
      },
    });
    await downlinks.stop();
    await chirpstack.endAsync();
    await mosquitto.stop();
  });

  test('fail, and say so, while the broker is away', async () => {
    const url = `mqtt://127.0.0.1:${await freePort()}`;
    const downlinks = openDownlinks(config(url), new Map(), createRecordingLogger());
    expect(await downlinks.replace(downlink)).toEqual({
      ok: false,
      error: 'the broker cannot be reached',
    });
    await downlinks.stop();
  });
});

test('a sign of the product is sent what it shows, and told as sent when the network says so', async () => {
  const server = await startTtsDownlinkServer({ ...tts, apiKey: 'secret' });
  const dir = deploymentFolder(20, { history: { kind: 'memory' }, sources: [webhookSource] });
  const sign = {
    id: 'north',
    name: 'North',
    location: { lat: 49.4, lon: 8.69 },
    sites: ['site-0', 'site-1'],
    device: { devEui: devEui(0xabc), server: 'tts', encoder: { kind: 'count-frame' } },
  };
  // The secret that the test's town knows.
  const servers = [{ ...ttsConfig(server.url), apiKey: webhookSource.bearer }];
  writeFileSync(join(dir, 'signs.json'), JSON.stringify({ servers, signs: [sign] }));
  const town = await startComposedTown(dir);
  const queue = () => server.queues.get('eui-0000000000000abc')?.[0];
  await town.report(
    Array.from({ length: 20 }, (_, n) => n),
    false,
  );
  await town.pass(70_000);
  await waitFor(() => queue()?.frm_payload === 'AQAU', { what: 'twenty vacant spaces' });

  const told = {
    end_device_ids: { device_id: 'eui-0000000000000abc', dev_eui: devEui(0xabc) },
    downlink_sent: { ...queue(), correlation_ids: ['as:down:1', ...queue()!.correlation_ids] },
  };
  await fetch(`${town.url}/ingest/tts`, {
    method: 'POST',
    headers: { authorization: 'Bearer secret' },
    body: JSON.stringify(told),
  });
  const shown = signSchema.parse(await (await town.send('GET', '/api/v1/signs/north')).json());
  expect(shown).toMatchObject({ kind: 'vacant', delivery: { state: 'sent', detail: null } });
  const page = await (await town.send('GET', '/api/v1/signs/north/preview')).text();
  expect(page).toContain('Letzte Nachricht: gesendet');
  await town.stop();
  await server.stop();
});
