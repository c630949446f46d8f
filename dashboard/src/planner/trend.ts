import type { Locale } from '../ui/locale.svelte.ts';
import { formatDay } from './numbers.ts';

/** A figure in an interval; `value` is `null` where there are not enough data. */
export interface TrendPoint {
  readonly fromMs: number;
  readonly toMs: number;
  /** Name of the interval, "November 2026". */
  readonly label: string;
  readonly value: number | null;
  /** 95 %. */
  readonly band: readonly [number, number] | null;
  readonly isProvisional: boolean;
}

/** Something that happened: a measure, roadworks. */
export interface TrendNote {
  readonly id: string;
  readonly atMs: number;
  /** Its date in words. */
  readonly day: string;
  readonly label: string;
}

interface Measure {
  readonly id: string;
  readonly title: string;
  /** A day, not an instant. */
  readonly from: string;
}

/** Measures as notes in a chart. */
export const toNotes = (measures: readonly Measure[], locale: Locale): readonly TrendNote[] =>
  measures.map(({ id, title, from }) => ({
    id,
    atMs: Date.parse(from),
    day: formatDay(from, 'UTC', locale),
    label: title,
  }));
