import type { Deployment, Site } from '../../../services/contract/site.ts';

/** What the page shows while offline: the last it knew. */
export interface SavedSnapshot {
  readonly savedAtMs: number;
  readonly deployment: Deployment;
  readonly sites: readonly Site[];
}

const databaseName = 'parklotse';
const storeName = 'snapshot';
const key = 'last';

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(storeName);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('no database'));
  });
}

async function run<T>(
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T | undefined> {
  try {
    const database = await open();
    return await new Promise((resolve) => {
      const request = ask(database.transaction(storeName, mode).objectStore(storeName));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(undefined);
    });
  } catch {
    // Private windows and full disks have no database: the page then simply has no memory.
    return undefined;
  }
}

/** Keeps one snapshot; failing is no harm. */
export const saveSnapshot = (snapshot: SavedSnapshot): Promise<unknown> =>
  run('readwrite', (store) => store.put(snapshot, key));

/** The last snapshot, if this browser has one. */
export const loadSnapshot = (): Promise<SavedSnapshot | undefined> =>
  run('readonly', (store) => store.get(key) as IDBRequest<SavedSnapshot | undefined>);

/** Forgets it, for "Alles löschen". */
export const deleteSnapshot = (): Promise<unknown> =>
  run('readwrite', (store) => store.delete(key));
