import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import type { GoalProgress } from '../../services/contract/goal.ts';
import type { MeasureList } from '../../services/contract/measures.ts';
import type { ShareEstimateView } from '../../services/contract/metrics.ts';
import { startProduct } from '../support/product.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { waitFor } from '../support/wait-for.ts';

/**
 * Holds the demo's search share against the truth that its simulator writes down: the whole town, its
 * weeks, and every measure before and after, with its control zones. `npm run validate:demo` starts a
 * demo of its own; with `--url` and `--data` it asks one that runs. Fails when an interval misses.
 */
const { values } = parseArgs({ options: { url: { type: 'string' }, data: { type: 'string' } } });
if ((values.url === undefined) !== (values.data === undefined)) {
  console.error('usage: npm run validate:demo [-- --url URL --data DIR]');
  process.exit(2);
}

interface Row {
  readonly atMs: number;
  readonly zoneId: string;
  readonly vehicleKm: number;
  readonly searchKm: number;
  readonly passes: number;
  readonly takes: number;
}
/** What was driven on streets with kerb spaces, which is what sensors can tell of. */
function readTruth(dataDir: string): readonly Row[] {
  const text = readFileSync(join(dataDir, 'simulation/truth-kilometres.csv'), 'utf8');
  return parse<Record<string, string>>(text, { columns: true }).map((cells) => ({
    atMs: Date.parse(cells['from'] ?? ''),
    zoneId: cells['zone_id'] ?? '',
    vehicleKm: Number(cells['kerb_vehicle_km']),
    searchKm: Number(cells['kerb_search_km']),
    passes: Number(cells['free_passes']),
    takes: Number(cells['free_takes']),
  }));
}
const sum = (rows: readonly Row[], of: (row: Row) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);
const shareOf = (rows: readonly Row[]): number =>
  sum(rows, (row) => row.searchKm) / sum(rows, (row) => row.vehicleKm);

interface Sides {
  readonly before: ShareEstimateView | null;
  readonly after: ShareEstimateView | null;
}

const percent = (ratio: number): string => (100 * ratio).toFixed(1).padStart(6);
let missed = 0;
function print(what: string, estimate: number, interval: readonly number[] | null, truth: number) {
  const [low = NaN, high = NaN] = interval ?? [];
  const isIn = truth >= low && truth <= high;
  if (!isIn) missed += 1;
  const range = `${percent(low)} to ${percent(high)}`;
  console.log(
    `${what.padEnd(42)}${percent(estimate)}  ${range}  ${percent(truth)}  ${isIn ? 'yes' : 'NO'}`,
  );
}

const dataDir = values.data ?? temporaryDirectory();
const product = values.url === undefined ? await startProduct(['--data', dataDir]) : undefined;
const url = values.url ?? product?.url ?? '';
const ask = async <Answer>(path: string): Promise<Answer> =>
  (await (await fetch(url + path)).json()) as Answer;
const goal = await waitFor(
  async () => {
    await pause(1_000);
    const now = await ask<GoalProgress>('/api/v1/goal');
    return !now.isEstimating && now.weeks.length > 0 && now;
  },
  { what: 'the estimate of the simulated past', timeoutMs: 1_200_000 },
);
const { items } = await ask<MeasureList>('/api/v1/measures');
const truth = readTruth(dataDir);
const between = ({ from, to }: { from: string; to: string }, zones?: readonly string[]) =>
  truth.filter(
    ({ atMs, zoneId }) =>
      atMs >= Date.parse(from) &&
      atMs < Date.parse(to) &&
      (zones === undefined || zones.includes(zoneId)),
  );
const compare = (what: string, estimate: ShareEstimateView, zones?: readonly string[]): number => {
  const share = shareOf(between(estimate, zones));
  print(what, estimate.searchShareRatio, estimate.interval, share);
  return share;
};

console.log(`${'search share, %'.padEnd(42)}   told   interval 95 %    true  holds it`);
for (const estimate of [goal.recent, ...goal.weeks].filter((one) => one !== null))
  compare(`town, ${estimate.from.slice(0, 10)} to ${estimate.to.slice(0, 10)}`, estimate);
for (const { id, zones, controlZones, comparison } of items) {
  const { treated, control, effect } = comparison?.searchShare ?? {};
  /** How the truth changed from before to after. */
  const change = (what: string, part: Sides | null | undefined, own: readonly string[]): number => {
    const { before = null, after = null } = part ?? {};
    if (before === null || after === null) return 1;
    const share = compare(`${id}, ${what}, before`, before, own);
    return compare(`${id}, ${what}, after`, after, own) / share;
  };
  const ratio = change('treated', treated, zones) / change('control', control, controlZones);
  if (effect) print(`${id}, effect`, effect.difference, effect.interval, ratio - 1);
}
const passes = sum(truth, (row) => row.passes);
const acceptance = sum(truth, (row) => row.takes) / passes;
console.log(`free spaces taken when passed: ${acceptance.toFixed(3)} of ${passes} passes`);
await product?.stop();
process.exit(missed === 0 ? 0 : 1);
