import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { workerThreadEstimator } from '../../services/adapters/share-estimator/worker-thread.ts';
import type { ShareDay, ShareQuestion } from '../../services/domain/planning/share-question.ts';
import { exponential, randomFrom, uniform, type Random } from '../../simulators/random.ts';
import type { Figure } from './measure.ts';

const streets = 200;
const spacesPerStreet = 5;
const days = 30;
/** Of a space and day, half of them arrivals. */
const changes = 20;
const dayMs = 86_400_000;
const dayS = 86_400;

const stretches = Array.from({ length: streets }, (_, street) => ({
  id: `street-${street}`,
  lengthM: 80 + (street % 7) * 15,
  roadClass: 'residential',
  numberOfSpaces: spacesPerStreet,
}));

/** Spaces that are free for some minutes, longer on quieter streets, and sometimes until the next heartbeat. */
function vacanciesOf(street: number, random: Random): { fromS: number; toS: number; end: 0 | 1 }[] {
  const vacancies: { fromS: number; toS: number; end: 0 | 1 }[] = [];
  const freeS = 120 + 30 * (street % 40);
  const cycleS = (2 * dayS) / changes;
  for (let space = 0; space < spacesPerStreet; space++)
    for (let atS = uniform(random) * cycleS; atS < dayS;) {
      const waitS = 20 + exponential(random, freeS) + (uniform(random) < 0.04 ? 1800 : 0);
      const toS = Math.min(dayS, atS + waitS);
      vacancies.push({ fromS: atS, toS, end: toS < dayS ? 1 : 0 });
      atS += waitS + exponential(random, Math.max(600, cycleS - freeS));
    }
  return vacancies;
}

function dayOf(fromMs: number): ShareDay {
  const random = randomFrom('bench', fromMs);
  return {
    fromMs,
    stretches: new Map(
      stretches.map(({ id }, street) => [
        id,
        { sensedSpaces: spacesPerStreet, vacancies: vacanciesOf(street, random) },
      ]),
    ),
    counts: new Map(
      stretches.map(({ id }) => [
        id,
        Array.from({ length: 96 }, (_, quarter) => ({
          fromS: quarter * 900,
          toS: (quarter + 1) * 900,
          vehicles: 10 + Math.floor(uniform(random) * 30),
        })),
      ]),
    ),
    guidedKm: new Map(),
  };
}

const question = (firstDay: number): ShareQuestion => ({
  days: Array.from({ length: days }, (_, day) => (firstDay + day) * dayMs),
  timeZone: 'UTC',
  stretches,
  counted: stretches,
  streetsOfZone: streets,
  sensors: {
    debounceS: 20,
    freeLatencyS: 15,
    occupiedLatencyS: 25,
    heartbeatS: 3600,
    lostUplinkRatio: 0.01,
    undercountRatio: 0.04,
    missedArrivalRatio: null,
  },
  bootstraps: 200,
  acceptance: { ratio: 0.9, passes: 300, source: 'observed' },
});

/** Seconds of processor the process used meanwhile, all threads: right on a busy machine, too. */
async function cpuSeconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Estimator N of a month of 200 streets in its worker thread, and the day after. */
export async function benchEstimate(): Promise<Figure[]> {
  const estimator = workerThreadEstimator();
  const startMb = process.memoryUsage().rss / 2 ** 20;
  let highestMb = startMb;
  const watch = setInterval(() => {
    highestMb = Math.max(highestMb, process.memoryUsage().rss / 2 ** 20);
  }, 50);
  const handOver = async (first: number, last: number): Promise<void> => {
    for (let day = first; day < last; day++) {
      estimator.add(dayOf(day * dayMs));
      await setTimeout(1);
    }
  };
  await handOver(0, days);
  const idle = performance.eventLoopUtilization();
  const monthS = await cpuSeconds(() => estimator.estimate(question(0)));
  const { utilization } = performance.eventLoopUtilization(idle);
  await handOver(days, days + 1);
  let carriedOn = NaN;
  const dayAfterS = await cpuSeconds(async () => {
    carriedOn = (await estimator.estimate(question(1))).searchShareRatio;
  });
  clearInterval(watch);
  // The same window fitted from scratch: what is forgotten is fitted anew.
  estimator.drop(Infinity);
  await handOver(1, days + 1);
  const scratch = (await estimator.estimate(question(1))).searchShareRatio;
  await estimator.close();
  const name = `search share, ${streets} streets, ${days} days, 200 bootstraps`;
  const figure = (what: string, value: number, unit: string, atMost: number): Figure => ({
    name: `${name}: ${what}`,
    value,
    unit,
    limit: null,
    target: { atMost },
  });
  return [
    figure('the month in the thread', monthS, 's of processor', 30),
    figure('the day after', dayAfterS, 's of processor', 2),
    figure('the day after against from scratch', Math.abs(carriedOn / scratch - 1), 'apart', 0.02),
    figure('main thread busy meanwhile', utilization, 'of the time', 0.05),
    figure('memory above the start', highestMb - startMb, 'MB', 400),
  ];
}
