import { connectAsync } from 'mqtt';
import type { SourceConfig } from '../../config/schema.ts';
import { systemClock } from '../../services/adapters/clock/system.ts';
import { openUplinkSource } from '../../services/adapters/uplink-source/index.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { waitFor } from '../support/wait-for.ts';
import { perSecond, quantile, startPeer, type Figure } from './measure.ts';
import { startInProcess } from './product.ts';

const uplinks = 150_000;
const numberOfSpaces = 1000;

type Flavour = 'tts' | 'chirpstack';

/** Starts a publisher that sends `uplinks` to the next subscriber; rates count from the first uplink on. */
async function fromBlaster<Result>(
  flavour: Flavour,
  run: (url: string) => Promise<Result>,
): Promise<Result> {
  const { child, said } = await startPeer('blaster.ts', [String(uplinks), flavour]);
  try {
    return await run(`mqtt://127.0.0.1:${String(said)}`);
  } finally {
    child.kill();
  }
}

const sourceOf = (flavour: Flavour, url: string): SourceConfig =>
  flavour === 'tts'
    ? { kind: 'tts-mqtt', name: 'bench', url, application: 'app@tenant', silenceAfterS: 600 }
    : {
        kind: 'chirpstack-mqtt',
        name: 'bench',
        url,
        applicationId: '+',
        clientId: 'bench',
        silenceAfterS: 600,
      };

/** mqtt.js with a handler that does nothing: nobody who uses it can be faster. */
const rawReceive = (flavour: Flavour, qos: 0 | 1): Promise<number> =>
  fromBlaster(flavour, async (url) => {
    const client = await connectAsync(url, { protocolVersion: 4, reconnectPeriod: 0 });
    let got = 0;
    let firstMs = 0;
    const done = new Promise<number>((resolve) => {
      client.on('message', () => {
        if (got === 0) firstMs = performance.now();
        got += 1;
        if (got === uplinks) resolve(performance.now());
      });
    });
    await client.subscribeAsync('+/up', { qos });
    const tookMs = (await done) - firstMs;
    await client.endAsync(true);
    return perSecond(uplinks, tookMs);
  });

/** Our source with a handler that does nothing: what parsing the envelope costs. */
const receiveOnly = (flavour: Flavour): Promise<number> =>
  fromBlaster(flavour, async (url) => {
    const clock = systemClock();
    const source = openUplinkSource(
      sourceOf(flavour, url),
      new Map(),
      clock,
      createRecordingLogger(),
    );
    let got = 0;
    let firstMs = 0;
    await new Promise<void>((resolve, reject) => {
      const handler = {
        receive: (received: readonly unknown[]) => {
          if (got === 0) firstMs = performance.now();
          got += received.length;
          if (got === uplinks) resolve();
        },
        event: () => undefined,
        rejected: ({ reason }: { reason: string }) => reject(new Error(`rejected: ${reason}`)),
      };
      source.start(handler).catch(reject);
    });
    const tookMs = performance.now() - firstMs;
    await source.stop();
    return perSecond(uplinks, tookMs);
  });

/** Everything: log, decode, state, live hub and history; done when the history has the last uplink. */
const fullIngest = (flavour: Flavour): Promise<number> =>
  fromBlaster(flavour, async (url) => {
    const app = await startInProcess(numberOfSpaces, { sources: [sourceOf(flavour, url)] });
    await waitFor(() => app.status().lastLogged > 0, {
      what: 'the first uplink',
      timeoutMs: 30_000,
    });
    const startedMs = performance.now();
    const before = app.status().lastLogged;
    await waitFor(() => app.status().recorded >= uplinks, {
      what: 'the history to be complete',
      timeoutMs: 120_000,
    });
    const tookMs = performance.now() - startedMs;
    await app.stop();
    return perSecond(uplinks - before, tookMs);
  });

/** Each is measured so often, turn by turn: on shared cores one and the same rate moves by a third. */
const rounds = 5;
const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Receive-only and full ingest at both qualities of service, against mqtt.js alone: medians of five rounds. */
export async function benchIngest(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [flavour, qos, ratio] of [
    ['tts', 0, 0.18],
    ['chirpstack', 1, 0.25],
  ] as const) {
    const raw: number[] = [];
    const received: number[] = [];
    const ingested: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      raw.push(await rawReceive(flavour, qos));
      received.push(await receiveOnly(flavour));
      ingested.push(await fullIngest(flavour));
    }
    const limit = { name: `mqtt.js receive, QoS ${qos}`, value: median(raw) };
    const unit = 'uplinks/s';
    figures.push(
      {
        name: `receive only, ${flavour}, QoS ${qos}`,
        value: median(received),
        unit,
        limit,
        target: null,
      },
      {
        name: `full ingest, ${flavour}, QoS ${qos}`,
        value: median(ingested),
        unit,
        limit,
        target: { ratio },
      },
    );
  }
  return figures;
}
