import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startProduct } from '../support/product.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { waitFor } from '../support/wait-for.ts';

/**
 * Holds the feeds of running deployments before a judge from outside: `npm run judge -- PROGRAM` calls
 * PROGRAM with the address of the demo and of the county, both simulated, and fails when it fails.
 */
const [program] = process.argv.slice(2);
if (program === undefined) {
  console.error('usage: npm run judge -- PROGRAM');
  process.exit(2);
}

async function judge(deployment: string): Promise<boolean> {
  const args = ['--config', `config/${deployment}`, '--simulate', '--data', temporaryDirectory()];
  const product = await startProduct(args);
  await waitFor(() => product.output().includes('the town lives'), {
    what: 'the simulated past',
    timeoutMs: 600_000,
  });
  console.log(`== ${deployment}`);
  const child = spawn(program!, [product.url], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  await product.stop();
  return code === 0;
}

const results = [await judge('demo'), await judge('landkreis-boeblingen')];
process.exit(results.every(Boolean) ? 0 : 1);
