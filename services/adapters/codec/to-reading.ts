import type { Reading, ReadingKind } from '../../domain/reading.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { FlagField, NumberField, ReadingMapping, TextField } from './mapping.ts';

/** A field of the data that is not what the mapping says. */
class Mismatch extends Error {}

/** Follows own properties only: `constructor` and its like are no data. */
function valueAt(data: unknown, path: string): unknown {
  let value = data;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = (value as Readonly<Record<string, unknown>>)[part];
  }
  return value;
}

const shown = (value: unknown): string =>
  value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60);

function mismatch(name: string, from: string, value: unknown, expected: string): never {
  throw new Mismatch(`${name}: data.${from} is ${shown(value)}, expected ${expected}`);
}

/** Steps of 10⁻⁶: 344 × 0.01 is 3.44 and not 3.4400000000000004. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

function toNumber(name: string, field: NumberField, data: unknown): number | undefined {
  const value = valueAt(data, field.from);
  if (value === undefined && field.optional) return undefined;
  if (typeof value !== 'number') mismatch(name, field.from, value, 'a number');
  const number = rounded(value * field.times + field.plus);
  if (number < (field.min ?? -Infinity) || number > (field.max ?? Infinity))
    mismatch(
      name,
      field.from,
      value,
      `${field.min ?? '…'} to ${field.max ?? '…'} after conversion`,
    );
  return number;
}

function toWhole(name: string, field: NumberField, data: unknown): number | undefined {
  const number = toNumber(name, field, data);
  if (number !== undefined && (!Number.isSafeInteger(number) || number < 0))
    mismatch(name, field.from, number, 'a whole number of at least 0');
  return number;
}

function toFlag(name: string, field: FlagField, data: unknown): boolean | undefined {
  const value = valueAt(data, field.from);
  if (value === undefined && field.optional) return undefined;
  const isAmong = (values: readonly unknown[]): boolean => values.includes(value);
  if (isAmong(field.yes)) return true;
  if (isAmong(field.no)) return false;
  return mismatch(name, field.from, value, `one of ${shown([...field.yes, ...field.no])}`);
}

function toText(name: string, field: TextField, data: unknown): string | undefined {
  const value = valueAt(data, field.from);
  if (value === undefined && field.optional) return undefined;
  if (typeof value !== 'string') mismatch(name, field.from, value, 'a text');
  return value.slice(0, 64);
}

function toKind(kind: ReadingMapping['kind'], data: unknown): ReadingKind {
  if (typeof kind === 'string') return kind;
  const value = valueAt(data, kind.from);
  const word = String(value);
  const mapped = Object.hasOwn(kind.is, word) ? kind.is[word] : undefined;
  return mapped ?? mismatch('kind', kind.from, value, `one of ${shown(Object.keys(kind.is))}`);
}

/** A direction that the data does not tell is not known, which is not 0. */
const toCounts = (counts: NonNullable<ReadingMapping['counts']>, data: unknown) =>
  counts.flatMap(({ direction, vehicles, meanSpeedKmh, category }, index) => {
    const name = `counts.${index}`;
    const passed = toWhole(`${name}.vehicles`, vehicles, data);
    const speed = meanSpeedKmh && toNumber(`${name}.meanSpeedKmh`, meanSpeedKmh, data);
    if (passed === undefined) return [];
    return {
      direction,
      vehicles: passed,
      meanSpeedKmh: passed === 0 ? null : (speed ?? null),
      ...(category === undefined ? {} : { category }),
    };
  });

type Convert<Field> = (name: string, field: Field, data: unknown) => unknown;

/** Adds what the mapping has and the data says. */
function addTo<Field>(
  reading: Record<string, unknown>,
  name: keyof Reading,
  field: Field | undefined,
  convert: Convert<Field>,
  data: unknown,
): void {
  const value = field === undefined ? undefined : convert(name, field, data);
  if (value !== undefined) reading[name] = value;
}

function map(mapping: ReadingMapping, data: unknown): Reading {
  const reading: Record<string, unknown> = {};
  for (const name of ['occupied', 'batteryLow'] as const)
    addTo(reading, name, mapping[name], toFlag, data);
  for (const name of [
    'batteryV',
    'batteryRatio',
    'temperatureC',
    'distanceM',
    'previousStateMinMs',
    'previousStateMaxMs',
  ] as const)
    addTo(reading, name, mapping[name], toNumber, data);
  for (const name of ['countTotal', 'sequence'] as const)
    addTo(reading, name, mapping[name], toWhole, data);
  for (const name of ['firmware', 'resetCause'] as const)
    addTo(reading, name, mapping[name], toText, data);
  addTo(reading, 'counts', mapping.counts, (_name, counts) => toCounts(counts, data), data);
  if (mapping.modulus !== undefined) reading['modulus'] = mapping.modulus;
  if (mapping.faults !== undefined)
    reading['faults'] = mapping.faults
      .filter(({ from, when }) => (when as readonly unknown[]).includes(valueAt(data, from)))
      .map(({ fault }) => fault);
  return { kind: toKind(mapping.kind, data), ...reading };
}

/** Our reading of a codec's data; the error names the field and what it is instead. */
export function toReading(mapping: ReadingMapping, data: unknown): Result<Reading, string> {
  try {
    return ok(map(mapping, data));
  } catch (error) {
    if (error instanceof Mismatch) return err(error.message);
    throw error;
  }
}
