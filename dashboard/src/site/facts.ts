import type { Site } from '../../../services/contract/site.ts';
import { m } from '../paraglide/messages.js';
import { formatAge, formatDistance, formatEuros, formatHeight, formatStay } from '../ui/format.ts';
import type { Locale } from '../ui/locale.svelte.ts';
import { chanceWord, type Chance } from '../ui/status-style.ts';
import { isPlausible } from './plausible.ts';

/** One statement about a site: the same text in list, map card and sheet. */
export interface Fact {
  readonly key: string;
  readonly text: string;
}

/** What a fact depends on besides the site. */
export interface FactContext {
  readonly nowMs: number;
  readonly locale: Locale;
  /** The whole feed is silent for too long: nothing live is said any more. */
  readonly isFeedStale: boolean;
  /** Straight line from destination or position; `null` without one. */
  readonly distanceM: number | null;
}

export type FactSource = (site: Site, context: FactContext) => string | null;

/** The chance as shown: a silent feed makes everything unknown, closed stays closed. */
export function shownChance(site: Site, isFeedStale: boolean): Chance {
  if (site.status.isClosed || site.status.chance === 'closed') return 'closed';
  if (isFeedStale || !isPlausible(site)) return 'unknown';
  return site.status.chance;
}

/** Below this share of known spaces a number of free ones would mislead (ui.md section 3). */
const knownRatioMin = 0.5;

/** Free spaces that may be shown, or `null`: closed, stale, implausible, or too little is known. */
export function shownVacant(site: Site, isFeedStale: boolean): number | null {
  const { status } = site;
  const isOld = isFeedStale || status.freshness === 'stale';
  if (isOld || shownChance(site, false) === 'closed' || !isPlausible(site)) return null;
  const knownRatio = status.numberOfKnownSpaces / status.numberOfSpaces;
  return knownRatio < knownRatioMin ? null : status.numberOfVacantSpaces;
}

function chanceText(site: Site, { isFeedStale }: FactContext): string {
  const chance = shownChance(site, isFeedStale);
  const ratio = site.status.chanceRatio;
  if (chance === 'unknown' && shownVacant(site, isFeedStale) !== null) return m.chance_none();
  if (chance === 'unknown' || chance === 'closed' || ratio === null) return chanceWord(chance);
  if (ratio > 0.95) return m.chance_more({ word: chanceWord(chance) });
  if (ratio < 0.05) return m.chance_less({ word: chanceWord(chance) });
  return m.chance_of_ten({ word: chanceWord(chance), n: Math.round(ratio * 10) });
}

function vacantText(site: Site, { isFeedStale }: FactContext): string {
  const { numberOfSpaces: total, numberOfKnownSpaces: known } = site.status;
  if (!isPlausible(site)) return m.numbers_checked();
  const vacant = shownVacant(site, isFeedStale);
  if (vacant === null) return m.spaces_total({ n: total });
  return m.vacant_of({ n: vacant, total: known });
}

function ageText({ status }: Site, { nowMs }: FactContext): string {
  if (status.lastSeenAt === null) return m.age_never();
  const age = formatAge(nowMs - Date.parse(status.lastSeenAt));
  return status.freshness === 'live' ? age : m.age_late({ age });
}

function feeText({ hasFee, feeEurPerHour, feeText: words }: Site, { locale }: FactContext): string {
  if (hasFee === false) return words === null || words === '' ? m.fee_free() : words;
  if (feeEurPerHour !== null) {
    return m.fee_per_hour({ price: formatEuros(feeEurPerHour, locale) });
  }
  if (words !== null && words !== '') return words;
  return hasFee === true ? m.fee_some() : m.fee_unknown();
}

function heightText({ kind, maxHeightM }: Site, { locale }: FactContext): string | null {
  if (maxHeightM !== null) return m.height_max({ height: formatHeight(maxHeightM, locale) });
  return kind === 'car-park' || kind === 'underground' ? m.height_unknown() : null;
}

/** Kept spaces of one audience: "1 von 2 frei", or how many are signed when none has a sensor. */
function keptText(site: Site, audience: 'disabled' | 'charging', context: FactContext) {
  const signed = site.numberOfSpacesFor[audience];
  const watched = site.status.vacantFor[audience];
  if (watched !== undefined && shownVacant(site, context.isFeedStale) !== null) {
    return m.vacant_of({ n: watched.vacant, total: watched.known });
  }
  return signed === undefined || signed === 0 ? null : m.spaces_total({ n: signed });
}

const sources: readonly (readonly [string, FactSource])[] = [
  ['chance', chanceText],
  ['vacant', vacantText],
  ['age', ageText],
  [
    'distance',
    (_, { distanceM, locale }) => (distanceM === null ? null : formatDistance(distanceM, locale)),
  ],
  ['fee', feeText],
  [
    'stay',
    ({ maxStayMin }) => (maxStayMin === null ? null : m.stay_max({ stay: formatStay(maxStayMin) })),
  ],
  ['height', heightText],
  ['disabled', (site, context) => keptText(site, 'disabled', context)],
  ['charging', (site, context) => keptText(site, 'charging', context)],
];

/** Collects what the sources have to say, in their order. */
export function collectFacts(
  from: readonly (readonly [string, FactSource])[],
  site: Site,
  context: FactContext,
): readonly Fact[] {
  const facts: Fact[] = [];
  for (const [key, source] of from) {
    const text = source(site, context);
    if (text !== null && text !== '') facts.push({ key, text });
  }
  return facts;
}

/** What a row, the card on the map and the head of the sheet say. */
export const listRowFacts = (site: Site, context: FactContext): readonly Fact[] =>
  collectFacts(sources, site, context);
