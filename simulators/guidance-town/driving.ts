import { uniform, type Random } from '../random.ts';
import type { Arc, Town } from './town.ts';

/** A driver who looks for a space without knowing where one is. */
interface Searcher {
  readonly node: number;
  readonly random: Random;
  readonly driver: { readonly destination: number };
  /** Blocks driven last, newest at the end. */
  readonly recent: readonly number[];
}

const memory = 12;

/**
 * The next block of somebody searching: rather towards the destination, rather where he knows kerb
 * spaces to be, rather not where he just was, rather no dead end; back only where there is no other way.
 */
export function roam(town: Town, searcher: Searcher): Arc | undefined {
  const arcs = town.leaving[searcher.node] ?? [];
  const last = searcher.recent.at(-1);
  const onward = arcs.filter(({ block }) => block !== last);
  const options = onward.length > 0 ? onward : arcs;
  const walks = town.walks(searcher.driver.destination);
  const weights = options.map(({ block, head }) => {
    const place = town.placeOf[block] ?? -1;
    const known = place < 0 ? 0 : (town.net.places[place]?.numberOfSpaces ?? 0);
    const seen = searcher.recent.lastIndexOf(block);
    const age = seen < 0 ? memory : searcher.recent.length - 1 - seen;
    const fresh = 0.15 + 0.85 * Math.min(1, age / memory);
    const open = town.isDeadEnd[block] === 1 ? 0.3 : 1;
    return (
      Math.exp(-(walks[head] ?? 3_000) / 170) * (0.3 + 0.7 * Math.min(1, known / 3)) * fresh * open
    );
  });
  let left = uniform(searcher.random) * weights.reduce((sum, weight) => sum + weight, 0);
  return options.find((_, i) => (left -= weights[i] ?? 0) < 0) ?? options.at(-1);
}

/** The next block on the quickest way to a place. */
export function towards(town: Town, node: number, place: number): Arc | undefined {
  let best: { arc: Arc; costS: number } | undefined;
  for (const arc of town.leaving[node] ?? []) {
    const rest = town.blockOf[place] === arc.block ? 0 : town.net.driveS(arc.head, place);
    const costS = arc.seconds + rest;
    if (best === undefined || costS < best.costS) best = { arc, costS };
  }
  return best?.arc;
}
