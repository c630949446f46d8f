import { Agent, request } from 'node:http';
import { loadConfig } from '../../config/load.ts';
import { systemClock } from '../../services/adapters/clock/system.ts';
import { compose } from '../../services/app/compose.ts';
import { createAdvisor } from '../../services/domain/guidance/advise.ts';
import { createCommitments } from '../../services/domain/guidance/commitments.ts';
import { createSiteForecast } from '../../services/domain/guidance/forecast/site-forecast.ts';
import { createWeekClock } from '../../services/domain/guidance/forecast/week-profile.ts';
import { noNeeds } from '../../services/domain/guidance/needs.ts';
import { webhookSource } from '../support/composed-town.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { kerbTown } from '../support/towns.ts';
import { ttsUplink } from '../support/tts-uplink.ts';
import { perSecond, quantile, type Figure } from './measure.ts';

const sites = 500;
const spacesPerSite = 10;
const requests = 4_000;
const atOnce = 8;

/** One answer; resolves with the time it took, in ms. */
const ask = (
  options: { readonly port: number; readonly path: string; readonly agent: Agent },
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> =>
  new Promise((resolve, reject) => {
    const startedMs = performance.now();
    request({ ...options, method: 'POST', headers }, (response) => {
      response.resume();
      response.on('end', () => {
        if ((response.statusCode ?? 500) < 300) resolve(performance.now() - startedMs);
        else reject(new Error(`answered ${response.statusCode}`));
      });
    })
      .on('error', reject)
      .end(body);
  });

/** Sessions begun over HTTP, each ranking all sites, while their sensors are known. */
async function overHttp(): Promise<Figure[]> {
  const env = { WEBHOOK: 'secret' };
  const dir = deploymentFolder(sites * spacesPerSite, {
    history: { kind: 'memory' },
    sources: [webhookSource],
    server: { host: '127.0.0.1', rateLimit: null },
  });
  const app = await compose({
    config: loadConfig(dir, new Set(['bosch-tps110']), env),
    dataDir: temporaryDirectory(),
    port: 0,
    isSimulated: false,
    dashboardDirectory: null,
    clock: systemClock(),
    logger: createRecordingLogger(),
  });
  await app.start();
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const server = { port: app.port(), agent };
  const inParallel = async (count: number, one: (n: number) => Promise<void>): Promise<void> => {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < count) await one(next++);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  };
  const ingest = { ...server, path: '/ingest/tts' };
  await inParallel(sites * spacesPerSite, async (space) => {
    const occupied = (space * 7) % spacesPerSite < 9;
    const uplink = ttsUplink({ space, fCnt: 1, occupied, atMs: Date.now() });
    await ask(ingest, uplink, { authorization: `Bearer ${env.WEBHOOK}` });
  });

  const tookMs: number[] = [];
  const guidance = { ...server, path: '/api/v1/guidance' };
  const begin = async (n: number): Promise<void> => {
    const lon = 8.69 + (n % 50) * 0.001;
    const body = { destination: { lat: 49.403, lon }, from: { lat: 49.409, lon: 8.7 } };
    const headers = { 'content-type': 'application/json' };
    tookMs.push(await ask(guidance, JSON.stringify(body), headers));
  };
  await inParallel(500, begin);
  tookMs.length = 0;
  const startedMs = performance.now();
  await inParallel(requests, begin);
  const perS = perSecond(requests, performance.now() - startedMs);
  agent.destroy();
  await app.stop();
  const name = `guidance sessions over HTTP, ${sites} sites`;
  return [
    {
      name,
      value: perS,
      unit: 'answers/s',
      limit: { name: 'the wanted rate', value: 500 },
      target: { ratio: 1 },
    },
    {
      name: `${name}, 95 % within`,
      value: quantile(tookMs, 0.95),
      unit: 'ms',
      limit: null,
      target: { atMost: 20 },
    },
  ];
}

/** One ranking in process, warm. */
function inProcess(): Figure {
  const inventory = kerbTown({ sites, spacesPerSite });
  const forecast = createSiteForecast(inventory, createWeekClock('UTC'));
  for (const [n, { id }] of inventory.spaces.entries())
    forecast.seeSpace(id, n % spacesPerSite < 9 ? 'occupied' : 'vacant');
  forecast.refresh();
  const advisor = createAdvisor({
    inventory,
    forecast,
    commitments: createCommitments(),
    ageS: () => 30,
    random: () => 0.5,
  });
  const trip = { driver: '', target: null, hasFailed: false, avoid: new Set<never>() };
  const tookMs: number[] = [];
  for (let run = 0; run < 2_500; run += 1) {
    const at = { lat: 49.4 + (run % sites) * 0.001, lon: 8.69 };
    const asked = { destination: at, from: inventory.sites[0]?.location ?? at };
    const startedMs = performance.now();
    advisor.advise({ ...asked, arrivalMs: null, needs: noNeeds }, trip, Date.now());
    if (run >= 500) tookMs.push(performance.now() - startedMs);
  }
  return {
    name: `a ranking over ${sites} sites, warm, in process`,
    value: quantile(tookMs, 0.5),
    unit: 'ms',
    limit: null,
    target: { atMost: 1 },
  };
}

/** Advice: how many sessions a second over HTTP, and one ranking alone. */
export async function benchGuidance(): Promise<Figure[]> {
  return [inProcess(), ...(await overHttp())];
}
