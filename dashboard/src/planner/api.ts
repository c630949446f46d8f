import type { DeviceList } from '../../../services/contract/device.ts';
import type { GoalProgress } from '../../../services/contract/goal.ts';
import type { MeasureList } from '../../../services/contract/measures.ts';
import type { Metrics, WeekProfile, ZoneRanking } from '../../../services/contract/metrics.ts';
import type { Deployment, ZoneList } from '../../../services/contract/site.ts';
import type { Scope } from './scope.ts';

/** What the planner's pages ask for; each key is loaded once and again when its path changes. */
export interface Answers {
  readonly deployment: Deployment;
  readonly zones: ZoneList;
  readonly goal: GoalProgress;
  readonly measures: MeasureList;
  readonly metrics: Metrics;
  readonly previous: Metrics;
  readonly profile: WeekProfile;
  readonly ranking: ZoneRanking;
  readonly streets: Metrics;
  readonly devices: DeviceList;
}

/** Half-open, UTC, ISO 8601. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

const place = ({ scope, id }: Scope): Record<string, string> =>
  scope === 'all' ? { scope } : { scope, id };

const path = (name: string, query: Readonly<Record<string, string>>): string => {
  const text = new URLSearchParams(query).toString();
  return `/api/v1/${name}${text === '' ? '' : `?${text}`}`;
};

export const paths = {
  deployment: () => path('deployment', {}),
  zones: () => path('zones', {}),
  /** The goal is the county's or a municipality's; a zone is seen within it. */
  goal: ({ scope, id }: Scope) =>
    path('goal', scope === 'municipality' ? { municipality: id } : {}),
  measures: () => path('measures', {}),
  metrics: (scope: Scope, period: Period) =>
    path('metrics', { ...place(scope), step: 'day', ...period }),
  profile: (scope: Scope, period: Period) =>
    path('metrics/profile', { ...place(scope), ...period }),
  ranking: (period: Period) => path('metrics/zones', { ...period }),
  streets: (period: Period) => path('metrics', { scope: 'stretch', step: 'total', ...period }),
  devices: () => path('devices', { limit: '1000' }),
} as const;
