import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { validateEstimators, type Memory } from '../../simulators/truth-town/report.ts';
import { createTruthTown } from '../../simulators/truth-town/town.ts';

const streets = new URL('../../simulators/sources/heidelberg-streets.geojson', import.meta.url);
const record = new URL('../decisions/0022-search-share-validated.md', import.meta.url);
const [begin, end] = ['<!-- tables: npm run validate:estimators -->', '<!-- end of tables -->'];

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '4' },
    'seeds-of-habits': { type: 'string', default: '4' },
    days: { type: 'string', default: '10' },
    replicates: { type: 'string', default: '200' },
    write: { type: 'boolean', default: true },
    /** A file in which single results are kept: an interrupted run goes on where it was. */
    keep: { type: 'string' },
  },
  allowNegative: true,
});

/** What the file knows, one JSON line a result; everything new is said on standard error. */
function openMemory(file: string | undefined): Memory {
  const known = new Map<string, unknown>();
  if (file !== undefined && existsSync(file))
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line === '') continue;
      const { key, found } = JSON.parse(line) as { key: string; found: unknown };
      known.set(key, found);
    }
  return {
    find: (key) => known.get(key),
    keep(key, found) {
      const line = JSON.stringify({ key, found });
      process.stderr.write(`${line}\n`);
      if (file !== undefined) appendFileSync(file, `${line}\n`);
    },
  };
}

const effort = {
  seeds: Number(values.seeds),
  seedsOfHabits: Number(values['seeds-of-habits']),
  days: Number(values.days),
  replicates: Number(values.replicates),
};
const town = createTruthTown(await readFile(streets, 'utf8'));
const tables = validateEstimators(town, effort, openMemory(values.keep));
const { seeds, seedsOfHabits, days, replicates } = effort;
const intro = `${seeds} seeds (picky and guided drivers: ${seedsOfHabits}), ${days} days of 6 h, ${town.kerbs.length} kerbs; ${replicates} campaigns a stretch.`;
process.stdout.write(`${intro}\n\n${tables}\n`);
if (values.write) {
  const text = await readFile(record, 'utf8');
  const before = text.slice(0, text.indexOf(begin) + begin.length);
  await writeFile(record, `${before}\n\n${intro}\n\n${tables}\n\n${text.slice(text.indexOf(end))}`);
}
