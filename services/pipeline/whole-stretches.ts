import { derived } from '../domain/derived.ts';
import type { SiteId } from '../domain/ids.ts';
import { isEmpty } from '../domain/roll-up-add.ts';
import { wholeStretches } from '../domain/roll-up-groups.ts';
import type { RollUp } from '../domain/roll-up.ts';
import type { Inventory } from '../domain/site.ts';
import type { HistoryStore } from '../ports/history-store.ts';

/** What is counted on the street belongs to the stretch alone. */
const toSite = (row: RollUp, id: SiteId): RollUp => ({
  ...row,
  scope: 'site',
  id,
  vehicles: null,
  countedMs: 0,
});

const byTimeAndId = (a: RollUp, b: RollUp): number =>
  a.fromMs - b.fromMs || (a.id < b.id ? -1 : Number(a.id > b.id));

/**
 * Roll-ups of sites that are the whole of their stretch are stored once, as the stretch's, and answered
 * for both: nearly half of all rows (decision 0015). Where a site has rows of its own (it shared the
 * stretch at that time, or an earlier version wrote them) these hold.
 */
export function withWholeStretches(store: HistoryStore, inventory: () => Inventory): HistoryStore {
  const whole = derived(inventory, wholeStretches);

  async function ofSites(
    query: Parameters<HistoryStore['rollUps']>[0],
  ): Promise<readonly RollUp[]> {
    const wanted = query.ids && new Set<string>(query.ids);
    const siteOf = new Map<string, SiteId>(
      [...whole()].flatMap(([siteId, stretchId]) =>
        wanted?.has(siteId) === false ? [] : [[stretchId, siteId]],
      ),
    );
    const own = await store.rollUps(query);
    if (siteOf.size === 0) return own;
    const ids = wanted && { ids: [...siteOf.keys()] };
    const shared = await store.rollUps({ ...query, scope: 'stretch', ...ids });
    const keyOf = ({ id, fromMs }: Pick<RollUp, 'id' | 'fromMs'>): string => `${id}|${fromMs}`;
    const known = new Set(own.map(keyOf));
    const told = shared.flatMap((row) => {
      const id = siteOf.get(row.id);
      const site = id === undefined ? undefined : toSite(row, id);
      return !site || isEmpty(site) || known.has(keyOf(site)) ? [] : [site];
    });
    return told.length === 0 ? own : [...own, ...told].sort(byTimeAndId);
  }

  return {
    ...store,
    rollUps: (query) => (query.scope === 'site' ? ofSites(query) : store.rollUps(query)),
  };
}
