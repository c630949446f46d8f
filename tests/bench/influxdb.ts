import { InfluxDB } from '@influxdata/influxdb-client';
import { toLine } from '../../services/adapters/history-store/influx-lines.ts';
import { influxdbStore } from '../../services/adapters/history-store/influxdb.ts';
import {
  healthTable,
  observationTable,
  transitionTable,
  type Table,
} from '../../services/adapters/history-store/tables.ts';
import type { HistoryBatch } from '../../services/ports/history-store.ts';
import { devEui, health, seen, spaceId } from '../support/builders.ts';
import { startInfluxd } from '../support/influxd.ts';
import { createCpuTimer, perSecond, type Figure } from './measure.ts';

const allUplinks = 300_000;
const devices = 1000;
/** As the record stage hands them over when it is behind. */
const uplinksPerBatch = 2_000;
const linesPerRequest = 5_000;
const firstMs = Date.UTC(2026, 9, 1);

/** What a stretch of the log means: an observation, a transition and health for each uplink. */
function batchOf(from: number, to: number): HistoryBatch {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  const observations = numbers.map((n) =>
    seen(firstMs + n * 50, n % 2 ? 'occupied' : 'vacant', {
      spaceId: spaceId(`space-${n % devices}`),
      devEui: devEui((n % devices) + 1),
      order: Math.floor(n / devices),
    }),
  );
  return {
    observations,
    transitions: observations.map(({ spaceId: id, status, observedAtMs: atMs }) => ({
      spaceId: id,
      to: status,
      atMs,
      earliestMs: atMs,
      method: 'seen',
    })),
    revisions: [],
    counts: [],
    health: observations.map(({ devEui: of, observedAtMs, order: fCnt }) =>
      health(observedAtMs, { devEui: of, fCnt, rssiDbm: -97, snrDb: 7.5, batteryRatio: 0.87 }),
    ),
    upTo: to,
  };
}

const linesOf = <Row>(table: Table<Row>, rows: readonly Row[], fields?: string): string[] =>
  rows.map((row) => {
    const line = toLine(table, row, fields === undefined ? {} : { fields });
    if (!line.ok) throw new Error(line.error);
    return line.value;
  });

/** Finished lines through the official client, two requests at a time: nobody who uses it can be faster. */
async function rawWrite(url: string, batches: readonly HistoryBatch[]): Promise<number> {
  const lines = batches.flatMap((batch) => [
    ...linesOf(observationTable, batch.observations),
    ...linesOf(transitionTable, batch.transitions, 'void=0i'),
    ...linesOf(healthTable, batch.health),
  ]);
  const options = { batchSize: linesPerRequest + 1, flushInterval: 0, maxRetries: 0 };
  const writers = [0, 1].map(() => new InfluxDB({ url }).getWriteApi('', 'raw', 'us', options));
  const startedMs = performance.now();
  let next = 0;
  await Promise.all(
    writers.map(async (writer) => {
      writer.path = '/write?db=raw&precision=u';
      while (next < lines.length) {
        writer.writeRecords(lines.slice(next, (next += linesPerRequest)));
        await writer.flush();
      }
    }),
  );
  return perSecond(lines.length, performance.now() - startedMs);
}

/** Rows through our store against finished lines through the client alone, into the same server. */
export async function benchInfluxdb(scale: number): Promise<Figure[]> {
  const uplinks = Math.ceil((allUplinks * scale) / uplinksPerBatch) * uplinksPerBatch;
  const batches: HistoryBatch[] = [];
  for (let from = 0; from < uplinks; from += uplinksPerBatch)
    batches.push(batchOf(from, from + uplinksPerBatch));
  const influxd = await startInfluxd();
  const { url } = influxd;
  await fetch(`${url}/query?q=${encodeURIComponent('CREATE DATABASE raw')}`, { method: 'POST' });
  const rawPerS = await rawWrite(url, batches);

  const store = influxdbStore(
    { kind: 'influxdb', url, api: '1', database: 'ours', organisation: '', timeoutS: 60 },
    { logId: 'bench' },
  );
  const cpuS = createCpuTimer();
  const startedMs = performance.now();
  for (const batch of batches) await store.append(batch);
  const tookMs = performance.now() - startedMs;
  const usedS = cpuS();
  const cursor = await store.cursor();
  if (cursor !== uplinks) throw new Error(`${cursor} of ${uplinks} uplinks are stored`);
  await store.close();
  await influxd.stop();
  return [
    {
      name: 'rows into InfluxDB by our store',
      value: perSecond(uplinks * 3, tookMs),
      unit: 'lines/s',
      limit: { name: 'the client with finished lines', value: rawPerS },
      target: { ratio: 0.6 },
    },
    {
      name: 'rows into InfluxDB, by our processor time alone',
      value: (uplinks * 3) / usedS,
      unit: 'lines in a second of CPU',
      limit: null,
      target: null,
    },
  ];
}
