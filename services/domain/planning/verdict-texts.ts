import { percentText } from '../percent-text.ts';
import type { Effect, ShareEffect } from './before-after.ts';
import type { GoalVerdict } from './goal.ts';

/** A sentence in the two languages of the pages. */
export interface Sentence {
  readonly de: string;
  readonly en: string;
}

const goalSentences: Readonly<Record<GoalVerdict, Sentence>> = {
  reached: {
    de: 'Ziel erreicht: Auch die obere Grenze des Bereichs liegt nicht über dem Ziel.',
    en: 'Goal reached: the upper end of the range does not exceed the target either.',
  },
  'on-track': {
    de: 'Auf Kurs: Der gesamte Unsicherheitsbereich liegt unter dem Zielpfad.',
    en: 'On track: the whole range lies below the planned way.',
  },
  'off-track': {
    de: 'Nicht auf Kurs: Der gesamte Unsicherheitsbereich liegt über dem Zielpfad.',
    en: 'Off track: the whole range lies above the planned way.',
  },
  'not-distinguishable': {
    de: 'Noch offen: Der Zielpfad liegt innerhalb des Unsicherheitsbereichs, ein Urteil ist noch nicht möglich.',
    en: 'Still open: the planned way lies within the range of uncertainty, so no verdict is possible yet.',
  },
  'not-enough-data': {
    de: 'Ob das Ziel erreicht wird, lässt sich noch nicht sagen: zu wenig Daten.',
    en: 'Whether the goal is being reached cannot be said yet: not enough data.',
  },
};

export const goalSentence = (verdict: GoalVerdict): Sentence => goalSentences[verdict];

/** How large the effect is, with its interval; without a minus sign, as the word before says the direction. */
function sizeOf({ difference, interval, verdict }: Effect, language: 'de' | 'en'): string {
  const size = percentText(Math.abs(difference), language);
  if (interval === null) return size;
  const [a, b] = interval.map(Math.abs) as [number, number];
  const [small, large] = verdict === 'decreased' ? [b, a] : [a, b];
  const to = language === 'de' ? 'bis' : 'to';
  return `${size} (${Math.round(small * 100)} ${to} ${percentText(large, language)})`;
}

/**
 * What may be said of a measure. Without control zones it is a change, whose cause is open; with them
 * it is the difference to the control zones, which is not proof either.
 */
export function measureSentence(effect: ShareEffect | null, weeks: number): Sentence {
  if (effect?.isSupported !== true)
    return {
      de: 'Der Parksuchverkehr vorher und nachher lässt sich noch nicht vergleichen: zu wenig Daten.',
      en: 'Searching traffic before and after cannot be compared yet: not enough data.',
    };
  if (effect.verdict === 'not-distinguishable')
    return {
      de: 'Eine Veränderung des Parksuchverkehrs ist nicht von zufälligen Schwankungen zu unterscheiden.',
      en: 'A change of the searching traffic cannot be told from chance.',
    };
  const isDown = effect.verdict === 'decreased';
  const span = {
    de: weeks === 1 ? 'einer Woche' : `${weeks} Wochen`,
    en: `${weeks} week${weeks === 1 ? '' : 's'}`,
  };
  const size = {
    de: `um ${sizeOf(effect, 'de')}`,
    en: `by ${sizeOf(effect, 'en')}`,
  };
  if (effect.control === null)
    return {
      de: `Der Anteil des Parksuchverkehrs hat nach ${span.de} ${size.de} ${isDown ? 'abgenommen' : 'zugenommen'}. Ob die Maßnahme der Grund ist, lässt sich ohne Vergleichszonen nicht sagen.`,
      en: `The share of searching traffic has ${isDown ? 'decreased' : 'increased'} ${size.en} after ${span.en}. Without control zones nobody can say whether the measure is the reason.`,
    };
  return {
    de: `Der Anteil des Parksuchverkehrs hat gegenüber den Vergleichszonen nach ${span.de} ${size.de} ${isDown ? 'abgenommen' : 'zugenommen'}.`,
    en: `Compared with the control zones, the share of searching traffic has ${isDown ? 'decreased' : 'increased'} ${size.en} after ${span.en}.`,
  };
}
