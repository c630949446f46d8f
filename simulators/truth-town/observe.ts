import type { StretchDay, Vacancy } from '../../services/domain/search-share/model/observed.ts';
import { vacancyEnd } from '../../services/domain/search-share/model/vacancy-end.ts';
import { between, chance, exponential, normal, uniform, type Random } from '../random.ts';
import type { SpaceEvent, TrueDay } from './simulate.ts';
import type { TruthTown } from './town.ts';

/** What LoRaWAN space sensors and side radars get wrong; ratios of single events, times in seconds. */
export interface Faults {
  readonly debounceS: number;
  readonly freeLatencyS: readonly [number, number];
  readonly occupiedLatencyS: readonly [number, number];
  readonly heartbeatS: number;
  readonly missedArrivalRatio: number;
  readonly lostUplinkRatio: number;
  readonly falseFreePerHour: number;
  readonly offlineRatio: number;
  readonly undercountRatio: number;
  /** Share of guided arrivals whose take is matched rightly; of the rest, a neighbour's is matched. */
  readonly matchedRatio: number;
}

/** Sensors as in estimators.md 2.3 and 4. */
export const goodSensors: Faults = {
  debounceS: 20,
  freeLatencyS: [5, 25],
  occupiedLatencyS: [10, 40],
  heartbeatS: 3600,
  missedArrivalRatio: 0.02,
  lostUplinkRatio: 0.02,
  falseFreePerHour: 0.02,
  offlineRatio: 0.04,
  undercountRatio: 0.04,
  matchedRatio: 0.9,
};
export const ageingSensors: Faults = {
  ...goodSensors,
  missedArrivalRatio: 0.08,
  falseFreePerHour: 0.1,
};

/** A day as the sensors tell it. `sensed` says by kerb and space where there is a sensor. */
export function observeTrueDay(
  town: TruthTown,
  truth: TrueDay,
  day: number,
  sensed: readonly (readonly boolean[] | null)[],
  faults: Faults,
  random: Random,
): StretchDay[] {
  return town.kerbs.flatMap((lane, stretch) => {
    const sensors = sensed[stretch];
    if (!sensors) return [];
    const events = truth.events[lane]!;
    const guided = matchArrivals(events, faults, random);
    const vacancies: Vacancy[] = [];
    let online = 0;
    sensors.forEach((hasSensor, space) => {
      if (!hasSensor || chance(random, faults.offlineRatio)) return;
      online++;
      const own = events.filter((event) => event.space === space);
      const startsOccupied = truth.occupiedAtStart[lane]![space] === 1;
      const messages = report(own, startsOccupied, guided, truth.hours * 3600, faults, random);
      vacancies.push(...spells(messages, startsOccupied, truth.hours * 3600));
    });
    if (online === 0) return [];
    const counts = Array.from(truth.counts[lane]!, (vehicles, quarter) => ({
      fromS: quarter * 900,
      toS: (quarter + 1) * 900,
      vehicles: thin(vehicles, 1 - faults.undercountRatio, random),
    }));
    return [{ stretch, day, sensedSpaces: online, vacancies, counts }];
  });
}

interface Message {
  readonly atS: number;
  readonly occupied: boolean;
  readonly guided: boolean;
}

/** Takes that the guidance sessions claim: mostly their own, sometimes a neighbour's within two minutes. */
function matchArrivals(
  events: readonly SpaceEvent[],
  { matchedRatio }: Faults,
  random: Random,
): ReadonlySet<SpaceEvent> {
  const claimed = new Set<SpaceEvent>();
  for (const event of events) {
    if (!event.guided || !event.taken) continue;
    if (chance(random, matchedRatio)) claimed.add(event);
    else {
      const wrong = events.find(
        (other) => other.taken && !other.guided && Math.abs(other.atS - event.atS) < 120,
      );
      if (wrong !== undefined) claimed.add(wrong);
    }
  }
  return claimed;
}

function report(
  events: readonly SpaceEvent[],
  startsOccupied: boolean,
  guided: ReadonlySet<SpaceEvent>,
  endS: number,
  faults: Faults,
  random: Random,
): Message[] {
  const messages: Message[] = [];
  const atHeartbeat = (atS: number): number => atS + uniform(random) * faults.heartbeatS;
  for (let i = 0; i < events.length; i++) {
    const event = events[i]!;
    const nextS = events[i + 1]?.atS ?? Infinity;
    const isLost = chance(random, faults.lostUplinkRatio);
    if (!event.taken) {
      if (nextS - event.atS <= faults.debounceS) {
        i++;
        continue;
      }
      const atS = isLost
        ? atHeartbeat(event.atS)
        : event.atS + between(random, ...faults.freeLatencyS);
      if (atS < nextS + faults.debounceS) messages.push({ atS, occupied: false, guided: false });
      continue;
    }
    const isLate = isLost || chance(random, faults.missedArrivalRatio);
    const latencyS = between(random, ...faults.occupiedLatencyS);
    const atS = isLate ? atHeartbeat(event.atS) : event.atS + latencyS;
    if (atS < nextS) messages.push({ atS, occupied: true, guided: guided.has(event) && !isLate });
  }
  messages.push(...falseFrees(events, startsOccupied, endS, faults, random));
  return messages.sort((a, b) => a.atS - b.atS);
}

/** An occupied space that shows vacant for one to ten minutes. */
function falseFrees(
  events: readonly SpaceEvent[],
  startsOccupied: boolean,
  endS: number,
  { falseFreePerHour }: Faults,
  random: Random,
): Message[] {
  const messages: Message[] = [];
  let sinceS = startsOccupied ? 0 : null;
  for (const { atS, taken } of [...events, { atS: endS, taken: false }]) {
    if (taken) sinceS = atS;
    if (taken || sinceS === null) continue;
    let atFalseS = sinceS + 120 + exponential(random, 3600 / falseFreePerHour);
    while (atFalseS < atS - 120) {
      const lastsS = between(random, 60, 600);
      if (atFalseS + lastsS > atS - 60) break;
      messages.push({ atS: atFalseS, occupied: false, guided: false });
      messages.push({ atS: atFalseS + lastsS, occupied: true, guided: false });
      atFalseS += lastsS + exponential(random, 3600 / falseFreePerHour);
    }
    sinceS = null;
  }
  return messages;
}

function spells(messages: readonly Message[], startsOccupied: boolean, endS: number): Vacancy[] {
  const vacancies: Vacancy[] = [];
  let openS = startsOccupied ? null : 0;
  for (const { atS, occupied, guided } of messages) {
    if (atS >= endS) break;
    if (occupied === (openS === null)) continue;
    if (occupied && openS !== null)
      vacancies.push({
        fromS: openS,
        toS: atS,
        end: guided ? vacancyEnd.guided : vacancyEnd.taken,
      });
    openS = occupied ? null : atS;
  }
  if (openS !== null) vacancies.push({ fromS: openS, toS: endS, end: vacancyEnd.open });
  return vacancies;
}

/** How many of `n` are kept: the binomial, by its normal form where n is large. */
function thin(n: number, kept: number, random: Random): number {
  if (n < 40) {
    let sum = 0;
    for (let i = 0; i < n; i++) if (chance(random, kept)) sum++;
    return sum;
  }
  return Math.round(n * kept + Math.sqrt(n * kept * (1 - kept)) * normal(random));
}
