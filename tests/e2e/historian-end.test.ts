import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { State } from '../../services/contract/state.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { startProduct, type Product } from '../support/product.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { ttsUplink } from '../support/tts-uplink.ts';
import { waitFor } from '../support/wait-for.ts';

const config = deploymentFolder(10, {
  sources: [{ kind: 'webhook', from: 'tts', bearer: { secret: 'WEBHOOK_KEY' } }],
});
const data = temporaryDirectory();
const start = (env: Readonly<Record<string, string>> = {}): Promise<Product> =>
  startProduct(['--config', config, '--data', data], { WEBHOOK_KEY: 'key', ...env });

let fCnt = 0;
async function report(product: Product): Promise<void> {
  fCnt += 1;
  const answer = await fetch(`${product.url}/ingest/tts`, {
    method: 'POST',
    headers: { authorization: 'Bearer key' },
    body: ttsUplink({ space: fCnt % 10, fCnt, occupied: fCnt % 2 === 0, atMs: Date.now() }),
  });
  expect(answer.status).toBe(200);
}

/** A module that does something in the historian's thread once a file is there. */
function dyingBy(statement: string): { readonly options: string; readonly now: () => void } {
  const dir = temporaryDirectory();
  const sign = join(dir, 'now');
  const code = `
    import { existsSync } from 'node:fs';
    import { workerData } from 'node:worker_threads';
    if (workerData?.settings?.dataDir)
      setInterval(() => { if (existsSync(${JSON.stringify(sign)})) { ${statement} } }, 20).unref();`;
  writeFileSync(join(dir, 'die.mjs'), code);
  return { options: `--import ${join(dir, 'die.mjs')}`, now: () => writeFileSync(sign, '') };
}

test.each([
  ['an exception that nobody catches', `throw new Error('beyond repair')`, 'beyond repair'],
  ['an exit', 'process.exit(7)', 'exit code 7'],
])(
  '%s in the historian’s thread ends the process with a sentence; nothing is lost',
  async (_, statement, reason) => {
    const { options, now } = dyingBy(statement);
    const product = await start({ NODE_OPTIONS: options });
    for (let reported = 0; reported < 20; reported += 1) await report(product);
    now();
    expect(await product.ended()).toBe(1);
    expect(product.output()).toContain(
      `the thread that keeps the history has ended (${reason}); what was received is in the log, and the next start goes on from there\n`,
    );

    const again = await start();
    const { history } = await waitFor(
      async () => {
        const state = (await again.json('/api/v1/state')) as State;
        return state.history.cursor >= fCnt && state;
      },
      { what: 'the history to have everything' },
    );
    expect(history).toMatchObject({ cursor: fCnt, problem: null });
    expect(await again.stop()).toBe(0);
  },
);
