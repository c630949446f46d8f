/** Does work at most `most` at a time; the rest waits, in its order. */
export function createTurns(most: number) {
  const waiting: (() => void)[] = [];
  let free = most;
  return async <Done>(work: () => Promise<Done>): Promise<Done> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((begin) => waiting.push(begin));
    try {
      return await work();
    } finally {
      // A turn goes on to who waits; nobody comes in between.
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
