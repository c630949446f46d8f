import type { SiteStatus } from '../../../services/contract/site.ts';
import { m } from '../paraglide/messages.js';

export type Chance = SiteStatus['chance'];

/** Best first; also the order of the legend. */
export const chances: readonly Chance[] = ['good', 'some', 'bad', 'unknown', 'closed'];

export type StatusShape = 'circle' | 'half' | 'square' | 'diamond' | 'cross';

interface StatusStyle {
  /** Custom property in tokens.css that holds the colour of the current theme. */
  readonly token: string;
  readonly shape: StatusShape;
  /** Width in CSS px and dash pattern of a kerb on the map. */
  readonly line: { readonly width: number; readonly dash: readonly number[] };
}

/** One language of status for map, list and print: colour, shape and line; the word is `chanceWord`. */
export const statusStyle: Readonly<Record<Chance, StatusStyle>> = {
  good: { token: '--status-good', shape: 'circle', line: { width: 6, dash: [] } },
  some: { token: '--status-some', shape: 'half', line: { width: 6, dash: [10, 5] } },
  bad: { token: '--status-bad', shape: 'square', line: { width: 3, dash: [] } },
  unknown: { token: '--status-unknown', shape: 'diamond', line: { width: 3, dash: [1, 6] } },
  closed: { token: '--status-closed', shape: 'cross', line: { width: 0, dash: [] } },
};

/** The word of a status in the page's language. */
export function chanceWord(chance: Chance): string {
  switch (chance) {
    case 'good':
      return m.chance_good();
    case 'some':
      return m.chance_some();
    case 'bad':
      return m.chance_bad();
    case 'unknown':
      return m.chance_unknown();
    case 'closed':
      return m.chance_closed();
  }
}
