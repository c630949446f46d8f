import type { Advice, GuidanceSession } from '../../../services/contract/guidance.ts';
import { goodChanceRatio, someChanceRatio } from '../../../services/contract/thresholds.ts';
import { m } from '../paraglide/messages.js';
import type { Chance } from '../ui/status-style.ts';

export type Suggestion = Extract<Advice, { outcome: 'advice' }>['suggestions'][number];
export type GuidePlace = Suggestion['site'];

/** Information older than this is said before anything that rests on it, in seconds. */
export const oldAfterS = 600;
/** A target below this chance is lost: the driver is asked whether to go elsewhere (ui.md, D4). */
const lostBelow = 0.4;

/** The class of a chance, as on map and list. */
export function chanceClass(ratio: number | null): Chance {
  if (ratio === null) return 'unknown';
  if (ratio >= goodChanceRatio) return 'good';
  return ratio >= someChanceRatio ? 'some' : 'bad';
}

/** "in 9 von 10 Fällen frei" */
export function oddsText(timesOutOfTen: number | null): string {
  if (timesOutOfTen === null) return m.guide_odds_unknown();
  return timesOutOfTen === 0 ? m.guide_odds_none() : m.guide_odds({ n: timesOutOfTen });
}

/** "5 min Fahrt, 3 min zu Fuß" */
export function wayText({ driveMin, walkMin }: Suggestion): string {
  const walk = m.guide_walk({ n: walkMin });
  return driveMin === null ? walk : `${m.guide_drive({ n: driveMin })}, ${walk}`;
}

/** "5 min Fahrt, 3 min zu Fuß, in 9 von 10 Fällen frei" */
export const explain = (suggestion: Suggestion): string =>
  `${wayText(suggestion)}, ${oddsText(suggestion.timesOutOfTen)}`;

/** What an answer advises; empty when there is nothing to advise. */
export const suggestionsOf = (session: GuidanceSession | null): readonly Suggestion[] =>
  session?.advice.outcome === 'advice' ? session.advice.suggestions : [];

/** Whether the chance where the driver goes has fallen so far that he should know. */
export function isLost(session: GuidanceSession | null, chosenId: string | null): boolean {
  const target = session?.target;
  if (target?.site.id !== chosenId) return false;
  return target.chanceRatio !== null && target.chanceRatio < lostBelow;
}

/** Where to go instead of a lost target: a better place, else the garage that is named for it. */
export function findProposal(
  session: GuidanceSession | null,
  chosenId: string | null,
): GuidePlace | null {
  if (session === null || !isLost(session, chosenId)) return null;
  const { advice } = session;
  const others = suggestionsOf(session).filter(({ site }) => site.id !== chosenId);
  const better = others.find(({ isUnlikely }) => !isUnlikely);
  if (better !== undefined) return better.site;
  const least = advice.outcome === 'everything-full' ? advice.best : suggestionsOf(session)[0];
  const garage = least?.garage ?? null;
  return garage?.id === chosenId ? null : garage;
}

/** The next place to name when the driver asks for another: below the chosen one, else the first. */
export function findAlternative(
  session: GuidanceSession | null,
  chosenId: string | null,
): GuidePlace | null {
  const suggestions = suggestionsOf(session);
  const at = suggestions.findIndex(({ site }) => site.id === chosenId);
  const next = suggestions[(at + 1) % Math.max(1, suggestions.length)];
  return next === undefined || next.site.id === chosenId ? null : next.site;
}
