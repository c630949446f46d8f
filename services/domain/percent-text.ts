/** How each language writes the percent sign behind a number: German after a space that does not break. */
export const percentSign = { de: '\u00a0%', en: '%' } as const;

/** Whole percent, "12 %" in German and "12%" in English. */
export const percentText = (ratio: number, language: 'de' | 'en'): string =>
  `${Math.round(ratio * 100)}${percentSign[language]}`;
