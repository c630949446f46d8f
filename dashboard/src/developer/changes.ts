import type { Locale } from '../ui/locale.svelte.ts';

/** What changed for those who read the data, newest first. Breaking changes get a new major in the path. */
export const changes: readonly {
  readonly date: string;
  readonly what: Readonly<Record<Locale, string>>;
}[] = [
  {
    date: '2026-11-28',
    what: {
      de: 'Verlaufsdateien, Katalog und alle anderen Adressen je Gemeinde (?municipality=…). Verborgene Stellplätze zählen im Verlauf nur, solange fünf ihrer Gruppe bekannt sind; Parkdauern sind die öffentlicher Stellplätze.',
      en: 'History files, catalogue and all other addresses by municipality (?municipality=…). Hidden spaces count in the past only while five of their group are known; parking durations are those of public spaces.',
    },
  },
  {
    date: '2026-11-22',
    what: {
      de: 'Server-Sent Events unter /api/v1/stream, Verlaufsdateien unter /api/v1/history.',
      en: 'Server-sent events at /api/v1/stream, history files at /api/v1/history.',
    },
  },
  {
    date: '2026-11-21',
    what: {
      de: 'Erste Fassung: Parklotse API v1, ParkAPI v1 und v3, DATEX II 2.3 und 3.6, OGC API Features, DCAT-AP.de.',
      en: 'First version: Parklotse API v1, ParkAPI v1 and v3, DATEX II 2.3 and 3.6, OGC API Features, DCAT-AP.de.',
    },
  },
];
