import type { Random } from '../random.ts';
import { exponential, logNormal } from '../random.ts';
import type { LocalHour } from './local-time.ts';

/** Mean time until a vacant one is taken by day and by night, and the median stay, minutes; assumed. */
const habits: Readonly<
  Record<string, { readonly day: number; readonly night: number; readonly stay: number }>
> = {
  disabled: { day: 100, night: 700, stay: 75 },
  charging: { day: 70, night: 300, stay: 85 },
  resident: { day: 200, night: 60, stay: 420 },
  delivery: { day: 25, night: 400, stay: 12 },
};
const other = { day: 90, night: 500, stay: 90 };

/** Seconds until a space that is kept for somebody changes: nobody searches for these. */
export function keptSpaceChange(
  random: Random,
  audience: string,
  isTaken: boolean,
  { hour }: LocalHour,
): number {
  const habit = habits[audience] ?? other;
  if (isTaken) return 60 + logNormal(random, habit.stay, 0.6) * 60;
  return 120 + exponential(random, (hour >= 7 && hour < 20 ? habit.day : habit.night) * 60);
}
