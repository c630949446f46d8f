import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Observation } from '../../services/domain/observation.ts';
import type { Sent } from './faulty-network.ts';

/** What became of every uplink that was sent. */
export interface Accounts {
  readonly sent: number;
  readonly inHistory: number;
  readonly inDeadLetters: number;
  /** In neither. */
  readonly lost: readonly string[];
  /** More than once in one of them, or in both. */
  readonly twice: readonly string[];
  /** In the history or the dead letters, but never sent. */
  readonly invented: readonly string[];
}

const keyOf = (devEui: string, atMs: number): string => `${devEui} ${atMs}`;

/** Messages that the product set aside (`rejected.ndjson`). */
function rejectedKeys(data: string): string[] {
  return ['rejected.1.ndjson', 'rejected.ndjson'].flatMap((file) => {
    const path = join(data, 'rejected', file);
    if (!existsSync(path)) return [];
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const { devEui, atMs } = JSON.parse(line) as { devEui: string; atMs: number };
        return keyOf(devEui, atMs);
      });
  });
}

/** Observations that the history refused (`refused.ndjson`), as lines of InfluxDB. */
function refusedKeys(data: string): string[] {
  const path = join(data, 'refused', 'refused.ndjson');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .flatMap((text) => (JSON.parse(text) as { lines?: string[] }).lines ?? []);
  return lines.flatMap((line) => {
    const match = /^observation,device=([0-9A-F]{16}).* (\d{13})\d{3}$/.exec(line);
    return match ? [keyOf(match[1] ?? '', Number(match[2]))] : [];
  });
}

/** Looks for every uplink in the history and in what was set aside below the data directory. */
export function account(
  sent: readonly Sent[],
  observations: readonly Observation[],
  data: string,
): Accounts {
  const found = new Map<string, number>();
  const count = (keys: readonly string[]): number => {
    for (const key of keys) found.set(key, (found.get(key) ?? 0) + 1);
    return keys.length;
  };
  const inHistory = count(observations.map((o) => keyOf(o.devEui, o.observedAtMs)));
  const inDeadLetters = count([...rejectedKeys(data), ...refusedKeys(data)]);
  const expected = new Set(sent.map(({ devEui, atMs }) => keyOf(devEui, atMs)));
  const keys = [...found.keys()];
  return {
    sent: expected.size,
    inHistory,
    inDeadLetters,
    lost: [...expected].filter((key) => !found.has(key)),
    twice: keys.filter((key) => (found.get(key) ?? 0) > 1),
    invented: keys.filter((key) => !expected.has(key)),
  };
}
