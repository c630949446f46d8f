import { expect, test } from 'vitest';
import { buildCity } from '../../../simulators/town/city.ts';
import type { Deployment } from '../../../simulators/town/deployment.ts';
import { readDeployment } from '../../../simulators/town/deployment.ts';
import type { Question } from '../../../simulators/town/guide.ts';
import { createLocalTime } from '../../../simulators/town/local-time.ts';
import { createQueue } from '../../../simulators/town/queue.ts';
import type { Town, TownOptions } from '../../../simulators/town/town.ts';
import { createTown } from '../../../simulators/town/town.ts';
import { createTruth } from '../../../simulators/town/truth.ts';

const deployment: Deployment = readDeployment('config/demo');
const city = buildCity(deployment);
const startMs = Date.parse('2026-03-10T02:00:00Z');

/** Eight hours; what changed at each space and gate, and how the drivers ended. */
function morning(
  options: Partial<TownOptions> = {},
  opened: (town: Town) => void = () => undefined,
) {
  const queue = createQueue();
  const toIso = (atS: number): string => new Date(startMs + atS * 1000).toISOString();
  const truth = createTruth(city, toIso);
  const localTime = createLocalTime('Europe/Berlin');
  const arrivals = new Int32Array(city.spaces.length);
  const departures = new Int32Array(city.spaces.length);
  const gates = city.carParks.map(() => ({ in: 0, out: 0 }));
  const town = createTown(
    city,
    queue,
    truth,
    (atS) => localTime(startMs + atS * 1000),
    {
      spaceChanged: (space, occupied) => (occupied ? arrivals : departures)[space]!++,
      passed: () => undefined,
      gatePassed: (carPark, gate) => gates[carPark]![gate]++,
    },
    { seed: 3, arrivalsPerHour: 490, measure: null, guidance: null, ...options },
  );
  opened(town);
  town.start();
  const before = Uint8Array.from(town.occupied);
  while (queue.nextAtS() < 8 * 3600) {
    const { kind, index, data, atS } = queue.pop()!;
    expect(town.handle(kind, index, data, atS)).toBe(true);
  }
  const { drivers } = truth.take(Number.MAX_SAFE_INTEGER);
  const rows = drivers
    .trim()
    .split('\n')
    .map((row) => row.split(','));
  return { town, before, arrivals, departures, gates, rows };
}

/** A share of the drivers asks from the beginning; what they tell is kept. */
function guidedMorning(
  shares: { readonly ratio: number; readonly obeyRatio: number },
  ask: (question: Question, town: Town) => void,
) {
  const told: {
    readonly what: 'parked' | 'gone' | Question['because'];
    readonly driver: number;
  }[] = [];
  let town: Town | undefined;
  const guide = {
    ask(question: Question) {
      told.push({ what: question.because, driver: question.driver });
      if (town) ask(question, town);
    },
    parked: (driver: number) => void told.push({ what: 'parked', driver }),
    gone: (driver: number) => void told.push({ what: 'gone', driver }),
    news: () => undefined,
  };
  const result = morning({ guidance: { guide, ...shares, fromS: 0 } }, (opened) => (town = opened));
  return { ...result, told };
}

const searchM = (rows: readonly (readonly string[])[], zone: string): number =>
  rows.filter((row) => row[2] === zone).reduce((sum, row) => sum + Number(row[4]), 0);

test('cars that came are cars that left and cars that stand there', () => {
  const { town, before, arrivals, departures, gates } = morning();
  city.spaces.forEach((_, space) => {
    expect(before[space]! + arrivals[space]! - departures[space]!).toBe(town.occupied[space]);
  });
  gates.forEach((gate, carPark) => expect(gate.in - gate.out).toBe(town.carParkCars[carPark]));
});

test('a measure lets fewer cars search in its zones', () => {
  const zone = city.zones.indexOf('neuenheim');
  const measure = { zones: new Set([zone]), fromS: 0, arrivalsFactor: 0.7, stayFactor: 0.7 };
  const without = searchM(morning().rows, 'neuenheim');
  expect(searchM(morning({ measure }).rows, 'neuenheim')).toBeLessThan(0.6 * without);
});

test('guided drivers go where they are told, and only they ask', () => {
  const { rows } = guidedMorning({ ratio: 0.02, obeyRatio: 1 }, ({ driver, atS }, town) =>
    town.advise(driver, { kind: 'car-park', carPark: 2 }, atS),
  );
  const guided = rows.filter((row) => row[7] === '1');
  expect(guided.length).toBeGreaterThan(20);
  expect(guided.every((row) => row[1] === 'car-park')).toBe(true);
  expect(rows.length).toBeGreaterThan(20 * guided.length);
});

test('a driver whose question is not answered searches on his own', () => {
  const { rows } = guidedMorning({ ratio: 1, obeyRatio: 1 }, () => undefined);
  expect(rows.filter((row) => row[1] === 'kerb').length).toBeGreaterThan(1000);
});

test('a driver who is led to a kerb tells where he is, that it is full, and where he parked', () => {
  const { rows, told } = guidedMorning(
    { ratio: 0.1, obeyRatio: 1 },
    ({ driver, because, destination, full, atS }, town) => {
      const kerb = because === 'found-full' ? full : destination;
      if (because !== 'on-the-way') town.advise(driver, { kind: 'stretch', stretch: kerb }, atS);
    },
  );
  const count = (what: string): number => told.filter((one) => one.what === what).length;
  const guided = rows.filter((row) => row[7] === '1');
  expect(count('begins')).toBeGreaterThan(50);
  expect(count('on-the-way')).toBeGreaterThan(count('begins'));
  expect(count('found-full')).toBeGreaterThan(0);
  expect(count('parked')).toBeGreaterThan(0.3 * guided.length);
  // Everybody says how it ended, except those who are still on their way.
  expect(count('parked') + count('gone')).toBeGreaterThanOrEqual(guided.length);
});

test('who does not obey drives as he would, and tells nothing', () => {
  const { rows, told } = guidedMorning({ ratio: 0.05, obeyRatio: 0 }, ({ driver, atS }, town) =>
    town.advise(driver, { kind: 'car-park', carPark: 2 }, atS),
  );
  expect(new Set(told.map(({ what }) => what))).toEqual(new Set(['begins']));
  expect(rows.some((row) => row[7] === '1' && row[1] === 'kerb')).toBe(true);
});
