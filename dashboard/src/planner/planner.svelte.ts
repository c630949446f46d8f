import { getContext, setContext } from 'svelte';
import { Settings } from '../driver/settings.svelte.ts';
import { m } from '../paraglide/messages.js';
import { locale } from '../ui/locale.svelte.ts';
import { toAddress, type Address, type Span, type View } from './address.ts';
import { isPassing, request, troubleOf, type Trouble } from '../live/request.ts';
import { paths, type Answers, type Period } from './api.ts';
import type { DefinitionKey } from './definitions.ts';
import { formatDay, formatPeriod } from './numbers.ts';
import { lastWeeks, monthPeriod, recentMonths } from './period.ts';
import { listScopes, nameOfScope, type Scope } from './scope.ts';

/** One answer of the API and how it stands. */
class Answer<T> {
  data: T | null = $state.raw<T | null>(null);
  trouble = $state.raw<Trouble | null>(null);
  isLoading = $state.raw(false);
  /** By this page's clock. */
  loadedAtMs = $state.raw(0);
  #path = '';
  #asking = new AbortController();

  /** Asks once for a path, and no longer for another one. What fails keeps what was there. */
  async ask(path: string, token: string | null): Promise<T | null> {
    if (path === this.#path && this.trouble === null) return this.data;
    if (path !== this.#path) this.data = null;
    this.#path = path;
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.isLoading = true;
    try {
      const headers: Record<string, string> =
        token === null ? {} : { Authorization: `Bearer ${token}` };
      const data = await request<T>(path, { headers, signal });
      if (signal.aborted) return this.data;
      this.data = data;
      this.trouble = null;
      this.loadedAtMs = Date.now();
    } catch (error) {
      if (signal.aborted) return this.data;
      this.trouble = troubleOf(error);
    }
    this.isLoading = false;
    return this.data;
  }
}

type AnswerOf = { readonly [Key in keyof Answers]: Answer<Answers[Key]> };

type Need = Exclude<keyof Answers, 'deployment' | 'zones'>;

/** What a view shows; deployment and zones are for all. */
const needs: Readonly<Record<View, readonly Need[]>> = {
  overview: ['goal', 'metrics', 'previous', 'measures', 'ranking'],
  occupancy: ['profile', 'metrics', 'measures'],
  zones: ['ranking'],
  measures: ['measures'],
  data: ['ranking', 'streets', 'devices'],
  report: ['goal', 'metrics', 'measures', 'profile', 'ranking'],
};

/** What is looked at, what came of it, and which definitions are open. */
export class Planner {
  readonly settings = new Settings();
  readonly answers: AnswerOf = {
    deployment: new Answer(),
    zones: new Answer(),
    goal: new Answer(),
    measures: new Answer(),
    metrics: new Answer(),
    previous: new Answer(),
    profile: new Answer(),
    ranking: new Answer(),
    streets: new Answer(),
    devices: new Answer(),
  };
  address = $state.raw<Address>({
    view: 'overview',
    scope: { scope: 'all', id: 'all' },
    weeks: 4,
    month: null,
  });
  definitions = $state.raw<readonly DefinitionKey[]>([]);
  token = $state.raw<string | null>(null);

  readonly deployment = $derived.by(() => this.answers.deployment.data);
  /** By the server's clock, which in a simulation is not this page's. */
  readonly nowMs = $derived.by(() => {
    const at = this.answers.zones.data?.publishedAt;
    return at === undefined ? Date.now() : Date.parse(at);
  });
  readonly timeZone = $derived.by(() => this.deployment?.timeZone ?? 'Europe/Berlin');
  readonly groups = $derived.by(() =>
    this.deployment === null
      ? []
      : listScopes(this.deployment, this.answers.zones.data?.items ?? []),
  );
  readonly scopeName = $derived.by(() => nameOfScope(this.groups, this.address.scope));
  readonly months = $derived.by(() => recentMonths(this.nowMs, this.timeZone));
  readonly month = $derived.by(() => this.address.month ?? this.months[0] ?? '');
  readonly period = $derived.by((): Period =>
    this.address.view === 'report'
      ? monthPeriod(this.month, this.nowMs, this.timeZone)
      : lastWeeks(this.nowMs, this.address.weeks, this.timeZone),
  );
  readonly periodText = $derived.by(() =>
    formatPeriod(this.period.from, this.period.to, this.timeZone, locale.value),
  );
  /** What stands above every exported table. */
  readonly about = $derived.by((): readonly (readonly [string, string])[] => [
    [m.plan_area(), this.scopeName],
    [m.plan_period_name(), this.periodText],
    [m.plan_as_of(), formatDay(this.nowMs, this.timeZone, locale.value)],
    [m.plan_licence(), this.deployment?.licence.name ?? ''],
    [m.plan_source(), this.deployment?.publisher.name ?? ''],
    ...(this.deployment?.isSimulated === true
      ? [[m.plan_origin(), m.plan_simulated()] as const]
      : []),
  ]);
  /** Oldest of what is shown while nothing new comes. */
  readonly offlineSinceMs = $derived.by(() => {
    const stale = Object.values(this.answers).filter(
      ({ data, trouble }) => data !== null && trouble !== null && isPassing(trouble),
    );
    return stale.length === 0 ? null : Math.min(...stale.map(({ loadedAtMs }) => loadedAtMs));
  });

  show(change: Partial<Address>): void {
    this.address = { ...this.address, ...change };
    history.replaceState(null, '', toAddress(this.address));
  }
  showView = (view: View): void => this.show({ view });
  showScope = (scope: Scope): void => this.show({ scope });
  showWeeks = (weeks: Span): void => this.show({ weeks });

  /** Asks for what the present view needs and does not have. */
  refresh(): void {
    const { answers, token, period, timeZone, nowMs } = this;
    const { view, scope, weeks } = this.address;
    void answers.deployment.ask(paths.deployment(), token);
    void answers.zones.ask(paths.zones(), token);
    // Days begin by the deployment's clock: nothing is asked before it is known.
    if (this.deployment === null || answers.zones.data === null) return;
    const ask: Readonly<Record<Need, () => void>> = {
      goal: () => void answers.goal.ask(paths.goal(scope), token),
      measures: () => void answers.measures.ask(paths.measures(), token),
      metrics: () => void answers.metrics.ask(paths.metrics(scope, period), token),
      previous: () => {
        const before = lastWeeks(nowMs, weeks, timeZone, 1);
        void answers.previous.ask(paths.metrics(scope, before), token);
      },
      profile: () => void answers.profile.ask(paths.profile(scope, period), token),
      ranking: () => void answers.ranking.ask(paths.ranking(period), token),
      streets: () => void answers.streets.ask(paths.streets(period), token),
      devices: () => void answers.devices.ask(paths.devices(), token),
    };
    for (const need of needs[view]) ask[need]();
  }

  /** Asks again for everything that is missing or may have changed. */
  retry(): void {
    for (const answer of Object.values(this.answers)) answer.trouble ??= 'failed';
    this.refresh();
  }

  enter(token: string): void {
    this.token = token === '' ? null : token;
    this.retry();
  }
}

const key = Symbol('planner');
export const providePlanner = (planner: Planner): Planner => setContext(key, planner);
export const getPlanner = (): Planner => getContext(key);
