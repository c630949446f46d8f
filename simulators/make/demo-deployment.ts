import type { DeploymentInput } from '../../config/schema.ts';

/** The demo's `deployment.json`: without sources, because the simulation brings its network server along. */
export const demoDeployment: DeploymentInput = {
  name: 'Heidelberg Innenstadt (Demo)',
  description:
    'Simulierte Stadt: Straßennetz und Parkhäuser stammen aus OpenStreetMap; Stellplätze am Straßenrand, Gebühren, Sensoren, Verkehr und Belegung sind erfunden.',
  publisher: {
    name: 'Parklotse-Demo',
    url: 'https://example.org/parklotse',
    email: 'demo@example.org',
  },
  licence: {
    // Streets and car parks are taken from OpenStreetMap: what is made of them keeps its licence.
    id: 'odbl',
    name: 'Open Data Commons Open Database License 1.0 (ODbL)',
    url: 'https://opendatacommons.org/licenses/odbl/1-0/',
    attribution: '© OpenStreetMap-Mitwirkende; Stellplätze und Belegung simuliert',
  },
  attributions: ['© OpenStreetMap contributors (ODbL)'],
  municipalities: [
    {
      id: 'heidelberg',
      name: 'Heidelberg',
      officialKey: '08221000',
      centre: { lat: 49.4094, lon: 8.6942 },
    },
  ],
  map: { centre: { lat: 49.4085, lon: 8.692 }, zoom: 15 },
  goal: {
    baselineRatio: 0.3,
    baseline: 'assumed',
    baselineSource:
      'Literaturwert: Mittel ausgewählter Studien mit 8 bis 74 % (Shoup 2006); kein Messwert dieser Stadt.',
    targetRatio: 0.15,
    deadline: '2028-12-31',
  },
  searchShare: {
    acceptance: { ratio: 0.66, passes: 400, source: 'simulated' },
    undercountRatio: 0.04,
  },
  legal: {
    imprint: 'Demonstration ohne Anbieter: Diese Seite zeigt ausschließlich simulierte Daten.',
    privacy: 'Die Demonstration verarbeitet keine personenbezogenen Daten.',
    accessibility: 'Diese Demonstration soll die Anforderungen der BITV 2.0 erfüllen.',
  },
  simulation: {
    seed: 1,
    historyDays: 28,
    arrivalsPerHour: 490,
    measure: {
      id: 'gebuehr-neuenheim',
      daysBeforeStart: 14,
      arrivalsFactor: 0.8,
      stayFactor: 0.75,
      title: 'Höhere Parkgebühr in Neuenheim',
      description:
        'Die Gebühr am Straßenrand steigt von 1,50 € auf 2,50 € je Stunde; wer lange bleibt, soll ins Parkhaus.',
      kind: 'price',
      zones: ['neuenheim'],
      controlZones: ['altstadt', 'weststadt'],
      responsible: 'Amt für Mobilität (fiktiv)',
      budgetEur: 45_000,
      initialSituation:
        'Tagsüber sind die Stellplätze am Straßenrand fast durchgehend belegt; viele Fahrzeuge kreisen um den Block.',
      targetSituation:
        'Etwa jeder fünfte Stellplatz bleibt frei; der Parksuchverkehr in Neuenheim geht um die Hälfte zurück.',
    },
    guidance: {
      id: 'parkleitsystem-app',
      daysBeforeStart: 14,
      ratio: 0.2,
      obeyRatio: 0.9,
      title: 'Parkleitsystem auf dem Handy',
      description:
        'Von da an fragen 20 % der simulierten Fahrer nach einem Stellplatz und lassen sich leiten; neun von zehn halten sich daran. Auch Neuenheim wird geleitet, zählt hier aber nicht mit, weil dort zugleich die Gebühr steigt.',
      kind: 'guidance',
      zones: ['altstadt', 'bergheim', 'hauptbahnhof', 'weststadt'],
      responsible: 'Amt für Mobilität (fiktiv)',
      budgetEur: 60_000,
      initialSituation: 'Wer einen Stellplatz sucht, weiß nicht, wo einer frei ist.',
      targetSituation:
        'Der Parksuchverkehr geht um ein Zehntel zurück, auch für die, die nicht geleitet werden.',
    },
  },
};
