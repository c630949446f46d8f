import type { Clock } from '../../ports/clock.ts';

export interface RateLimit {
  /** Requests an address may make at once after a rest. */
  readonly burst: number;
  /** Requests a second it may go on with. */
  readonly perSecond: number;
}

export interface Allowance {
  readonly isAllowed: boolean;
  /** Whole requests left now. */
  readonly remaining: number;
  /** Seconds until the next request is allowed (0 when it is), rounded up. */
  readonly retryAfterS: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Enough for every household of a county town at once; 100 bytes each. */
const maxAddresses = 20_000;

/**
 * A token bucket an address. The table is bounded: the address that was quiet for the longest is
 * forgotten first, and a forgotten address starts with a full bucket.
 */
export function createRateLimiter(limit: RateLimit, clock: Clock) {
  const buckets = new Map<string, Bucket>();

  function refilled(address: string): Bucket {
    const nowMs = clock.now();
    const bucket = buckets.get(address) ?? { tokens: limit.burst, atMs: nowMs };
    const gained = (Math.max(0, nowMs - bucket.atMs) / 1000) * limit.perSecond;
    bucket.tokens = Math.min(limit.burst, bucket.tokens + gained);
    bucket.atMs = nowMs;
    buckets.delete(address);
    buckets.set(address, bucket);
    if (buckets.size > maxAddresses) {
      for (const oldest of buckets.keys()) {
        buckets.delete(oldest);
        break;
      }
    }
    return bucket;
  }

  return {
    /** Takes one request off the address's allowance. */
    take(address: string): Allowance {
      const bucket = refilled(address);
      const isAllowed = bucket.tokens >= 1;
      if (isAllowed) bucket.tokens -= 1;
      return {
        isAllowed,
        remaining: Math.floor(bucket.tokens),
        retryAfterS: isAllowed ? 0 : Math.ceil((1 - bucket.tokens) / limit.perSecond),
      };
    },
    /** Gives one request back: an answer of 304 is not counted. */
    giveBack(address: string): void {
      const bucket = buckets.get(address);
      if (bucket) bucket.tokens = Math.min(limit.burst, bucket.tokens + 1);
    },
  };
}
