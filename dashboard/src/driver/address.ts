import type { View } from './driver.svelte.ts';

export interface Address {
  readonly view: View;
  readonly siteId: string | null;
}

/** What a link to this page asks for: `?view=map&site=ID`. */
export function readAddress(search: string): Address {
  const query = new URLSearchParams(search);
  return { view: query.get('view') === 'map' ? 'map' : 'list', siteId: query.get('site') };
}

/** Relative address of a view, so that it can be shared and reloaded. */
export function toAddress({ view, siteId }: Address): string {
  const query = new URLSearchParams();
  if (view === 'map') query.set('view', 'map');
  if (siteId !== null) query.set('site', siteId);
  const text = query.toString();
  return text === '' ? location.pathname : `?${text}`;
}
