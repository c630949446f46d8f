import type { Inventory } from '../domain/site.ts';
import type { Guide } from '../pipeline/guide.ts';

/** What guidance is made of: who watches a space does not matter to it. */
const placesOf = ({ installations: _installations, ...places }: Inventory): string =>
  JSON.stringify(places);

/**
 * The guide of the inventory in force. It learns anew when places change, and goes on undisturbed, with the
 * drivers it guides, when only devices do.
 */
export function createGuiding(inventory: () => Inventory, open: (inventory: Inventory) => Guide) {
  let guide = open(inventory());
  let places = placesOf(inventory());
  let ready: Promise<unknown> | undefined;

  const startAfter = async (before: Promise<unknown>): Promise<void> => {
    const its = guide;
    await before;
    // Another may have taken its place meanwhile.
    if (its === guide) await its.start();
  };
  return {
    guide: (): Guide => guide,
    /** Begins when `before` has come. */
    start(before: Promise<unknown>): Promise<void> {
      ready = before;
      return startAfter(before);
    },
    async follow(): Promise<void> {
      const next = placesOf(inventory());
      if (next === places) return;
      places = next;
      guide.stop();
      guide = open(inventory());
      if (ready) await startAfter(ready);
    },
    stop: (): void => guide.stop(),
  };
}
