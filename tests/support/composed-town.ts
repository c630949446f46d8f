import { loadConfig } from '../../config/load.ts';
import { compose } from '../../services/app/compose.ts';
import { toDeployed } from '../../services/app/inventory.ts';
import { createManualClock } from './manual-clock.ts';
import { createRecordingLogger } from './recording-logger.ts';
import { temporaryDirectory } from './temporary.ts';
import { ttsUplink } from './tts-uplink.ts';

const stepMs = 5_000;

/** What a deployment needs so that a test can be its network server. */
export const webhookSource = {
  kind: 'webhook',
  from: 'tts',
  bearer: { secret: 'WEBHOOK' },
} as const;

/**
 * The whole product in this process behind its real HTTP server, on a deployment folder with
 * `webhookSource`; its time moves by hand only.
 */
export async function startComposedTown(dir: string, dashboardDirectory: string | null = null) {
  const env = { WEBHOOK: 'secret' };
  const clock = createManualClock();
  const logger = createRecordingLogger();
  const read = () => toDeployed(loadConfig(dir, new Set(['bosch-tps110']), env));
  const app = await compose({
    deployed: read(),
    dataDir: temporaryDirectory(),
    port: 0,
    isSimulated: false,
    dashboardDirectory,
    clock,
    logger,
  });
  await app.start();
  // The guide begins when the past is there.
  await app.caughtUp(() => undefined);
  const url = `http://127.0.0.1:${app.port()}`;
  let fCnt = 0;

  return {
    url,
    clock,
    logger,
    send: (method: string, path: string, body?: unknown): Promise<Response> =>
      fetch(url + path, {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      }),
    /** The sensors of these spaces say that they are occupied, or vacant. */
    async report(spaces: readonly number[], occupied: boolean): Promise<void> {
      fCnt += 1;
      for (const space of spaces) {
        const { status } = await fetch(`${url}/ingest/tts`, {
          method: 'POST',
          headers: { authorization: `Bearer ${env.WEBHOOK}` },
          body: ttsUplink({ space, fCnt, occupied, atMs: clock.now() }),
        });
        if (status >= 300) throw new Error(`an uplink was refused with ${status}`);
      }
    },
    /** Lets time pass, step by step, so that what is begun in between can end. */
    async pass(byMs: number): Promise<void> {
      for (let left = byMs; left > 0; left -= stepMs) {
        clock.advance(Math.min(left, stepMs));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    reload: () => app.reload(read),
    stop: () => app.stop(),
  };
}
export type ComposedTown = Awaited<ReturnType<typeof startComposedTown>>;
