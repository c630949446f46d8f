export type Locale = 'de' | 'en';

class CurrentLocale {
  value = $state.raw<Locale>('de');
}

/** The page's language. Messages read it through `getLocale`, so a switch redraws texts and keeps the view. */
export const locale = new CurrentLocale();

/**
 * The messages that Paraglide generates ask here for their language: the build puts this module in the
 * place of Paraglide's own runtime, whose strategies for addresses, cookies and servers are not used
 * and would cost 2 kB before the first list.
 * @public
 */
export const getLocale = (): Locale => locale.value;

/**
 * A message in the page's language; the build makes every generated message of this.
 * @public
 */
export const inLanguage =
  <Inputs>(de: (inputs: Inputs) => string, en: (inputs: Inputs) => string) =>
  (inputs: Inputs): string =>
    (locale.value === 'de' ? de : en)(inputs);

/**
 * Set only in builds of a single language, which this is not; generated messages import it.
 * @public
 */
export const experimentalStaticLocale = undefined;

/** German unless the browser asks for English first. */
export function preferredLocale(languages: readonly string[]): Locale {
  for (const language of languages) {
    if (language.startsWith('de')) return 'de';
    if (language.startsWith('en')) return 'en';
  }
  return 'de';
}
