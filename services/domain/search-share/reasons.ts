import { percentText } from '../percent-text.ts';

/** Why an estimate is not, or not yet, good enough, in the two languages of the pages. */
export interface Reason {
  readonly code: ReasonCode;
  readonly de: string;
  readonly en: string;
}

export type ReasonCode =
  | 'no-counts'
  | 'few-takes'
  | 'few-days'
  | 'few-passes'
  | 'few-stretches'
  | 'few-streets-of-zone'
  | 'few-spaces-sensed'
  | 'many-missed-arrivals'
  | 'many-phantoms'
  | 'vacancies-too-short'
  | 'wide-interval'
  | 'acceptance-assumed';

/** Whole percentage points. */
const points = (ratio: number): number => Math.round(ratio * 100);

/** "1 Tag", "3 Tage". */
const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

type Texts = (have: number, need: number) => { readonly de: string; readonly en: string };

const texts: Readonly<Record<ReasonCode, Texts>> = {
  'no-counts': () => ({
    de: 'Für keine Stunde liegen Zähldaten vor.',
    en: 'There are no vehicle counts for any hour.',
  }),
  'few-takes': (have, need) => ({
    de: `Erst ${count(Math.floor(have), 'Einparkvorgang', 'Einparkvorgänge')} beobachtet, nötig sind ${need}.`,
    en: `Only ${count(Math.floor(have), 'arrival', 'arrivals')} observed, ${need} are needed.`,
  }),
  'few-days': (have, need) => ({
    de: `Erst ${count(have, 'Tag', 'Tage')} mit Daten, nötig sind ${need}.`,
    en: `Only ${count(have, 'day', 'days')} with data, ${need} are needed.`,
  }),
  'few-passes': (have, need) => ({
    de: `Erst ${count(Math.floor(have), 'Vorbeifahrt', 'Vorbeifahrten')} an freien Plätzen, nötig sind ${need}.`,
    en: `Only ${count(Math.floor(have), 'vehicle', 'vehicles')} passed a free space, ${need} are needed.`,
  }),
  'few-stretches': (have, need) => ({
    de: `Erst ${count(have, 'Straßenabschnitt', 'Straßenabschnitte')} mit Sensoren und Zähler, nötig sind ${need}.`,
    en: `Only ${count(have, 'street section', 'street sections')} with sensors and a counter, ${need} are needed.`,
  }),
  'few-streets-of-zone': (have, need) => ({
    de: `Die Auswahl der Straßen macht das Ergebnis um ±${percentText(have, 'de')} unsicher (höchstens ${percentText(need, 'de')}); mehr Straßen brauchen Sensoren.`,
    en: `The choice of streets makes the result uncertain by ±${percentText(have, 'en')} (at most ${percentText(need, 'en')}); more streets need sensors.`,
  }),
  'few-spaces-sensed': (have, need) => ({
    de: `Nur ${percentText(have, 'de')} der Stellplätze lieferten Daten, nötig sind ${percentText(need, 'de')}.`,
    en: `Only ${percentText(have, 'en')} of the spaces delivered data, ${percentText(need, 'en')} are needed.`,
  }),
  'many-missed-arrivals': (have, need) => ({
    de: `Die Sensoren übersehen etwa ${percentText(have, 'de')} der Ankünfte (höchstens ${percentText(need, 'de')}).`,
    en: `The sensors miss about ${percentText(have, 'en')} of the arrivals (at most ${percentText(need, 'en')}).`,
  }),
  'many-phantoms': (have, need) => ({
    de: `Etwa ${percentText(have, 'de')} der gemeldeten freien Plätze waren keine (höchstens ${percentText(need, 'de')}).`,
    en: `About ${percentText(have, 'en')} of the vacancies reported were none (at most ${percentText(need, 'en')}).`,
  }),
  'vacancies-too-short': (have, need) => ({
    de: `Freie Plätze sind im Mittel nach ${Math.round(have)} s wieder belegt, die Sensoren brauchen ${Math.round(need)} s: nur eine untere Schranke.`,
    en: `Free spaces are taken after ${Math.round(have)} s on average, the sensors need ${Math.round(need)} s: a lower bound only.`,
  }),
  'wide-interval': (have, need) => ({
    de: `Das Ergebnis ist auf ±${points(have)} Prozentpunkte unsicher (höchstens ${points(need)}).`,
    en: `The result is uncertain by ±${points(have)} percentage points (at most ${points(need)}).`,
  }),
  'acceptance-assumed': () => ({
    de: 'Angenommen ist, dass Suchende jeden freien Platz nehmen; ohne Zählung vor Ort ist das Ergebnis eine untere Schranke.',
    en: 'Searching drivers are assumed to take any free space; without a count on site the result is a lower bound.',
  }),
};

export const reason = (code: ReasonCode, have = 0, need = 0): Reason => ({
  code,
  ...texts[code](have, need),
});
