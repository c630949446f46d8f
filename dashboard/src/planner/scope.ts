import type { Deployment, ZoneList } from '../../../services/contract/site.ts';

/** The area that is looked at. */
export interface Scope {
  readonly scope: 'all' | 'municipality' | 'zone';
  readonly id: string;
}

export const wholeArea: Scope = { scope: 'all', id: 'all' };

/** `all`, `municipality:ID` or `zone:ID`. */
export const toScopeText = ({ scope, id }: Scope): string =>
  scope === 'all' ? 'all' : `${scope}:${id}`;

export function parseScope(text: string | null): Scope {
  const [scope, ...rest] = (text ?? '').split(':');
  const id = rest.join(':');
  return (scope === 'municipality' || scope === 'zone') && id !== '' ? { scope, id } : wholeArea;
}

export interface ScopeGroup {
  readonly name: string | null;
  readonly scopes: readonly (readonly [Scope, string])[];
}

/** What can be chosen: the whole, each municipality where there are several, each zone. */
export function listScopes(
  deployment: Deployment,
  zones: ZoneList['items'],
): readonly ScopeGroup[] {
  const { municipalities } = deployment;
  const several = municipalities.length > 1;
  const ofTown = (town: string): ScopeGroup['scopes'] =>
    zones
      .filter(({ municipalityId }) => municipalityId === town)
      .map(({ id, name }) => [{ scope: 'zone', id }, name] as const);
  const groups: readonly ScopeGroup[] = [
    { name: null, scopes: [[wholeArea, deployment.name]] },
    ...municipalities.map(({ id, name }) => ({
      name,
      scopes: [...(several ? [[{ scope: 'municipality', id }, name] as const] : []), ...ofTown(id)],
    })),
  ];
  return groups.filter(({ scopes }) => scopes.length > 0);
}

/** Name of a scope; its id where it is not known. */
export function nameOfScope(groups: readonly ScopeGroup[], wanted: Scope): string {
  for (const { scopes } of groups)
    for (const [scope, name] of scopes) if (toScopeText(scope) === toScopeText(wanted)) return name;
  return wanted.id;
}
