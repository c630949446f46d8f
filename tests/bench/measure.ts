import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One line of the benchmark: a figure, the raw limit of the same run, and what the ratio must reach. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit: { readonly name: string; readonly value: number } | null;
  readonly target: {
    readonly ratio?: number;
    readonly atLeast?: number;
    readonly atMost?: number;
  } | null;
}

/** Whether a figure reaches its target; figures without one always do. */
export function isMet({ value, limit, target }: Figure): boolean {
  if (target?.ratio !== undefined && limit) return value / limit.value >= target.ratio;
  return value >= (target?.atLeast ?? -Infinity) && value <= (target?.atMost ?? Infinity);
}

/** A program of this folder in a process of its own; resolves with the first thing it says. */
export async function startPeer(
  program: string,
  args: readonly string[],
): Promise<{ readonly child: ChildProcess; readonly said: unknown }> {
  const child = fork(join(import.meta.dirname, program), [...args], { stdio: 'inherit' });
  const [said] = (await once(child, 'message')) as [unknown];
  return { child, said };
}

/** The `share` quantile of unsorted values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** How many a second, from a count and the milliseconds it took. */
export const perSecond = (count: number, tookMs: number): number => (count / tookMs) * 1000;

const ttsMessage = (): string => {
  const path = join(import.meta.dirname, '../fixtures/network-server-messages.json');
  const messages = JSON.parse(readFileSync(path, 'utf8')) as { tts: { up: { payload: unknown } } };
  return JSON.stringify(messages.tts.up.payload);
};

/**
 * How fast the machine is just now: microseconds that `JSON.parse` takes for a message of The Things
 * Stack. Shared processors change by half within an hour: figures that are no ratios compare only where
 * this one is equal.
 */
export function yardstick(): Figure {
  const message = ttsMessage();
  const tookUs: number[] = [];
  for (let round = 0; round < 300; round += 1) {
    const startedMs = performance.now();
    for (let n = 0; n < 50; n += 1) JSON.parse(message);
    tookUs.push(((performance.now() - startedMs) * 1000) / 50);
  }
  return {
    name: 'the machine just now: JSON.parse of a message',
    value: quantile(tookUs, 0.5),
    unit: 'µs',
    limit: null,
    target: null,
  };
}

/** Processor time of this process since it was asked last, in seconds. */
export function createCpuTimer(): () => number {
  let last = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(last);
    last = process.cpuUsage();
    return (user + system) / 1e6;
  };
}

/** When a metronome began, its uplinks a second, and after how many it is the same device's turn again. */
export interface Rhythm {
  readonly startedAtMs: number;
  readonly perS: number;
  readonly devices: number;
}

/** Sets a metronome going and tells the watcher when each uplink is due. */
export async function beginRhythm(metronome: ChildProcess, watcher: ChildProcess): Promise<void> {
  metronome.send('go');
  const [rhythm] = (await once(metronome, 'message')) as [Rhythm];
  watcher.send(rhythm);
}

/** What a watcher (`watcher.ts`) has seen: how late the frames were, in ms. */
export async function delayQuantile(watcher: ChildProcess, share: number): Promise<number> {
  watcher.send('report');
  const [{ delaysMs }] = (await once(watcher, 'message')) as [{ delaysMs: readonly number[] }];
  return quantile(delaysMs, share);
}
