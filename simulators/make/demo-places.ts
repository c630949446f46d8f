import type { Position } from './plane.ts';

/** What is assumed of a quarter: outline along river and railway, and invented parking rules. */
export interface Quarter {
  readonly id: string;
  readonly name: string;
  readonly outline: readonly Position[];
  readonly hasFee: boolean;
  readonly feeText: string;
  readonly feeEurPerHour: number | null;
  readonly maxStayMin: number | null;
  /** Share of the kerb spaces kept for residents. */
  readonly residentRatio: number;
}

/** The middle of the Neckar, from west to east. */
const river: readonly Position[] = [
  [8.668, 49.4112],
  [8.677, 49.4106],
  [8.6847, 49.4112],
  [8.6912, 49.4122],
  [8.6935, 49.4127],
  [8.7, 49.4134],
  [8.7095, 49.4144],
  [8.717, 49.4147],
];
const riverBetween = (west: number, east: number): readonly Position[] =>
  river.filter(([lon]) => lon > west && lon < east);

const fee = (perHour: number, hours: string): string =>
  `${perHour.toFixed(2).replace('.', ',')} € je Stunde, ${hours}`;

export const quarters: readonly Quarter[] = [
  {
    id: 'altstadt',
    name: 'Altstadt',
    outline: [
      [8.6937, 49.4127],
      ...riverBetween(8.6937, 8.717),
      [8.717, 49.4147],
      [8.717, 49.3995],
      [8.698, 49.3995],
      [8.698, 49.4062],
      [8.6937, 49.4075],
    ],
    hasFee: true,
    feeText: fee(2.4, 'Mo–Sa 8–20 Uhr, höchstens 2 Stunden'),
    feeEurPerHour: 2.4,
    maxStayMin: 120,
    residentRatio: 0.1,
  },
  {
    id: 'bergheim',
    name: 'Bergheim',
    outline: [
      [8.68, 49.4108],
      ...riverBetween(8.68, 8.6937),
      [8.6937, 49.4127],
      [8.6937, 49.4075],
      [8.6927, 49.4074],
      [8.684, 49.4055],
      [8.68, 49.405],
    ],
    hasFee: true,
    feeText: fee(1.6, 'Mo–Sa 8–19 Uhr, höchstens 4 Stunden'),
    feeEurPerHour: 1.6,
    maxStayMin: 240,
    residentRatio: 0.04,
  },
  {
    id: 'hauptbahnhof',
    name: 'Rund um den Hauptbahnhof',
    outline: [
      [8.667, 49.4112],
      [8.677, 49.4106],
      [8.68, 49.4108],
      [8.68, 49.3995],
      [8.667, 49.3995],
    ],
    hasFee: true,
    feeText: fee(1.2, 'Mo–Fr 8–18 Uhr'),
    feeEurPerHour: 1.2,
    maxStayMin: null,
    residentRatio: 0.02,
  },
  {
    id: 'weststadt',
    name: 'Weststadt',
    outline: [
      [8.68, 49.405],
      [8.684, 49.4055],
      [8.6927, 49.4074],
      [8.6937, 49.4075],
      [8.698, 49.4062],
      [8.698, 49.3995],
      [8.68, 49.3995],
    ],
    hasFee: false,
    feeText: 'kostenlos mit Parkscheibe, Mo–Fr 8–18 Uhr höchstens 2 Stunden',
    feeEurPerHour: null,
    maxStayMin: 120,
    residentRatio: 0.08,
  },
  {
    id: 'neuenheim',
    name: 'Neuenheim',
    outline: [
      [8.667, 49.4112],
      ...riverBetween(8.668, 8.717),
      [8.717, 49.4147],
      [8.717, 49.417],
      [8.667, 49.417],
    ],
    hasFee: true,
    feeText: fee(1.5, 'Mo–Sa 9–18 Uhr, höchstens 3 Stunden'),
    feeEurPerHour: 1.5,
    maxStayMin: 180,
    residentRatio: 0.06,
  },
];

/** Where people want to go: kerb parking is dense within 700 m of these. */
export const centres: readonly Position[] = [
  [8.6935, 49.4098],
  [8.706, 49.4105],
  [8.711, 49.4118],
  [8.685, 49.4085],
  [8.6875, 49.4035],
  [8.6915, 49.4148],
  [8.676, 49.4065],
];

/** Facts not in the map data: invented, as the deployment's description says. */
export const carParks: Readonly<
  Record<
    number,
    {
      readonly id: string;
      readonly name: string;
      readonly kind: 'ground' | 'underground' | 'car-park';
      readonly openingHours: string;
      readonly feeText: string;
      readonly feeEurPerHour: number;
      readonly maxHeightM: number | null;
      readonly disabled: number;
      readonly charging: number;
    }
  >
> = {
  14192539: {
    id: 'parkhaus-kraus',
    name: 'Tiefgarage Kraus',
    kind: 'underground',
    openingHours: 'Mo-Sa 06:00-24:00; Su,PH 08:00-22:00',
    feeText: '2,00 € je Stunde, höchstens 18 € am Tag',
    feeEurPerHour: 2,
    maxHeightM: 2,
    disabled: 5,
    charging: 8,
  },
  27620236: {
    id: 'parkhaus-poststrasse',
    name: 'Parkhaus Poststraße',
    kind: 'car-park',
    openingHours: '24/7',
    feeText: '1,80 € je Stunde, höchstens 15 € am Tag',
    feeEurPerHour: 1.8,
    maxHeightM: 2.1,
    disabled: 12,
    charging: 16,
  },
  35692880: {
    id: 'parkhaus-am-theater',
    name: 'Parkhaus am Theater',
    kind: 'car-park',
    openingHours: 'Mo-Su 06:30-01:00',
    feeText: '2,20 € je Stunde, höchstens 20 € am Tag',
    feeEurPerHour: 2.2,
    maxHeightM: 1.9,
    disabled: 4,
    charging: 4,
  },
  62293909: {
    id: 'tiefgarage-friedrich-ebert-anlage',
    name: 'Tiefgarage Friedrich-Ebert-Anlage',
    kind: 'underground',
    openingHours: '24/7',
    feeText: '2,00 € je Stunde, höchstens 18 € am Tag',
    feeEurPerHour: 2,
    maxHeightM: 2,
    disabled: 4,
    charging: 6,
  },
  24794024: {
    id: 'parkplatz-landfried',
    name: 'Parkplatz Landfriedgelände',
    kind: 'ground',
    openingHours: '24/7',
    feeText: '1,20 € je Stunde, höchstens 9 € am Tag',
    feeEurPerHour: 1.2,
    maxHeightM: null,
    disabled: 3,
    charging: 2,
  },
  236220659: {
    id: 'parkplatz-lessingstrasse',
    name: 'Parkplatz Lessingstraße',
    kind: 'ground',
    openingHours: '24/7',
    feeText: '1,00 € je Stunde, höchstens 8 € am Tag',
    feeEurPerHour: 1,
    maxHeightM: null,
    disabled: 3,
    charging: 0,
  },
};
