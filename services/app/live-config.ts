import type { Settings } from '../../config/config.ts';
import { ConfigError } from '../../config/mistakes.ts';
import { derived } from '../domain/derived.ts';
import type { EpochMs } from '../domain/ids.ts';
import type { PublicInventory } from '../domain/privacy.ts';
import { mayCountUplinks, toPublicInventory } from '../domain/privacy.ts';
import type { Inventory } from '../domain/site.ts';
import type { Clock } from '../ports/clock.ts';
import { inventoryChangedAtMs, type Deployed } from './inventory.ts';

/** The deployment folder as it is in force: sites, streets, installations and measures can be replaced. */
export interface LiveConfig {
  config(): Settings;
  inventory(): Inventory;
  publicInventory(): PublicInventory;
  /** Whether figures that move with every uplink may be told to everybody. */
  mayCountUplinks(): boolean;
  /** When the inventory was last changed. */
  changedAtMs(): EpochMs;
  /** Why the newest files are not in force; `null` while they are. */
  problem(): string | null;
  /**
   * Takes over what `read` gives. Of `deployment.json` only the municipalities are taken, everything else
   * there needs a restart. When `read` throws `ConfigError` all stays as it was, and the answer is false.
   */
  reload(read: () => Deployed): boolean;
}

export function createLiveConfig(start: Deployed, clock: Clock): LiveConfig {
  let current = start;
  const { dir, deployment, secrets } = start.config;
  let problem: string | null = null;
  const changedAt = (): EpochMs => Math.min(inventoryChangedAtMs(dir), clock.now());
  let changedAtMs = changedAt();
  const inventory = (): Inventory => current.inventory;
  const figures = derived(inventory, (now) => ({ isTold: mayCountUplinks(now) }));

  return {
    config: () => current.config,
    inventory,
    publicInventory: derived(inventory, toPublicInventory),
    mayCountUplinks: () => figures().isTold,
    changedAtMs: () => changedAtMs,
    problem: () => problem,
    reload(read) {
      try {
        const next = read();
        const { municipalities } = next.config.deployment;
        const config = {
          ...next.config,
          deployment: { ...deployment, municipalities },
          secrets,
        };
        current = { config, inventory: next.inventory };
        changedAtMs = changedAt();
        problem = null;
        return true;
      } catch (cause) {
        if (!(cause instanceof ConfigError)) throw cause;
        problem = cause.message;
        return false;
      }
    },
  };
}
