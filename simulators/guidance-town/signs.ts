import { distanceM, type LatLon } from '../../services/domain/geometry.ts';
import { createCommitments } from '../../services/domain/guidance/commitments.ts';
import { signText, type SignText } from '../../services/domain/guidance/sign-text.ts';
import { randomFrom, weighted } from '../random.ts';
import type { Driver } from './demand.ts';
import { clusters, type Town } from './town.ts';

/** What the signs at the entries do. */
export interface SignRule {
  /** Say full below this count. */
  readonly fullBelow: number;
  /** Count the cars already sent. */
  readonly isNet: boolean;
  readonly namesGarage: boolean;
}
export const rawSigns: SignRule = { fullBelow: 1, isNet: false, namesGarage: false };
export const productSigns: SignRule = { fullBelow: 10, isNet: true, namesGarage: true };

export interface Signs {
  /** Where a driver who passes the sign at his entry goes instead of his own plan; `null`: he keeps it. */
  read(driver: Driver, nowS: number): number | null;
}

const zoneCount = 10;
const zonesPerSign = 4;
/** A kerb this near to where people go is counted on a sign. */
const aroundCentreM = 400;
/** A zone further from the destination is no alternative. */
const longestWalkM = 600;
/** How fast the wish to go to a zone fades with the way to its middle. */
const zonePullM = 170;
/** Seekers who pass a sign and then park where it pointed. */
const followRatio = 0.3;
const shownAfterS = 60;

const middle = (points: readonly LatLon[]): LatLon => ({
  lat: points.reduce((sum, { lat }) => sum + lat, 0) / points.length,
  lon: points.reduce((sum, { lon }) => sum + lon, 0) / points.length,
});
const nearest = (at: LatLon, points: readonly LatLon[]): number =>
  points.reduce(
    (best, point, i) => (distanceM(at, point) < distanceM(at, points[best] ?? point) ? i : best),
    0,
  );

/** Ten zones of kerbs that lie together (Lloyd 1982, from evenly picked starts). */
function zonesOf(locations: readonly LatLon[]): readonly LatLon[] {
  const step = Math.max(1, Math.floor(locations.length / zoneCount));
  let centres = locations.filter((_, i) => i % step === 0).slice(0, zoneCount);
  for (let round = 0; round < 20; round += 1) {
    const groups = Map.groupBy(locations, (at) => nearest(at, centres));
    centres = centres.map((centre, i) => middle(groups.get(i) ?? [centre]));
  }
  return centres;
}

/** Signs at the entries, each for the four zones next to it, fed with the sensors' counts and the product's rule. */
export function createSigns(
  town: Town,
  rule: SignRule,
  counts: {
    readonly vacant: (place: number) => number;
    /** Cars that the app has sent there and no sensor has counted yet. */
    readonly sentByApp: (place: number, nowS: number) => number;
    readonly isFull: (carPark: number) => boolean;
    readonly delayS: number;
  },
): Signs {
  const locationOf = (place: number): LatLon => town.locations[place] ?? { lat: 0, lon: 0 };
  /** Kerbs where people go: nobody reads of the others. */
  const kerbs = [...town.net.places.keys()].filter(
    (place) =>
      town.net.places[place]?.kind === 'kerb' &&
      clusters.some((cluster) => distanceM(cluster, locationOf(place)) <= aroundCentreM),
  );
  const centres = zonesOf(kerbs.map(locationOf));
  const kerbsOf = Map.groupBy(kerbs, (place) => nearest(locationOf(place), centres));
  /** A sign stands where one comes into a quarter: it shows the zone there and those next to it. */
  const shownIn = centres.map((at) =>
    [...centres.keys()]
      .sort((a, b) => distanceM(at, centres[a] ?? at) - distanceM(at, centres[b] ?? at))
      .slice(0, zonesPerSign),
  );
  const sent = createCommitments({ complianceRatio: followRatio });
  const random = randomFrom('signs');

  const garageNear = (zone: number): number | null => {
    const open = town.net.carParks.filter((place) => !counts.isFull(place));
    const at = centres[zone];
    if (at === undefined || open.length === 0) return null;
    return open[nearest(at, open.map(locationOf))] ?? null;
  };
  const textOf = (zone: number, nowS: number) => {
    const garage = rule.namesGarage ? garageNear(zone) : null;
    const vacantSpaces = (kerbsOf.get(zone) ?? []).reduce(
      (sum, place) => sum + counts.vacant(place),
      0,
    );
    const byApp = (kerbsOf.get(zone) ?? []).reduce(
      (sum, place) => sum + counts.sentByApp(place, nowS),
      0,
    );
    const bySigns = sent.sent(zone, Infinity, nowS * 1_000, null);
    const sentCars = rule.isNet ? byApp + bySigns : 0;
    const input = { vacantSpaces, sentCars, isClosed: false, garage: String(garage) };
    return { zone, garage, vacantSpaces, text: signText(input, { fullBelow: rule.fullBelow }) };
  };
  /** A block of the zone, as somebody chooses who knows only that there are spaces. */
  const drawBlock = (driver: Driver, zone: number): number | null => {
    const blocks = kerbsOf.get(zone) ?? [];
    const walks = town.walksToPlaces(driver.destination);
    let sum = 0;
    const cumulative = Float64Array.from(blocks, (place) => {
      const spaces = town.net.places[place]?.numberOfSpaces ?? 0;
      return (sum += spaces * Math.exp(-(walks[place] ?? 0) / 100));
    });
    return blocks[weighted(random, cumulative)] ?? null;
  };
  /** Rather where the sign shows many, rather near: in proportion to the count, fading with the walk. */
  const drawZone = (
    shown: readonly { readonly zone: number; readonly text: SignText }[],
    destination: LatLon,
  ): number | null => {
    let sum = 0;
    const cumulative = Float64Array.from(shown, ({ zone, text }) => {
      const apartM = distanceM(centres[zone] ?? destination, destination);
      if (text.kind === 'vacant' && apartM <= longestWalkM)
        sum += text.vacantSpaces * Math.exp(-apartM / zonePullM);
      return sum;
    });
    return sum === 0 ? null : (shown[weighted(random, cumulative)]?.zone ?? null);
  };
  const commit = (driver: Driver, zone: number, nowS: number): void => {
    const way = town.times(driver.entry)[driver.destination] ?? 0;
    const knownS = nowS + way + counts.delayS + shownAfterS;
    // Held until the count can know the car: the commitment's own grace is part of that.
    sent.commit(String(driver.id), zone, (knownS - 180) * 1_000);
  };

  return {
    read(driver, nowS) {
      const destination = town.nodeAt[driver.destination] ?? { lat: 0, lon: 0 };
      const own = nearest(destination, centres);
      // Who goes to no quarter with a sign passes none.
      if (distanceM(destination, centres[own] ?? destination) > aroundCentreM) return null;
      const shown = (shownIn[own] ?? []).map((zone) => textOf(zone, nowS));
      const ownText = shown.find(({ zone }) => zone === own);
      if (ownText === undefined) return null;
      if (ownText.text.kind === 'full' && ownText.garage !== null && driver.acceptsCarPark)
        return ownText.garage;
      const zone = drawZone(shown, destination);
      if (zone === null) return null;
      commit(driver, zone, nowS);
      return zone === own ? null : drawBlock(driver, zone);
    },
  };
}
