import type { CarParks } from './car-parks.ts';
import type { City } from './city.ts';
import type { Driver } from './driver.ts';
import { acceptedWalkM, edgeToPass, nextSearchEdge, remember, searchSeconds } from './driver.ts';
import type { Guide } from './guide.ts';
import type { Kerb } from './kerb.ts';
import type { Queue } from './queue.ts';
import type { Surroundings } from './surroundings.ts';
import { walkM } from './surroundings.ts';
import type { Purpose, Truth } from './truth.ts';

/** Kind of happening in the queue: a driver comes to the end of a block. */
const step = 4;

/** Car parks a driver tries before he leaves. */
const mostCarParks = 3;

/** What drivers at the kerb share. */
export interface KerbWorld {
  readonly city: City;
  readonly queue: Queue;
  readonly truth: Truth;
  readonly kerb: Kerb;
  readonly carParks: CarParks;
  readonly guide: Guide | null;
  surroundingsOf(destination: number): Surroundings;
  passed(stretch: number, edge: number, atS: number, speedKmh: number): void;
  /** Drives out of the town. */
  driveAway(driver: Driver, atS: number, purpose: Purpose): void;
}

export interface KerbDrivers {
  /** He sets out. */
  begin(driver: Driver, atS: number): void;
  handle(kind: number, data: unknown, atS: number): boolean;
}

/** Drivers who look for a space at the kerb, street by street. */
export function createKerbDrivers(world: KerbWorld): KerbDrivers {
  const { city, queue, truth, kerb, carParks } = world;
  const edgesOf: number[][] = city.stretches.map(() => []);
  city.edges.forEach(({ stretch }, index) => edgesOf[stretch]!.push(index));

  function ask(driver: Driver, atS: number): void {
    if (!driver.isGuided || world.guide === null) return;
    const { destination, node } = driver;
    world.guide.recommend({ destination, node, atS }, (advice) => {
      if (advice === null || driver.mode === 'car-park') return;
      if (advice.kind === 'car-park') {
        driver.mode = 'car-park';
        driver.carPark = advice.carPark;
      } else {
        driver.mode = 'drive';
        driver.target = advice.stretch;
      }
    });
  }

  /** Drives on until something can happen: the next kerb he would park at, or his goal. */
  function driveOn(driver: Driver, startS: number): void {
    let atS = startS;
    const { usualWalkM } = world.surroundingsOf(driver.destination);
    const accepted = acceptedWalkM(driver, usualWalkM, atS);
    for (let next = nextEdge(driver); next >= 0; next = nextEdge(driver)) {
      const edge = city.edges[next]!;
      driver.edge = next;
      driver.node = edge.to;
      atS += driver.mode === 'search' ? searchSeconds(edge.lengthM) : edge.driveS;
      if (isAtCarPark(driver) || looksAt(driver, edge.stretch, accepted)) {
        queue.schedule(atS, step, 0, driver);
        return;
      }
      pass(driver, atS, 'other');
    }
    if (driver.mode === 'car-park') enterCarPark(driver, atS);
    else leave(driver, atS);
  }

  function looksAt(driver: Driver, stretch: number, accepted: number): boolean {
    if (driver.mode !== 'drive') return driver.mode === 'search';
    return stretch === driver.target || walkM(city, stretch, driver.destination) <= accepted;
  }

  const isAtCarPark = (driver: Driver): boolean =>
    driver.mode === 'car-park' && driver.node === city.carParks[driver.carPark]?.node;

  function pass(driver: Driver, atS: number, purpose: Purpose): void {
    const { stretch, lengthM, driveS } = city.edges[driver.edge]!;
    const hasGivenUp = driver.mode === 'car-park' && driver.firstFullAtS >= 0;
    const seconds = driver.mode === 'search' ? searchSeconds(lengthM) : driveS;
    truth.drove(stretch, atS, lengthM, hasGivenUp ? 'diverted' : purpose);
    world.passed(stretch, driver.edge, atS, (lengthM / seconds) * 3.6);
  }

  function nextEdge(driver: Driver): number {
    switch (driver.mode) {
      case 'search':
        return nextSearchEdge(city, driver);
      case 'car-park':
        return city.routes.nextEdge(driver.node, city.carParks[driver.carPark]!.node);
      case 'drive':
        return edgeToPass(city, driver.node, edgesOf[driver.target] ?? []);
    }
  }

  function atEndOfBlock(driver: Driver, atS: number): void {
    if (isAtCarPark(driver)) {
      pass(driver, atS, 'other');
      enterCarPark(driver, atS);
      return;
    }
    const { stretch, lengthM } = city.edges[driver.edge]!;
    const isSearching = driver.firstFullAtS >= 0;
    pass(driver, atS, isSearching ? 'search' : 'ready');
    if (isSearching) driver.searchM += lengthM;
    const { usualWalkM } = world.surroundingsOf(driver.destination);
    const walk = walkM(city, stretch, driver.destination);
    const isFree = kerb.vacant(stretch) > 0;
    const takes = isFree && walk <= acceptedWalkM(driver, usualWalkM, atS);
    if (isFree) truth.metFree(stretch, atS, takes ? 'took' : 'drove-on');
    if (takes) {
      kerb.park(stretch, atS, driver.stayS, driver.random);
      record(driver, 'kerb', stretch, walk, atS);
      return;
    }
    goOn(driver, stretch, atS);
  }

  /** There was nothing for him on this block. */
  function goOn(driver: Driver, stretch: number, atS: number): void {
    const isFull = kerb.vacant(stretch) === 0 && city.stretches[stretch]!.spaces.length > 0;
    if (isFull && driver.firstFullAtS < 0) driver.firstFullAtS = atS;
    remember(driver, stretch);
    if (driver.mode === 'drive' && stretch === driver.target) {
      driver.mode = 'search';
      driver.target = -1;
      ask(driver, atS);
    }
    const hasEnough = driver.firstFullAtS >= 0 && atS - driver.firstFullAtS > driver.giveUpAfterS;
    if (hasEnough) giveUp(driver, atS);
    else driveOn(driver, atS);
  }

  function record(
    driver: Driver,
    place: 'kerb' | 'car-park' | 'elsewhere',
    stretch: number,
    walk: number,
    atS: number,
  ): void {
    truth.parked({
      atS,
      place,
      stretch,
      zone: city.stretches[stretch]!.zone,
      searchM: driver.searchM,
      searchS: driver.firstFullAtS < 0 ? 0 : atS - driver.firstFullAtS,
      walkM: walk,
      guided: driver.isGuided,
    });
  }

  function giveUp(driver: Driver, atS: number): void {
    const carPark = world.surroundingsOf(driver.destination).carParks[driver.triedCarParks];
    if (!driver.acceptsCarPark || carPark === undefined || driver.triedCarParks >= mostCarParks) {
      leave(driver, atS);
      return;
    }
    driver.mode = 'car-park';
    driver.carPark = carPark;
    driver.triedCarParks++;
    driveOn(driver, atS);
  }

  function enterCarPark(driver: Driver, atS: number): void {
    const isIn = carParks.enter(driver.carPark, atS, driver.stayS);
    if (isIn) record(driver, 'car-park', driver.destination, 0, atS);
    else giveUp(driver, atS);
  }

  /** He parks somewhere outside the streets of the deployment. */
  function leave(driver: Driver, atS: number): void {
    record(driver, 'elsewhere', driver.destination, 0, atS);
    world.driveAway(driver, atS, driver.firstFullAtS < 0 ? 'other' : 'diverted');
  }

  return {
    begin(driver, atS) {
      ask(driver, atS);
      driveOn(driver, atS);
    },
    handle(kind, data, atS) {
      if (kind !== step) return false;
      atEndOfBlock(data as Driver, atS);
      return true;
    },
  };
}
