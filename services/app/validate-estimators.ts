import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { validateEstimators } from '../../simulators/truth-town/report.ts';
import { createTruthTown } from '../../simulators/truth-town/town.ts';

const streets = new URL('../../simulators/sources/heidelberg-streets.geojson', import.meta.url);
const record = new URL('../decisions/0022-search-share-validated.md', import.meta.url);
const [begin, end] = ['<!-- tables: npm run validate:estimators -->', '<!-- end of tables -->'];

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '4' },
    days: { type: 'string', default: '10' },
    replicates: { type: 'string', default: '200' },
    write: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const effort = {
  seeds: Number(values.seeds),
  days: Number(values.days),
  replicates: Number(values.replicates),
};
const town = createTruthTown(await readFile(streets, 'utf8'));
const tables = validateEstimators(town, effort, (line) => process.stderr.write(`${line}\n`));
const { seeds, days, replicates } = effort;
const intro = `${seeds} seeds, ${days} days of 6 h, ${town.kerbs.length} kerbs; ${replicates} campaigns a stretch.`;
process.stdout.write(`${intro}\n\n${tables}\n`);
if (values.write) {
  const text = await readFile(record, 'utf8');
  const before = text.slice(0, text.indexOf(begin) + begin.length);
  await writeFile(record, `${before}\n\n${intro}\n\n${tables}\n\n${text.slice(text.indexOf(end))}`);
}
