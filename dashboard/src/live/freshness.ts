/** How old the newest uplink of the whole deployment is; `none`: nothing was ever heard. */
export type FeedState = 'live' | 'delayed' | 'stale' | 'none';

const minuteMs = 60_000;
const delayedAfterMs = 2 * minuteMs;
const staleAfterMs = 10 * minuteMs;

/** Both times by the server's clock. */
export function feedState(newestUplinkMs: number | null, nowMs: number): FeedState {
  if (newestUplinkMs === null) return 'none';
  const ageMs = nowMs - newestUplinkMs;
  if (ageMs > staleAfterMs) return 'stale';
  return ageMs > delayedAfterMs ? 'delayed' : 'live';
}
