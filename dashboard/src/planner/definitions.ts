import { m } from '../paraglide/messages.js';

/** What a figure means, how it is made and what it does not say. */
interface Definition {
  readonly title: () => string;
  readonly text: () => string;
  /** The formula or the standard it follows. */
  readonly source: () => string;
}

export const definitions = {
  searchShare: { title: m.plan_share, text: m.def_share, source: m.def_share_source },
  goal: { title: m.plan_goal, text: m.def_goal, source: m.def_goal_source },
  occupancy: { title: m.plan_occupancy, text: m.def_occupancy, source: m.def_occupancy_source },
  turnover: { title: m.plan_turnover, text: m.def_turnover, source: m.def_turnover_source },
  stay: { title: m.plan_stay, text: m.def_stay, source: m.def_stay_source },
  vacancy: { title: m.plan_vacancy, text: m.def_vacancy, source: m.def_vacancy_source },
  inferred: { title: m.plan_inferred, text: m.def_inferred, source: m.def_inferred_source },
  full: { title: m.plan_full, text: m.def_full, source: m.def_full_source },
  arrivals: { title: m.plan_arrivals, text: m.def_arrivals, source: m.def_arrivals_source },
  vehicles: { title: m.plan_vehicles, text: m.def_vehicles, source: m.def_vehicles_source },
  availability: {
    title: m.plan_availability,
    text: m.def_availability,
    source: m.def_availability_source,
  },
  missed: { title: m.plan_missed, text: m.def_missed, source: m.def_missed_source },
  coverage: { title: m.plan_coverage, text: m.def_coverage, source: m.def_coverage_source },
  ranking: { title: m.plan_zones, text: m.def_ranking, source: m.def_ranking_source },
  measure: { title: m.plan_measures, text: m.def_measure, source: m.def_measure_source },
  siting: { title: m.plan_siting, text: m.def_siting, source: m.def_siting_source },
  losses: { title: m.plan_losses, text: m.def_losses, source: m.def_losses_source },
} as const satisfies Readonly<Record<string, Definition>>;

export type DefinitionKey = keyof typeof definitions;
