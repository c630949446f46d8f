import { deploymentFolder } from './deployment-folder.ts';
import { createFaultyNetwork } from './faulty-network.ts';
import type { State } from '../../services/contract/state.ts';
import { startProduct, type Product } from './product.ts';
import { temporaryDirectory } from './temporary.ts';
import { startTtsStorageServer } from './tts-storage-server.ts';
import { waitFor } from './wait-for.ts';

const devices = 40;
const keys = { TTS_KEY: 'storage-key', WEBHOOK_KEY: 'webhook-key' };

/** For a history: everything there is. */
export const always = { fromMs: 0, toMs: 1e13 };
/** Accounts of a network whose every uplink was found. */
export const none = { lost: [], twice: [], invented: [] };

/** A deployment behind The Things Stack at a broker, its storage and its webhook, not started yet. */
export async function faultyDeployment(
  brokerUrl: string,
  seed: number,
  more: Parameters<typeof deploymentFolder>[1] = {},
) {
  const storage = await startTtsStorageServer({ application: 'app', apiKey: keys.TTS_KEY });
  const config = deploymentFolder(devices, {
    sources: [
      {
        kind: 'tts-mqtt',
        url: brokerUrl,
        application: 'app@tenant',
        storage: { url: storage.url, apiKey: { secret: 'TTS_KEY' }, overlapS: 2 },
      },
      { kind: 'webhook', from: 'tts', bearer: { secret: 'WEBHOOK_KEY' } },
    ],
    ...more,
  });
  const network = createFaultyNetwork({
    seed,
    devices,
    brokerUrl,
    webhookKey: keys.WEBHOOK_KEY,
    store: (messages) => storage.store(messages),
  });
  await network.connected();
  return { config, data: temporaryDirectory(), network, storage };
}

/** The product, once it listens to the network. */
export async function startConnected(config: string, data: string): Promise<Product> {
  const product = await startProduct(['--config', config, '--data', data], keys);
  await waitFor(async () => (await stateOf(product)).sources[0]?.state === 'connected', {
    what: 'the source to be connected',
  });
  return product;
}

/** What `/api/v1/state` says. */
export const stateOf = async (product: Product) => (await product.json('/api/v1/state')) as State;
