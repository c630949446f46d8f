import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { validate, type Report } from '../../simulators/guidance-town/report.ts';
import { createTown } from '../../simulators/guidance-town/town.ts';

const streets = new URL('../../simulators/sources/heidelberg-streets.geojson', import.meta.url);
const record = new URL('../decisions/0031-guidance-by-scarcity-price.md', import.meta.url);
const [begin, end] = ['<!-- tables: npm run validate:guidance -->', '<!-- end of tables -->'];

/** The decision record with its tables replaced; its words stay. */
function withTables(text: string, { markdown }: Report, seeds: number): string {
  const before = text.slice(0, text.indexOf(begin) + begin.length);
  const after = text.slice(text.indexOf(end));
  return `${before}\n\n${seeds} seeds. ${markdown}\n\n${after}`;
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '8' },
    'factor-seeds': { type: 'string', default: '4' },
    'kerb-draw': { type: 'string', default: '1' },
    write: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const [seeds = 0, factorSeeds = 0] = [values.seeds, values['factor-seeds']].map(Number);
if (![seeds, factorSeeds].every((count) => Number.isInteger(count) && count > 0 && count <= 64)) {
  process.stderr.write('--seeds and --factor-seeds: 1 to 64\n');
  process.exit(2);
}
const town = createTown(await readFile(streets, 'utf8'), Number(values['kerb-draw']));
const report = validate(town, { seeds, factorSeeds }, (text) => process.stderr.write(`${text}\n`));
process.stdout.write(`${report.markdown}\n`);
if (values.write)
  await writeFile(record, withTables(await readFile(record, 'utf8'), report, seeds));
process.exitCode = report.gates.every(({ holds }) => holds) ? 0 : 1;
