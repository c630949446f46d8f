import { AppError } from '../../domain/errors.ts';

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/** Pauses between attempts: doubling up to a minute, each within ±50 %, so that clients do not come in step. */
export function createBackoff() {
  let pauseMs = firstPauseMs;
  const jittered = (ms: number): number => ms * (0.5 + Math.random());
  return {
    /** The pause after a connection that worked. */
    firstMs: (): number => jittered(firstPauseMs),
    /** The pause after one more attempt that did not. */
    nextMs(): number {
      const ms = jittered(pauseMs);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      return ms;
    },
    reset: (): void => void (pauseMs = firstPauseMs),
  };
}

/** MQTT 3.1.1, table 3.1: connect return codes; 4 and 5 are the operator's to mend. */
const refusals: Readonly<Record<number, string>> = {
  1: 'it does not speak MQTT 3.1.1',
  2: 'it does not accept the client id',
  3: 'it is not available now',
  4: 'it does not accept the user name or the key',
  5: 'it does not accept the user name or the key, or could not check them',
};

/** One sentence for what keeps a source from listening, without any secret. */
export function describeTrouble(url: string, cause: unknown): string {
  const { host } = new URL(url);
  if (cause instanceof AppError) return cause.message;
  if (!(cause instanceof Error)) return `${host}: ${String(cause)}`;
  const { code } = cause as { code?: unknown };
  const refusal = typeof code === 'number' ? refusals[code] : undefined;
  if (refusal !== undefined) return `${host} refuses the connection: ${refusal}`;
  return `${host} cannot be reached: ${cause.message || String(code)}`;
}
