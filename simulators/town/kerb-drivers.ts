import type { CarParks } from './car-parks.ts';
import type { City } from './city.ts';
import type { Driver } from './driver.ts';
import {
  acceptedWalkM,
  createWaysAlong,
  nextSearchEdge,
  remember,
  searchSeconds,
} from './driver.ts';
import type { Advice, Guide, Question } from './guide.ts';
import type { Kerb } from './kerb.ts';
import type { Queue } from './queue.ts';
import type { Surroundings } from './surroundings.ts';
import type { Purpose, Truth } from './truth.ts';

/** Kinds of happenings in the queue: a driver comes to the end of a block; guidance has answered. */
const step = 4;
const answer = 10;

/** An answer comes after what happens at the same time, also when it is told again later; s. */
const answerS = 0.001;
/** Car parks a driver tries before he leaves. */
const mostCarParks = 3;
/** A driver who is led tells where he is so often, s. */
const tellEveryS = 30;

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
  /** Guidance answers: what is done with it happens at `atS`. */
  advise(driver: number, advice: Advice, atS: number): void;
}

/** Drivers who look for a space at the kerb, street by street. */
export function createKerbDrivers(world: KerbWorld): KerbDrivers {
  const { city, queue, truth, kerb, carParks, guide } = world;
  const edges = city.edgeTable;
  const wayAlong = createWaysAlong(city);
  /** Guided drivers under way; those of a stored town wait in the queue. */
  const guided = new Map<number, Driver>();
  for (const { kind, data } of queue.store().items)
    if (kind === step && (data as Driver).isGuided) guided.set((data as Driver).id, data as Driver);

  function ask(driver: Driver, because: Question['because'], full: number, atS: number): void {
    if (!driver.isGuided || guide === null) return;
    driver.askedAtS = atS;
    const { id, destination, node, acceptsCarPark } = driver;
    guide.ask({ driver: id, because, destination, node, full, acceptsCarPark, atS });
  }

  function follow({ driver: id, advice }: { driver: number; advice: Advice }): void {
    const driver = guided.get(id);
    if (!driver?.obeys || (driver.mode === 'car-park' && !driver.isLed)) return;
    driver.isLed = true;
    if (advice.kind === 'car-park') {
      driver.mode = 'car-park';
      driver.carPark = advice.carPark;
    } else {
      driver.mode = 'drive';
      driver.target = advice.stretch;
    }
  }

  /** His journey ends, or he goes on by himself. */
  function letGo(driver: Driver): void {
    if (driver.obeys && driver.isGuided) guide?.gone(driver.id);
    driver.isLed = false;
  }

  /** Drives on until something can happen: the next kerb he would park at, or his goal. */
  function driveOn(driver: Driver, startS: number): void {
    let atS = startS;
    for (let next = nextEdge(driver); next >= 0; next = nextEdge(driver)) {
      driver.edge = next;
      driver.node = edges.to[next]!;
      atS += driver.mode === 'search' ? searchSeconds(edges.lengthM[next]!) : edges.driveS[next]!;
      // An answer may come at any time: who has guidance thinks again at every junction.
      if (driver.isGuided || isAtCarPark(driver) || looksAt(driver, edges.stretch[next]!, startS)) {
        queue.schedule(atS, step, 0, driver);
        return;
      }
      pass(driver, atS, 'other');
    }
    if (driver.mode === 'car-park') enterCarPark(driver, atS);
    else leave(driver, atS);
  }

  const acceptedWalk = (driver: Driver, atS: number): number =>
    acceptedWalkM(driver, world.surroundingsOf(driver.destination).usualWalkM, atS);
  const walkFrom = ({ destination }: Driver, stretch: number): number =>
    city.walkM(stretch, destination);

  function looksAt(driver: Driver, stretch: number, atS: number): boolean {
    if (driver.mode !== 'drive') return driver.mode === 'search';
    if (stretch === driver.target) return true;
    // Who is led takes a better place on the way, no worse one.
    const limitM = driver.isLed ? walkFrom(driver, driver.target) : acceptedWalk(driver, atS);
    return walkFrom(driver, stretch) <= limitM;
  }

  const isAtCarPark = (driver: Driver): boolean =>
    driver.mode === 'car-park' && driver.node === city.carParks[driver.carPark]?.node;

  function pass(driver: Driver, atS: number, purpose: Purpose): void {
    const stretch = edges.stretch[driver.edge]!;
    const lengthM = edges.lengthM[driver.edge]!;
    const driveS = edges.driveS[driver.edge]!;
    const hasGivenUp = driver.mode === 'car-park' && driver.firstFullAtS >= 0;
    const seconds = driver.mode === 'search' ? searchSeconds(lengthM) : driveS;
    truth.drove(stretch, atS, lengthM, hasGivenUp ? 'diverted' : purpose);
    world.passed(stretch, driver.edge, atS, (lengthM / seconds) * 3.6);
  }

  function nextEdge(driver: Driver): number {
    switch (driver.mode) {
      case 'search':
        return nextSearchEdge(edges, driver, city.walkM);
      case 'car-park':
        return city.routes.nextEdge(driver.node, city.carParks[driver.carPark]!.node);
      case 'drive':
        return wayAlong(driver.target)[driver.node]!;
    }
  }

  /** Who is led to another kerb after he found one full still searches. */
  function purposeOf(driver: Driver, isLooking: boolean): Purpose {
    const isSearching = driver.firstFullAtS >= 0;
    if (driver.isLed) return isSearching ? 'search' : 'other';
    if (!isLooking) return 'other';
    return isSearching ? 'search' : 'ready';
  }

  function atEndOfBlock(driver: Driver, atS: number): void {
    if (isAtCarPark(driver)) {
      pass(driver, atS, 'other');
      enterCarPark(driver, atS);
      return;
    }
    const stretch = edges.stretch[driver.edge]!;
    const lengthM = edges.lengthM[driver.edge]!;
    const isLooking = looksAt(driver, stretch, atS);
    const purpose = purposeOf(driver, isLooking);
    pass(driver, atS, purpose);
    if (purpose === 'search' && driver.mode !== 'car-park') driver.searchM += lengthM;
    if (isLooking && takes(driver, stretch, atS)) {
      kerb.park(stretch, atS, driver.stayS, driver.random);
      end(driver, { kind: 'stretch', stretch }, atS);
      record(driver, 'kerb', stretch, walkFrom(driver, stretch), atS);
      return;
    }
    if (isLooking) goOn(driver, stretch, atS);
    else review(driver, atS);
  }

  /** Whether there is a space for him on this block. */
  function takes(driver: Driver, stretch: number, atS: number): boolean {
    if (kerb.vacant(stretch) === 0) return false;
    // Who is led looks for no other space than his: he tells nothing of acceptance.
    if (driver.isLed) return true;
    const isNear = walkFrom(driver, stretch) <= acceptedWalk(driver, atS);
    truth.metFree(stretch, atS, isNear ? 'took' : 'drove-on');
    return isNear;
  }

  /** He parked; a driver who was led says so. */
  function end(driver: Driver, place: Advice, atS: number): void {
    if (!driver.isGuided) return;
    if (driver.isLed) guide?.parked(driver.id, place, atS);
    else letGo(driver);
    guided.delete(driver.id);
  }

  /** There was nothing for him on this block. */
  function goOn(driver: Driver, stretch: number, atS: number): void {
    const isFull = kerb.vacant(stretch) === 0 && edges.hasKerb[driver.edge] === 1;
    const isTarget = driver.mode === 'drive' && stretch === driver.target;
    const matters = isTarget || !driver.isLed;
    if (isFull && matters && driver.firstFullAtS < 0) driver.firstFullAtS = atS;
    remember(driver, stretch);
    if (isTarget) {
      driver.mode = 'search';
      driver.target = -1;
      if (driver.isLed) {
        driver.isLed = false;
        ask(driver, 'found-full', stretch, atS);
      }
    }
    review(driver, atS);
  }

  function review(driver: Driver, atS: number): void {
    const hasEnough = driver.firstFullAtS >= 0 && atS - driver.firstFullAtS > driver.giveUpAfterS;
    if (hasEnough && driver.mode !== 'car-park') {
      giveUp(driver, atS);
      return;
    }
    if (driver.isLed && atS - driver.askedAtS >= tellEveryS) ask(driver, 'on-the-way', -1, atS);
    driveOn(driver, atS);
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
    letGo(driver);
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
    if (!carParks.enter(driver.carPark, atS, driver.stayS)) {
      giveUp(driver, atS);
      return;
    }
    end(driver, { kind: 'car-park', carPark: driver.carPark }, atS);
    record(driver, 'car-park', driver.destination, 0, atS);
  }

  /** He parks somewhere outside the streets of the deployment. */
  function leave(driver: Driver, atS: number): void {
    letGo(driver);
    guided.delete(driver.id);
    record(driver, 'elsewhere', driver.destination, 0, atS);
    world.driveAway(driver, atS, driver.firstFullAtS < 0 ? 'other' : 'diverted');
  }

  return {
    begin(driver, atS) {
      if (driver.isGuided) guided.set(driver.id, driver);
      ask(driver, 'begins', -1, atS);
      driveOn(driver, atS);
    },
    handle(kind, data, atS) {
      if (kind === step) atEndOfBlock(data as Driver, atS);
      else if (kind === answer) follow(data as { driver: number; advice: Advice });
      else return false;
      return true;
    },
    advise: (driver, advice, atS) => queue.schedule(atS + answerS, answer, 0, { driver, advice }),
  };
}
