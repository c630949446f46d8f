/**
 * Share of traffic that searches, from searcher passes at full kerbs. With acceptance a < 1 only a × the
 * searchers show as takes, and those who pass a free space by keep searching (estimators-town.md 2.4).
 */
export function cruisingShare(
  passes: { readonly full: number; readonly takes: number; readonly all: number },
  acceptanceRatio: number,
): number {
  if (passes.all <= 0) return 0;
  const found = passes.full + passes.takes;
  const firstFull = found > 0 ? passes.full / found : 0;
  const visits = firstFull + acceptanceRatio * (1 - firstFull);
  return visits > 0 ? passes.full / acceptanceRatio / passes.all / visits : 0;
}
