import { distanceM, type LatLon } from '../geometry.ts';
import type { Stretch } from '../site.ts';
import type { Passage, StreetGraph, StreetPosition } from '../street-graph.ts';

/** Where a driver has to turn because the street goes on otherwise too. */
export interface Turn {
  /** Index of the junction among the way's points. */
  readonly at: number;
  readonly direction: 'left' | 'right' | 'back';
  /** The street he turns into; `null` where it has no name. */
  readonly street: string | null;
}

/** The fastest way by car, from where somebody is to the far end of a kerb or to an entrance. */
export interface DrivingWay {
  readonly points: readonly LatLon[];
  readonly turns: readonly Turn[];
  readonly lengthM: number;
}

/** One stretch of a way, in the direction it is driven. */
interface Piece {
  readonly points: readonly LatLon[];
  readonly stretch: number;
  readonly head: number;
  /** Other streets that can be taken at its beginning. */
  readonly others: number;
}
interface Leaving extends Passage {
  readonly stretch: number;
}

/** Turning a car round on the spot. */
const turnRoundS = 30;
/** Smaller angles follow the street; larger ones turn round. Degrees. */
const [straightDeg, roundDeg] = [35, 150];
/** So far before and behind a junction a street shows where it goes. */
const lookM = 12;
/** No way within a town has more pieces. */
const mostPieces = 2_000;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Degrees from north, clockwise, on the plane that touches the earth there. */
function bearingDeg(from: LatLon, to: LatLon): number {
  const east = (to.lon - from.lon) * Math.cos(radians(from.lat));
  return (Math.atan2(east, to.lat - from.lat) * 180) / Math.PI;
}
/** From one bearing to another, −180 to 180; to the right is positive. */
const turnDeg = (from: number, to: number): number =>
  ((((to - from + 540) % 360) + 360) % 360) - 180;

const lengthOf = (points: readonly LatLon[]): number =>
  points.reduce((sum, point, i) => sum + distanceM(points[i - 1] ?? point, point), 0);

/** The part of a line between two shares of its length, in the line's direction. */
function cut(points: readonly LatLon[], fromRatio: number, toRatio: number): readonly LatLon[] {
  const wholeM = lengthOf(points);
  const [fromM, toM] = [fromRatio * wholeM, toRatio * wholeM];
  const part: LatLon[] = [];
  let doneM = 0;
  for (const [i, point] of points.entries()) {
    const before = points[i - 1] ?? point;
    const pieceM = distanceM(before, point);
    const at = (m: number): LatLon => {
      const share = pieceM === 0 ? 0 : (m - doneM) / pieceM;
      return {
        lat: before.lat + share * (point.lat - before.lat),
        lon: before.lon + share * (point.lon - before.lon),
      };
    };
    if (doneM <= fromM && fromM < doneM + pieceM) part.push(at(fromM));
    if (doneM + pieceM > fromM && doneM + pieceM < toM) part.push(point);
    if (doneM < toM && toM <= doneM + pieceM) part.push(at(toM));
    doneM += pieceM;
  }
  return part.length < 2 ? points.slice(-2) : part;
}

/** The point about `lookM` into a line from its beginning. */
function lookAhead(points: readonly LatLon[]): LatLon | undefined {
  const [start] = points;
  return points.find((point) => start && distanceM(start, point) >= lookM) ?? points.at(-1);
}

/** Finds ways on the streets; `timesTo` are the seconds from every node to the target. */
export function createWayFinder(graph: StreetGraph, stretches: readonly Stretch[]) {
  const byId = new Map(stretches.map(({ id }, i) => [id, i]));
  const leaving: Leaving[][] = Array.from({ length: graph.nodeCount }, () => []);
  for (const [stretch, { id }] of stretches.entries())
    for (const passage of graph.wholeStretch(id)?.passages ?? [])
      leaving[passage.tail]?.push({ ...passage, stretch });

  const othersAt = (node: number, stretch: number, from: number): number => {
    const streets = new Set((leaving[node] ?? []).map((way) => way.stretch));
    streets.delete(stretch);
    streets.delete(from);
    return streets.size;
  };
  const lineOf = (stretch: number, tail: number): readonly LatLon[] => {
    const street = stretches[stretch];
    if (street === undefined) return [];
    return graph.node(street.fromNode) === tail ? street.points : street.points.toReversed();
  };
  const pieceOf = (
    stretch: number,
    { tail, head }: Passage,
    [fromRatio, toRatio]: readonly [number, number],
    before: number,
  ): Piece => ({
    points:
      fromRatio === 0 && toRatio === 1
        ? lineOf(stretch, tail)
        : cut(lineOf(stretch, tail), fromRatio, toRatio),
    stretch,
    head,
    others: othersAt(tail, stretch, before),
  });

  /** The direction in which he leaves where he is; against his nose only if that is much faster. */
  const setOut = (
    position: StreetPosition,
    stretch: number,
    headingDeg: number | null,
    restS: (passage: Passage) => number,
  ): Passage | undefined => {
    const costOf = (passage: Passage): number => {
      const [a, b] = cut(lineOf(stretch, passage.tail), passage.untilS / passage.seconds, 1);
      const isAgainst =
        headingDeg !== null &&
        a !== undefined &&
        b !== undefined &&
        Math.abs(turnDeg(headingDeg, bearingDeg(a, b))) > 100;
      return restS(passage) + (isAgainst ? turnRoundS : 0);
    };
    return position.passages.toSorted((a, b) => costOf(a) - costOf(b))[0];
  };

  function piecesTo(
    position: StreetPosition,
    headingDeg: number | null,
    target: StreetPosition,
    timesTo: (node: number) => number,
  ): readonly Piece[] | undefined {
    const [start, end] = [byId.get(position.stretchId), byId.get(target.stretchId)];
    if (start === undefined || end === undefined) return undefined;
    const along = ({ tail, head, untilS }: Passage): Passage | undefined =>
      start === end
        ? target.passages.find((to) => to.tail === tail && to.head === head && to.untilS >= untilS)
        : undefined;
    const restS = (passage: Passage): number => {
      const there = along(passage);
      return there === undefined
        ? passage.seconds - passage.untilS + timesTo(passage.head)
        : there.untilS - passage.untilS;
    };
    const first = setOut(position, start, headingDeg, restS);
    if (first === undefined || restS(first) === Infinity) return undefined;
    const share = (passage: Passage): number => passage.untilS / passage.seconds;
    const direct = along(first);
    const pieces = [
      pieceOf(start, first, [share(first), direct === undefined ? 1 : share(direct)], start),
    ];
    for (let node = first.head; direct === undefined && pieces.length < mostPieces;) {
      const before = pieces.at(-1)?.stretch ?? start;
      const last = target.passages.filter(({ tail }) => tail === node);
      // Who set out the other way need not turn round at the first corner: later on he never would.
      const roundS = (way: Leaving): number =>
        pieces.length === 1 && way.stretch === start ? turnRoundS : 0;
      const costOf = (way: Leaving): number => way.seconds + timesTo(way.head) + roundS(way);
      const [way] = (leaving[node] ?? []).toSorted((a, b) => costOf(a) - costOf(b));
      const there = last.find(({ untilS }) => untilS <= timesTo(node) + 0.01);
      if (there !== undefined) {
        pieces.push(pieceOf(end, there, [0, share(there)], before));
        return pieces;
      }
      if (way === undefined || timesTo(way.head) === Infinity) return undefined;
      pieces.push(pieceOf(way.stretch, way, [0, 1], before));
      node = way.head;
    }
    return direct === undefined ? undefined : pieces;
  }

  const turnAt = (
    before: readonly LatLon[],
    piece: Piece,
    at: number,
    last: Piece,
  ): Turn | null => {
    const junction = piece.points[0];
    const [from, to] = [lookAhead(before.toReversed()), lookAhead(piece.points)];
    if (junction === undefined || from === undefined || to === undefined) return null;
    const angle = turnDeg(bearingDeg(from, junction), bearingDeg(junction, to));
    const isRound = piece.stretch === last.stretch || Math.abs(angle) > roundDeg;
    if (!isRound && (piece.others === 0 || Math.abs(angle) < straightDeg)) return null;
    const name = stretches[piece.stretch]?.name ?? '';
    return {
      at,
      direction: isRound ? 'back' : angle > 0 ? 'right' : 'left',
      street: name === '' ? null : name,
    };
  };

  /** `undefined` where a car does not get there. */
  return (
    position: StreetPosition,
    headingDeg: number | null,
    target: StreetPosition,
    timesTo: (node: number) => number,
  ): DrivingWay | undefined => {
    const pieces = piecesTo(position, headingDeg, target, timesTo);
    if (pieces === undefined) return undefined;
    const points: LatLon[] = [];
    const turns: Turn[] = [];
    for (const [i, piece] of pieces.entries()) {
      const last = pieces[i - 1];
      const turn = last && turnAt(points, piece, points.length - 1, last);
      if (turn) turns.push(turn);
      // A junction belongs to both pieces; it is one point of the way.
      points.push(...(i === 0 ? piece.points : piece.points.slice(1)));
    }
    return { points, turns, lengthM: lengthOf(points) };
  };
}
