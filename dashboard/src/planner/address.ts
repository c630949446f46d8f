import { parseScope, toScopeText, wholeArea, type Scope } from './scope.ts';

export const views = ['overview', 'occupancy', 'zones', 'measures', 'data', 'report'] as const;
export type View = (typeof views)[number];

/** Weeks that are looked at; whole weeks, so that weekdays weigh the same. */
export const spans = [1, 4, 13, 52] as const;
export type Span = (typeof spans)[number];

/** What a link to the planner's pages asks for; it brings the same figures back. */
export interface Address {
  readonly view: View;
  readonly scope: Scope;
  readonly weeks: Span;
  /** `YYYY-MM` of the report; `null` is the newest. */
  readonly month: string | null;
}

export function readAddress(search: string): Address {
  const query = new URLSearchParams(search);
  const month = query.get('month');
  return {
    view: views.find((view) => view === query.get('view')) ?? 'overview',
    scope: parseScope(query.get('scope')),
    weeks: spans.find((span) => String(span) === query.get('weeks')) ?? 4,
    month: month !== null && /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? month : null,
  };
}

/** Relative address, without what is the default anyway. */
export function toAddress({ view, scope, weeks, month }: Address): string {
  const query = new URLSearchParams();
  if (view !== 'overview') query.set('view', view);
  if (toScopeText(scope) !== toScopeText(wholeArea)) query.set('scope', toScopeText(scope));
  if (weeks !== 4) query.set('weeks', String(weeks));
  if (month !== null) query.set('month', month);
  const text = query.toString();
  return text === '' ? location.pathname : `?${text}`;
}
