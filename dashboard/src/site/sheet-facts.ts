import type { Site } from '../../../services/contract/site.ts';
import { m } from '../paraglide/messages.js';
import { formatAge } from '../ui/format.ts';
import {
  collectFacts,
  listRowFacts,
  type Fact,
  type FactContext,
  type FactSource,
} from './facts.ts';
import { formatOpeningHours } from './opening-hours.ts';
import { audienceWord, kindWord, parkAndRideWord } from './place-words.ts';

function silentText({ status }: Site): string | null {
  const silent = status.numberOfSpaces - status.numberOfKnownSpaces;
  return silent > 0 && status.numberOfKnownSpaces > 0 ? m.sensors_silent({ n: silent }) : null;
}

function otherKeptText(site: Site): string | null {
  const kept = Object.entries(site.numberOfSpacesFor).filter(
    ([audience, n]) => audience !== 'disabled' && audience !== 'charging' && n > 0,
  );
  if (kept.length === 0) return null;
  return kept.map(([audience, n]) => `${audienceWord(audience)}: ${n}`).join(', ');
}

const sources: readonly (readonly [string, FactSource])[] = [
  [
    'changed',
    ({ status }, { nowMs }) =>
      status.lastChangedAt === null ? null : formatAge(nowMs - Date.parse(status.lastChangedAt)),
  ],
  ['total', ({ status }) => m.spaces_total({ n: status.numberOfSpaces })],
  ['silent', silentText],
  ['withheld', ({ status }) => (status.withheld === undefined ? null : m.withheld())],
  [
    'fee-note',
    ({ hasFee, feeEurPerHour, feeText }) =>
      hasFee !== false && feeEurPerHour !== null ? feeText : null,
  ],
  ['kept', otherKeptText],
  [
    'hours',
    ({ openingHours }, { locale }) =>
      openingHours === null ? null : formatOpeningHours(openingHours, locale),
  ],
  ['kind', ({ kind }) => kindWord(kind)],
  ['park-and-ride', ({ parkAndRide }) => parkAndRide && parkAndRideWord(parkAndRide)],
  ['address', ({ address }) => address],
  ['operator', ({ operator }) => operator],
  ['description', ({ description }) => description],
];

const labels: Readonly<Record<string, () => string>> = {
  chance: m.label_chance,
  vacant: m.label_vacant,
  age: m.label_age,
  changed: m.label_changed,
  total: m.label_total,
  silent: m.label_silent,
  withheld: m.label_withheld,
  description: m.label_description,
  fee: m.label_fee,
  'fee-note': m.label_fee_note,
  stay: m.label_stay,
  height: m.label_height,
  disabled: m.label_disabled,
  charging: m.label_charging,
  kept: m.label_kept,
  hours: m.label_hours,
  distance: m.label_distance,
  kind: m.label_kind,
  'park-and-ride': m.label_park_and_ride,
  address: m.label_address,
  operator: m.label_operator,
};
const order = Object.keys(labels);

export interface LabelledFact extends Fact {
  readonly label: string;
}

/** Everything the page says about a site, in the order of the sheet (ui.md, D3); the facts of the row are among them. */
export function listSheetFacts(site: Site, context: FactContext): readonly LabelledFact[] {
  return [...listRowFacts(site, context), ...collectFacts(sources, site, context)]
    .map((fact) => ({ ...fact, label: labels[fact.key]?.() ?? fact.key }))
    .sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key));
}
