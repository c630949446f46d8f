import type { DeviceList } from '../../services/contract/device.ts';
import type { MeasureList } from '../../services/contract/measures.ts';
import { dayMs, iso, shareOf, today } from './fixture-share.ts';
import { fixtureNow, licence } from './fixture-town.ts';

const before = { from: iso(today - 84 * dayMs), to: iso(today - 42 * dayMs) };
const after = { from: iso(today - 42 * dayMs), to: iso(today) };
/** A measure with control zones, and what else a measure can be. */
export const measures: MeasureList = {
  publishedAt: iso(fixtureNow),
  licence,
  items: [
    {
      id: 'guidance',
      title: 'Parkleitsystem Altstadt',
      description: 'Anzeigen an vier Zufahrten und Zielführung in der App.',
      kind: 'guidance',
      from: '2026-10-10',
      until: null,
      zones: ['altstadt'],
      stretches: [],
      controlZones: ['bahnhof', 'neustadt'],
      responsible: 'Tiefbauamt',
      budgetEur: 120_000,
      initialSituation: 'Hoher Suchverkehr an Samstagen',
      targetSituation: 'Ein Viertel weniger Parksuchverkehr',
      comparison: {
        weeks: 6,
        before,
        after,
        searchShare: {
          treated: { before: shareOf(0.214), after: shareOf(0.159) },
          control: { before: shareOf(0.081), after: shareOf(0.079) },
          effect: {
            treated: { before: 0.214, after: 0.159 },
            control: { before: 0.081, after: 0.079 },
            difference: -0.238,
            interval: [-0.342, -0.118],
            verdict: 'decreased',
          },
        },
        occupancy: {
          treated: { before: 0.88, after: 0.85 },
          control: { before: 0.72, after: 0.71 },
          difference: -0.02,
          interval: [-0.045, 0.005],
          verdict: 'not-distinguishable',
        },
        full: {
          treated: { before: 0.41, after: 0.33 },
          control: { before: 0.18, after: 0.18 },
          difference: -0.08,
          interval: [-0.115, -0.045],
          verdict: 'decreased',
        },
        turnover: null,
      },
      verdictText: {
        de: 'Der Anteil des Parksuchverkehrs ist gegenüber den Vergleichszonen um 24\u00a0% gesunken (95-%-Bereich 12 bis 34\u00a0%).',
        en: 'The share of searching traffic decreased by 24% against the control zones (95% interval 12 to 34%).',
      },
    },
    {
      id: 'fee',
      title: 'Gebühr Neustadt von 1 auf 2 Euro',
      description: '',
      kind: 'price',
      from: '2026-10-10',
      until: null,
      zones: ['neustadt'],
      stretches: [],
      controlZones: [],
      responsible: '',
      budgetEur: null,
      initialSituation: '',
      targetSituation: '',
      comparison: {
        weeks: 6,
        before,
        after,
        searchShare: { treated: { before: null, after: null }, control: null, effect: null },
        occupancy: {
          treated: { before: 0.71, after: 0.64 },
          control: null,
          difference: -0.07,
          interval: [-0.101, -0.039],
          verdict: 'decreased',
        },
        full: null,
        turnover: null,
      },
      verdictText: {
        de: 'Die Auslastung ist gesunken; ohne Vergleichszonen bleibt offen, woran das liegt.',
        en: 'Occupancy decreased; without control zones the cause remains open.',
      },
    },
  ],
};

export const devices: DeviceList = {
  publishedAt: iso(fixtureNow),
  totalCount: 2,
  next: null,
  items: [
    {
      id: '0004a30b001c0530',
      model: 'bosch-tps110',
      watches: { kind: 'space', id: 'kerb-3-2', gate: null },
      installedAt: iso(today - 400 * dayMs),
      lastSeenAt: iso(fixtureNow - 5 * 3_600_000),
      uplinks: 9100,
      lostUplinks: 610,
      lossRatio: 0.125,
      rssiDbm: -116,
      snrDb: -11.5,
      batteryV: 3.41,
      batteryRatio: null,
      batteryLow: null,
      temperatureC: 7,
      faults: [],
      problems: ['loses-uplinks', 'weak-signal'],
    },
    {
      id: '0004a30b001c0531',
      model: 'bosch-tps110',
      watches: { kind: 'space', id: 'kerb-3-3', gate: null },
      installedAt: iso(today - 400 * dayMs),
      lastSeenAt: iso(fixtureNow - 600_000),
      uplinks: 9700,
      lostUplinks: 12,
      lossRatio: 0,
      rssiDbm: -88,
      snrDb: 7,
      batteryV: 3.58,
      batteryRatio: null,
      batteryLow: false,
      temperatureC: 7,
      faults: [],
      problems: [],
    },
  ],
};
