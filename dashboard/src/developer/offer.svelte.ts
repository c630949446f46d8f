import type { HistoryList } from '../../../services/contract/history.ts';
import type { Deployment } from '../../../services/contract/site.ts';
import type { State } from '../../../services/contract/state.ts';
import { getDeployment } from '../live/api.ts';
import { request, troubleOf, type Trouble } from '../live/request.ts';

const againAfterMs = 30_000;

/** What the page shows of the server; `undefined` until it is there, and again asked for every half minute. */
export class Offer {
  deployment = $state.raw<Deployment>();
  state = $state.raw<State>();
  history = $state.raw<HistoryList>();
  trouble = $state.raw<Trouble | null>(null);

  async load(): Promise<void> {
    try {
      this.deployment ??= await getDeployment();
      [this.state, this.history] = await Promise.all([
        request<State>('/api/v1/state'),
        request<HistoryList>('/api/v1/history'),
      ]);
      this.trouble = null;
    } catch (error) {
      this.trouble = troubleOf(error);
    }
  }

  /** Keeps it fresh; the answer ends that. */
  start(): () => void {
    void this.load();
    const timer = setInterval(() => void this.load(), againAfterMs);
    return () => clearInterval(timer);
  }
}
