import { setTimeout as pause } from 'node:timers/promises';

/**
 * Resolves with what `condition` gives as soon as that is neither false, null nor undefined, and fails
 * with `what` after `timeoutMs`, which ends what hangs and measures nothing. A condition that throws is
 * not met yet; its last error is the cause.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: { readonly what?: string; readonly timeoutMs?: number } = {},
): Promise<Exclude<T, false | null | undefined>> {
  const { what = 'the condition', timeoutMs = 60_000 } = options;
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    // Whoever slept through the deadline has a last look all the same.
    const isLast = performance.now() >= deadline;
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined) {
        return value as Exclude<T, false | null | undefined>;
      }
    } catch (error) {
      cause = error;
    }
    if (isLast) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`, { cause });
    await pause(5);
  }
}

/**
 * Resolves with what `attempt` gives as soon as it does not throw; its last error is the cause of a failure.
 * Vitest's own `waitFor` gives up after a second, which a busy browser may need for a redraw.
 */
export async function eventually<T>(attempt: () => T | Promise<T>): Promise<T> {
  const { value } = await waitFor(async () => ({ value: await attempt() }));
  return value;
}
