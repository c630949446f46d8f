import type { Place } from '../site/geo.ts';

/** Where on a line somebody is. */
export interface OnLine {
  /** Metres between him and the line. */
  readonly offM: number;
  /** Metres along the line to the point nearest to him. */
  readonly alongM: number;
}

type Coordinates = readonly (readonly number[])[];

/** Metres to the east and north of a place, on the plane that touches the earth there. */
function aroundPlace({ lat, lon }: Place, line: Coordinates): [number, number][] {
  const perLat = 111_195;
  const perLon = Math.cos((lat * Math.PI) / 180) * perLat;
  return line.map(([x = 0, y = 0]) => [(x - lon) * perLon, (y - lat) * perLat]);
}

/** Metres along the line to each of its points. */
export function lengthsAlong(line: Coordinates): number[] {
  const [[lon = 0, lat = 0] = []] = line;
  let sum = 0;
  return aroundPlace({ lat, lon }, line).map(([x, y], i, points) => {
    const [fromX = x, fromY = y] = points[i - 1] ?? [];
    return (sum += Math.hypot(x - fromX, y - fromY));
  });
}

/** The nearest point of a GeoJSON line; of a line of no points everything is infinitely far. */
export function nearestOnLine(line: Coordinates, from: Place): OnLine {
  let nearest: OnLine = { offM: Infinity, alongM: 0 };
  let doneM = 0;
  aroundPlace(from, line).forEach(([x2, y2], i, points) => {
    const [x1 = x2, y1 = y2] = points[i - 1] ?? [];
    const [dx, dy] = [x2 - x1, y2 - y1];
    const lengthM = Math.hypot(dx, dy);
    const share =
      lengthM === 0 ? 0 : Math.min(1, Math.max(0, -(x1 * dx + y1 * dy) / (lengthM * lengthM)));
    const offM = Math.hypot(x1 + share * dx, y1 + share * dy);
    if (offM < nearest.offM) nearest = { offM, alongM: doneM + share * lengthM };
    doneM += lengthM;
  });
  return nearest;
}
