/**
 * A seeded random source whose whole state is one number, so that a simulation can be stored and
 * taken up again. Generator: mulberry32 (Tommy Ettinger, 2017), period 2^32.
 */
export interface Random {
  state: number;
}

/** The same parts give the same source; different parts give independent ones (FNV-1a, then a mix). */
export function randomFrom(...parts: readonly (number | string)[]): Random {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    for (const character of `${part}|`) {
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    }
  }
  return { state: mix(hash) };
}

/** A source of its own for the `index`-th of something, cheap enough for every driver. */
export const randomFor = (seed: number, index: number): Random => ({
  state: mix(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)),
});

function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Uniform in [0, 1). */
export function uniform(random: Random): number {
  random.state = (random.state + 0x6d2b79f5) | 0;
  let t = Math.imul(random.state ^ (random.state >>> 15), 1 | random.state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}

/** Uniform in [from, to). */
export const between = (random: Random, from: number, to: number): number =>
  from + uniform(random) * (to - from);

/** An integer in [0, n). */
export const integer = (random: Random, n: number): number => Math.floor(uniform(random) * n);

export const chance = (random: Random, probability: number): boolean =>
  uniform(random) < probability;

/** Exponential with the given mean. */
export const exponential = (random: Random, mean: number): number =>
  -Math.log(1 - uniform(random)) * mean;

/** Standard normal (Box and Muller, 1958). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - uniform(random))) * Math.cos(2 * Math.PI * uniform(random));

/** Log-normal with the given median and standard deviation of the logarithm. */
export const logNormal = (random: Random, median: number, sigma: number): number =>
  median * Math.exp(sigma * normal(random));

/** Index into ascending cumulative weights, drawn in proportion to the weights. */
export function weighted(random: Random, cumulative: Float64Array): number {
  const x = uniform(random) * (cumulative.at(-1) ?? 0);
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 0) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}
