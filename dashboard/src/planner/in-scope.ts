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
