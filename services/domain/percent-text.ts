/** Whole percent: "12 %" in German, with a space that does not break, and "12%" in English. */
export const percentText = (ratio: number, language: 'de' | 'en'): string =>
  `${Math.round(ratio * 100)}${language === 'de' ? '\u00a0%' : '%'}`;
