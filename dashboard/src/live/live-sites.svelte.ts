import type { LiveFrame } from '../../../services/contract/live.ts';
import type { Deployment, Site } from '../../../services/contract/site.ts';
import { getDeployment, getSites, liveUrl } from './api.ts';
import { backoffMs } from './backoff.ts';
import { feedState, type FeedState } from './freshness.ts';
import { createLiveClient, type Connection } from './live-client.ts';
import { troubleOf, type Trouble } from './request.ts';
import { createSiteStore, type SiteStore } from './site-store.ts';
import { loadSnapshot, saveSnapshot } from './snapshot-store.ts';

export type Phase = 'loading' | 'ready' | 'offline' | 'failed';

/** Rows are redrawn at most this often, however fast the frames come. */
const publishEveryMs = 1000;
const tickEveryMs = 10_000;
const saveEveryMs = 60_000;
/** An inventory that keeps naming unknown sites must not make the page ask without end. */
const reloadAfterMs = 60_000;

/**
 * All sites and how fresh they are. The sites live outside Svelte's deep state; what shows them
 * is told of changes at most once a second.
 */
export class LiveSites {
  version = $state.raw(0);
  /** Grows when other sites are there than before. */
  inventory = $state.raw(0);
  phase = $state.raw<Phase>('loading');
  /** Why the last question had no answer. */
  trouble = $state.raw<Trouble | null>(null);
  connection = $state.raw<Connection>('closed');
  isPaused = $state.raw(false);
  deployment = $state.raw<Deployment>();
  /** By the server's clock, so that a wrong clock in the car changes nothing. */
  nowMs = $state.raw(Date.now());
  newestUplinkMs = $state.raw<number | null>(null);
  /** When the shown offline snapshot was taken. */
  savedAtMs = $state.raw<number | null>(null);
  readonly feed: FeedState = $derived(feedState(this.newestUplinkMs, this.nowMs));

  readonly #store = createSiteStore();
  #hasNews = false;
  #clockOffsetMs = 0;
  #attempt = 0;
  #isLoading = false;
  #loadedAtMs = 0;
  #client: ReturnType<typeof createLiveClient> | undefined;
  #timers: number[] = [];

  /** The whole feed is too old, or this is a snapshot of another time: nothing live may be claimed. */
  get isStale(): boolean {
    return this.feed === 'stale' || this.phase === 'offline';
  }

  /** All sites, in no particular order. What shows them follows their changes. */
  list(): readonly Site[] {
    return this.#at(this.version).list();
  }

  find(id: string): Site | undefined {
    return this.#at(this.version).find(id);
  }

  /** Reading the version is what makes a view follow; the store itself is not reactive. */
  #at(_version: number): SiteStore {
    return this.#store;
  }

  start(): void {
    void this.#load();
    this.#timers = [
      window.setInterval(() => this.#publish(), publishEveryMs),
      window.setInterval(() => this.#tick(), tickEveryMs),
      window.setInterval(() => this.#save(), saveEveryMs),
    ];
    window.addEventListener('online', this.#retry);
    window.addEventListener('pagehide', this.#save);
  }

  stop(): void {
    this.#timers.forEach((timer) => window.clearInterval(timer));
    this.#client?.stop();
    window.removeEventListener('online', this.#retry);
    window.removeEventListener('pagehide', this.#save);
  }

  /** Frames go on arriving while paused; what is shown stands still until resumed. */
  togglePause(): void {
    this.isPaused = !this.isPaused;
    this.#tick();
    this.#publish();
  }

  #retry = (): void => {
    if (this.phase === 'ready') this.#client?.retryNow();
    else void this.#load();
  };

  async #load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      const [deployment, sites] = await Promise.all([getDeployment(), getSites()]);
      this.deployment = deployment;
      this.#replace(sites.items);
      this.#setClock(sites.publishedAt);
      this.phase = 'ready';
      this.trouble = null;
      this.savedAtMs = null;
      this.#attempt = 0;
      this.#loadedAtMs = Date.now();
      this.#listen(sites.cursor);
      this.#save();
    } catch (error) {
      this.trouble = troubleOf(error);
      await this.#fallBack();
      window.setTimeout(
        () => void this.#load(),
        backoffMs(this.#attempt, () => Math.random()),
      );
      this.#attempt += 1;
    } finally {
      this.#isLoading = false;
    }
  }

  async #fallBack(): Promise<void> {
    if (this.phase !== 'loading') return;
    const saved = await loadSnapshot();
    this.phase = saved === undefined ? 'failed' : 'offline';
    if (saved === undefined) return;
    this.deployment = saved.deployment;
    this.savedAtMs = saved.savedAtMs;
    this.#replace(saved.sites);
  }

  #listen(since: string): void {
    this.#client?.stop();
    this.#client = createLiveClient({
      url: liveUrl(),
      subscription: { kinds: ['sites'] },
      since,
      onFrame: (frame) => this.#receive(frame),
      onConnection: (connection) => (this.connection = connection),
    });
    this.#client.start();
  }

  #receive(frame: LiveFrame): void {
    if (frame.type === 'error') return;
    this.#setClock(frame.publishedAt);
    if (frame.type === 'heartbeat') {
      if (frame.lastUplinkAt !== null) this.#hear(Date.parse(frame.lastUplinkAt));
      return;
    }
    const isComplete = this.#store.merge(frame.sites);
    this.#hear(this.#store.newestUplinkMs());
    this.#hasNews = true;
    // Another inventory than the one loaded: ask for it once more.
    if (!isComplete && Date.now() - this.#loadedAtMs > reloadAfterMs) void this.#load();
  }

  #replace(sites: readonly Site[]): void {
    this.#store.replace(sites);
    this.newestUplinkMs = this.#store.newestUplinkMs();
    this.inventory += 1;
    this.version += 1;
  }

  #hear(atMs: number | null): void {
    if (atMs !== null && atMs > (this.newestUplinkMs ?? 0)) this.newestUplinkMs = atMs;
  }

  #setClock(publishedAt: string): void {
    this.#clockOffsetMs = Date.parse(publishedAt) - Date.now();
    this.#tick();
  }

  #tick(): void {
    if (!this.isPaused) this.nowMs = Date.now() + this.#clockOffsetMs;
  }

  #publish(): void {
    if (!this.#hasNews || this.isPaused) return;
    this.#hasNews = false;
    this.version += 1;
  }

  #save = (): void => {
    if (this.phase !== 'ready' || this.deployment === undefined) return;
    void saveSnapshot({
      savedAtMs: Date.now() + this.#clockOffsetMs,
      deployment: this.deployment,
      sites: this.list(),
    });
  };
}
