import type { GoalProgress } from '../../services/contract/goal.ts';
import type { Metrics, WeekProfile, ZoneRanking } from '../../services/contract/metrics.ts';
import type { Zone } from '../../services/contract/site.ts';
import { devices, measures } from './fixture-measures.ts';
import { dayMs, iso, shareOf, today } from './fixture-share.ts';
import { fixtureNow, licence, townZones } from './fixture-town.ts';

const head = {
  publishedAt: iso(fixtureNow),
  licence,
  timeZone: 'Europe/Berlin',
  from: iso(today - 28 * dayMs),
  to: iso(today),
  rolledUpTo: iso(today),
};

const fewStreets = {
  code: 'few-stretches',
  de: 'Erst 4 Straßenabschnitte mit Sensoren und Zähler, nötig sind 10.',
  en: 'Only 4 street sections with sensors and a counter, 10 are needed.',
};
const assumedAcceptance = {
  code: 'acceptance-assumed',
  de: 'Angenommen ist, dass Suchende jeden freien Platz nehmen; ohne Zählung vor Ort ist das Ergebnis eine untere Schranke.',
  en: 'Searching drivers are assumed to take any free space; without a count on site the result is a lower bound.',
};

const weeks = [0.176, 0.171, 0.179, 0.168, 0.172, 0.166, 0.141, 0.133, 0.129, 0.135, 0.127, 0.131];

export const goal: GoalProgress = {
  publishedAt: iso(fixtureNow),
  licence,
  isEstimating: false,
  goal: {
    baselineRatio: 0.3,
    baseline: 'assumed',
    baselineSource: 'Literaturwert: Mittel ausgewählter Studien mit 8 bis 74 % (Shoup 2006).',
    targetRatio: 0.15,
    deadline: '2028-12-31',
  },
  start: { ratio: 0.174, kind: 'first-month' },
  effectiveTargetRatio: 0.087,
  plannedRatio: 0.168,
  verdict: 'on-track',
  verdictText: {
    de: 'Auf Kurs: Der gesamte Unsicherheitsbereich liegt unter dem Zielpfad.',
    en: 'On track: the whole 95 % interval is below the planned way.',
  },
  forecast: { ratio: 0.094, interval: [0.061, 0.138], verdict: 'open' },
  recent: shareOf(0.131, { reasons: [assumedAcceptance] }),
  months: [
    [0.174, '2026-08-31T22:00:00Z', '2026-09-30T22:00:00Z'],
    [0.152, '2026-09-30T22:00:00Z', '2026-10-31T23:00:00Z'],
    [0.131, '2026-10-31T23:00:00Z', '2026-11-20T23:00:00Z'],
  ].map(([ratio, from, to]) => shareOf(Number(ratio), { from: String(from), to: String(to) })),
  weeks: weeks.map((ratio, at) =>
    shareOf(ratio, {
      from: iso(today - (weeks.length - at) * 7 * dayMs),
      to: iso(today - (weeks.length - at - 1) * 7 * dayMs),
      days: 7,
      takes: 3100,
      interval: [ratio * 0.8, ratio * 1.25],
      sufficiency: at === 3 ? 'insufficient' : 'provisional',
    }),
  ),
  missing: [assumedAcceptance],
};

const minutes = (p25: number, p50: number, p75: number, p90: number) => ({
  p25: p25 * 60_000,
  p50: p50 * 60_000,
  p75: p75 * 60_000,
  p90: p90 * 60_000,
});

type Figures = ZoneRanking['items'][number]['figures'];
/** Figures of a place with as many spaces and as full as said. */
const figuresOf = (
  occupancyRatio: number | null,
  numberOfSpaces: number,
  change: Partial<Figures> = {},
): Figures => ({
  occupancyRatio,
  turnoverPerSpaceHour: occupancyRatio === null ? null : 0.22,
  arrivals: occupancyRatio === null ? null : numberOfSpaces * 148,
  departures: occupancyRatio === null ? null : numberOfSpaces * 148,
  inferredRatio: 0.03,
  numberOfOccupiedSpaces: null,
  numberOfVacantSpaces: null,
  meanDwellMs: occupancyRatio === null ? null : 47 * 60_000,
  dwellMs: occupancyRatio === null ? null : minutes(14, 33, 62, 118),
  vacancyMs: occupancyRatio === null ? null : minutes(2, 6, 15, 38),
  fullRatio: occupancyRatio === null ? null : Math.max(0, occupancyRatio - 0.52),
  vehicles: 482_130,
  evidence: {
    numberOfSpaces,
    sensedSpaces: Math.round(numberOfSpaces * 0.9),
    observedRatio: 0.971,
    endedStays: numberOfSpaces * 147,
    endedVacancies: numberOfSpaces * 147,
    countedHours: 14_112,
  },
  withheld: null,
  ...change,
});

const zone = (id: string, name: string): Zone => ({ ...townZones[0]!, id, name });
export const planningZones: readonly Zone[] = [
  zone('altstadt', 'Altstadt'),
  zone('bahnhof', 'Bahnhofsviertel'),
  zone('neustadt', 'Neustadt'),
  zone('weststadt', 'Weststadt'),
];

const silent = figuresOf(0.42, 120);
const ranking: ZoneRanking = {
  ...head,
  items: [
    {
      scope: 'zone',
      id: 'altstadt',
      name: 'Altstadt',
      zoneId: 'altstadt',
      devices: { installed: 371, troubled: 6, offline: 2, lostUplinkRatio: 0.018 },
      rank: 1,
      figures: figuresOf(0.86, 412),
      comparison: figuresOf(0.91, 412),
      searchShare: shareOf(0.174),
    },
    {
      scope: 'zone',
      id: 'bahnhof',
      name: 'Bahnhofsviertel',
      zoneId: 'bahnhof',
      devices: { installed: 276, troubled: 9, offline: 4, lostUplinkRatio: 0.034 },
      rank: 2,
      figures: figuresOf(0.78, 305),
      comparison: figuresOf(0.77, 305),
      searchShare: shareOf(0.092, { sufficiency: 'provisional' }),
    },
    {
      scope: 'zone',
      id: 'neustadt',
      name: 'Neustadt',
      zoneId: 'neustadt',
      devices: { installed: 244, troubled: 3, offline: 0, lostUplinkRatio: 0.012 },
      rank: 3,
      figures: figuresOf(0.64, 271),
      comparison: null,
      searchShare: shareOf(0.041, {
        uncertainty: { daySd: 0.02, streetSd: 0.09, flowSd: 0.03, acceptanceSd: null },
      }),
    },
    {
      scope: 'zone',
      id: 'weststadt',
      name: 'Weststadt',
      zoneId: 'weststadt',
      devices: { installed: 22, troubled: 7, offline: 6, lostUplinkRatio: 0.11 },
      rank: null,
      figures: {
        ...silent,
        evidence: { ...silent.evidence, sensedSpaces: 21, observedRatio: 0.62 },
      },
      comparison: null,
      searchShare: shareOf(0.05, { sufficiency: 'insufficient', reasons: [fewStreets] }),
    },
  ],
};

/** Full by day, empty by night, quiet on Sundays; a fixed small unrest. */
const loadAt = (weekday: number, hour: number): number => {
  const day = hour < 6 ? 0.34 : hour < 9 ? 0.62 : hour < 19 ? 0.9 : 0.58;
  const unrest = (((weekday * 24 + hour) * 37) % 11) / 100;
  return Math.min(0.99, day * (weekday === 7 ? 0.6 : weekday === 6 ? 1.05 : 1) + unrest - 0.05);
};

const profile: WeekProfile = {
  ...head,
  place: { scope: 'all', id: 'all', name: 'Musterstadt', zoneId: null },
  evidence: figuresOf(0.74, 1000).evidence,
  withheld: null,
  cells: Array.from({ length: 168 }, (_, at) => {
    const weekday = Math.floor(at / 24) + 1;
    const hour = at % 24;
    const isUnseen = weekday === 2 && hour === 3;
    const isLow = weekday === 3 && hour > 20;
    return {
      weekday,
      hour,
      occupancyRatio: isUnseen ? null : loadAt(weekday, hour),
      turnoverPerSpaceHour: isUnseen ? null : 0.22,
      arrivals: isUnseen ? null : Math.round(loadAt(weekday, hour) * 310),
      vehiclesPerHour: Math.round(loadAt(weekday, hour) * 240),
      observedHours: isUnseen ? 0 : isLow ? 1500 : 3490,
      weeks: isUnseen ? 0 : 4,
    };
  }),
};

export const metrics: Metrics = {
  ...head,
  step: 'day',
  items: [
    {
      scope: 'all',
      id: 'all',
      name: 'Musterstadt',
      zoneId: null,
      total: figuresOf(0.74, 1108),
      intervals: Array.from({ length: 28 }, (_, at) => ({
        from: iso(today - (28 - at) * dayMs),
        to: iso(today - (27 - at) * dayMs),
        figures: figuresOf(
          at === 9 ? null : 0.7 + ((at * 5) % 7) / 50 - (at % 7 === 1 ? 0.18 : 0),
          1108,
        ),
      })),
    },
    ...['Hauptstraße 1', 'Marktstraße 4', 'Lindenweg 2'].map((name, at) => ({
      scope: 'stretch' as const,
      id: `stretch-${at}`,
      name,
      zoneId: at === 2 ? 'bahnhof' : 'altstadt',
      total: figuresOf(0.8 - at * 0.1, 24, {
        evidence: {
          ...figuresOf(0.8, 24).evidence,
          sensedSpaces: at === 2 ? 6 : 24,
          countedHours: 0,
        },
      }),
      intervals: [],
    })),
  ],
};

/** Everything the planner's pages ask for, by path. */
export const planning: Readonly<Record<string, object | number>> = {
  '/api/v1/goal': goal,
  '/api/v1/measures': measures,
  '/api/v1/metrics': metrics,
  '/api/v1/metrics/profile': profile,
  '/api/v1/metrics/zones': ranking,
  '/api/v1/devices': devices,
};
