import type { SignText } from './sign-text.ts';

export type SignLanguage = 'de' | 'en';

const words = {
  de: { vacant: 'frei', full: 'besetzt', closed: 'gesperrt', noData: 'keine Angabe' },
  en: { vacant: 'free', full: 'full', closed: 'closed', noData: 'no data' },
} as const;

/** The lines a sign shows; the garage to go to instead has a line of its own. */
export function signLines(text: SignText, language: SignLanguage): readonly string[] {
  const { vacant, full, closed, noData } = words[language];
  const instead = (garage: string | null): string[] => (garage === null ? [] : [`→ ${garage}`]);
  switch (text.kind) {
    case 'vacant':
      return [`${text.vacantSpaces} ${vacant}`];
    case 'full':
      return [full, ...instead(text.garage)];
    case 'closed':
      return [closed, ...instead(text.garage)];
    case 'no-data':
      return [noData];
  }
}
