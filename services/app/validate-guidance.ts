import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { createExperiments, type Ledger } from '../../simulators/guidance-town/experiments.ts';
import { validate, type Report } from '../../simulators/guidance-town/report.ts';
import type { Summary } from '../../simulators/guidance-town/summary.ts';
import { createTown } from '../../simulators/guidance-town/town.ts';

const streets = new URL('../../simulators/sources/heidelberg-streets.geojson', import.meta.url);
const record = new URL('../decisions/0031-guidance-by-scarcity-price.md', import.meta.url);
const [begin, end] = ['<!-- tables: npm run validate:guidance -->', '<!-- end of tables -->'];

/** The decision record with its tables replaced; its words stay. */
function withTables(text: string, { markdown }: Report): string {
  const before = text.slice(0, text.indexOf(begin) + begin.length);
  const after = text.slice(text.indexOf(end));
  return `${before}\n\n${markdown}\n\n${after}`;
}

/** Runs by key, in memory and, with a file, a JSON line each: ended at any time, it goes on from there. */
function openLedger(file: string | undefined): Ledger {
  const runs = new Map<string, Summary>();
  if (file !== undefined && existsSync(file))
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      // The last line may be torn.
      if (!line.endsWith('}')) continue;
      const { key, summary } = JSON.parse(line) as { key: string; summary: Summary };
      runs.set(key, summary);
    }
  return {
    find: (key) => runs.get(key),
    keep(key, summary) {
      runs.set(key, summary);
      if (file !== undefined) appendFileSync(file, `${JSON.stringify({ key, summary })}\n`);
    },
  };
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '8' },
    'factor-seeds': { type: 'string', default: '8' },
    'kerb-draw': { type: 'string', default: '1' },
    /** Keeps every run in this file, and does not make again what is in it. */
    resume: { type: 'string' },
    write: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const [seeds = 0, factorSeeds = 0] = [values.seeds, values['factor-seeds']].map(Number);
if (![seeds, factorSeeds].every((count) => Number.isInteger(count) && count > 0 && count <= 64)) {
  process.stderr.write('--seeds and --factor-seeds: 1 to 64\n');
  process.exit(2);
}
const text = await readFile(streets, 'utf8');
const experiments = createExperiments(
  (feeS) => createTown(text, Number(values['kerb-draw']), feeS),
  openLedger(values.resume),
);
const report = validate(experiments, { seeds, factorSeeds }, (step) =>
  process.stderr.write(`${step}\n`),
);
process.stdout.write(`${report.markdown}\n`);
if (values.write) await writeFile(record, withTables(await readFile(record, 'utf8'), report));
process.exitCode = report.gates.every(({ holds }) => holds) ? 0 : 1;
