import type { Destination } from '../site/search.ts';

/** A guidance session that goes on while a navigation app is in front. */
export interface KeptGuidance {
  readonly id: string;
  readonly siteId: string;
  readonly destination: Destination;
  readonly savedAtMs: number;
}

/** Where the car stands; known to this device only. */
export interface ParkedCar {
  readonly name: string;
  readonly lat: number;
  readonly lon: number;
  readonly parkedAtMs: number;
  /** Minutes one may stay; `null` is no limit that is known. */
  readonly maxStayMin: number | null;
}

const guidanceKey = 'parklotse.guidance';
const parkedKey = 'parklotse.parked';
/** Nobody is on his way for longer. */
const tripMs = 3 * 3_600_000;
/** A car that stands for longer has been driven since. */
const parkedMs = 7 * 86_400_000;

function read(key: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}
function write(key: string, value: object | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Without a storage it is known as long as the page is open.
  }
}
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isAt = (value: unknown): value is { name: string; lat: number; lon: number } => {
  const { name, lat, lon } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return typeof name === 'string' && isNumber(lat) && isNumber(lon);
};

export const keepGuidance = (kept: KeptGuidance | null): void => write(guidanceKey, kept);

/** The session to go on with; what is old or of another form is none. */
export function readGuidance(nowMs: number): KeptGuidance | null {
  const value = read(guidanceKey);
  if (value === null) return null;
  const { id, siteId, destination, savedAtMs } = value;
  const isRecent = isNumber(savedAtMs) && nowMs - savedAtMs < tripMs;
  if (!isRecent || typeof id !== 'string' || typeof siteId !== 'string' || !isAt(destination)) {
    write(guidanceKey, null);
    return null;
  }
  return { id, siteId, destination, savedAtMs };
}

export const keepParked = (parked: ParkedCar | null): void => write(parkedKey, parked);

/** Where the car was left on this device. */
export function readParked(nowMs: number): ParkedCar | null {
  const value = read(parkedKey);
  if (value === null) return null;
  const { parkedAtMs, maxStayMin } = value;
  if (!isAt(value) || !isNumber(parkedAtMs) || nowMs - parkedAtMs > parkedMs) {
    write(parkedKey, null);
    return null;
  }
  const { name, lat, lon } = value;
  return { name, lat, lon, parkedAtMs, maxStayMin: isNumber(maxStayMin) ? maxStayMin : null };
}
