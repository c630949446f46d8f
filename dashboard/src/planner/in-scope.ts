import type { Zone } from '../../../services/contract/site.ts';
import type { Scope } from './scope.ts';

/** Zones of the area that is looked at. */
export function ofScope<Row extends { readonly id: string }>(
  rows: readonly Row[],
  { scope, id }: Scope,
  zones: readonly Zone[],
): readonly Row[] {
  if (scope === 'all') return rows;
  if (scope === 'zone') return rows.filter((row) => row.id === id);
  const own = new Set(zones.filter((zone) => zone.municipalityId === id).map((zone) => zone.id));
  return rows.filter((row) => own.has(row.id));
}

/** Measures that were taken in the area that is looked at; one without zones is taken everywhere. */
export function measuresIn<Measure extends { readonly zones: readonly string[] }>(
  measures: readonly Measure[],
  scope: Scope,
  zones: readonly Zone[],
): readonly Measure[] {
  if (scope.scope === 'all') return measures;
  const own = new Set(ofScope(zones, scope, zones).map(({ id }) => id));
  return measures.filter((one) => one.zones.length === 0 || one.zones.some((id) => own.has(id)));
}
