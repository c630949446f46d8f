/** Spread of the occupancy between neighbouring blocks, as beta-binomial prior weight. */
const concentration = 6;
/** A vacancy nobody saw is believed a little less than one that a sensor reports. */
const trust = 0.9;

/**
 * Chance of a vacant space at a block without sensors: beta-binomial probability that not all of its
 * spaces are taken, given the occupancy around. `spaces` is net of cars already sent there.
 */
export function unwatchedChance(spaces: number, occupancyRatio: number): number {
  if (spaces <= 0.3) return 0;
  let allTaken = 1;
  for (let i = 0; i < Math.max(1, Math.round(spaces)); i += 1)
    allTaken *= (concentration * occupancyRatio + i) / (concentration + i);
  return trust * Math.min(1, spaces) * (1 - allTaken);
}
