import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchBackfill } from './backfill.ts';
import { benchCodecs } from './codecs.ts';
import { benchDrain } from './drain.ts';
import { benchEstimate } from './estimate.ts';
import { benchFeeds } from './feeds.ts';
import { benchGuidance } from './guidance.ts';
import { benchInfluxdb } from './influxdb.ts';
import { benchIngest } from './ingest.ts';
import { benchLive } from './live.ts';
import { benchManyClients } from './many-clients.ts';
import { benchMap } from './map.ts';
import { isMet, yardstick, type Figure } from './measure.ts';
import { benchPlanning } from './planning.ts';
import { benchRestart } from './restart.ts';

/** `scale` is the share of the full size, for those whose size can be told: 0.1 is a quick look. */
const benches: Readonly<Record<string, (scale: number) => Promise<Figure[]>>> = {
  ingest: benchIngest,
  live: benchLive,
  'many-clients': benchManyClients,
  feeds: benchFeeds,
  guidance: benchGuidance,
  map: benchMap,
  planning: benchPlanning,
  backfill: benchBackfill,
  restart: benchRestart,
  influxdb: benchInfluxdb,
  drain: benchDrain,
  codecs: benchCodecs,
  estimate: benchEstimate,
};

const { values, positionals } = parseArgs({
  options: { json: { type: 'string' }, scale: { type: 'string', default: '1' } },
  allowPositionals: true,
});

const round = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2);

function line(figure: Figure): string {
  const { name, value, unit, limit, target } = figure;
  const ratio = limit
    ? ` = ${((value / limit.value) * 100).toFixed(1)} % of ${limit.name} (${round(limit.value)})`
    : '';
  const wanted =
    target === null
      ? ''
      : target.ratio !== undefined
        ? `, target ≥ ${target.ratio * 100} %`
        : target.atLeast !== undefined
          ? `, target ≥ ${target.atLeast.toLocaleString('en')}`
          : `, target ≤ ${target.atMost}`;
  return `${isMet(figure) ? 'ok  ' : 'MISS'} ${name}: ${round(value)} ${unit}${ratio}${wanted}`;
}

const names = positionals.length > 0 ? positionals : Object.keys(benches);
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}: there are ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
const scale = Number(values.scale);
if (!(scale > 0)) {
  console.error(`--scale is a share of the full size, such as 0.1, not '${values.scale}'`);
  process.exit(2);
}
const figures: Figure[] = [];
for (const name of names) {
  for (const figure of [...((await benches[name]?.(scale)) ?? []), yardstick()]) {
    console.log(line(figure));
    figures.push(figure);
  }
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
process.exit(figures.every(isMet) ? 0 : 1);
