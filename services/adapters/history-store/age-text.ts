import type { AgeTable } from '../../domain/age-table.ts';

/**
 * An age table as one text, the same in every store: classes separated by blanks, each the seconds
 * watched and, where some ended, `/` and how many. Seconds are fine enough: most watched times are
 * as long as their interval.
 */
export function toAgeText(table: AgeTable | null): string | null {
  if (table === null) return null;
  const classes = Math.max(table.watchedMs.length, table.ended.length);
  let text = '';
  for (let at = 0; at < classes; at += 1) {
    const watchedS = Math.round((table.watchedMs[at] ?? 0) / 1000);
    const ended = table.ended[at] ?? 0;
    if (at > 0) text += ' ';
    if (watchedS > 0) text += String(watchedS);
    if (ended > 0) text += `/${ended}`;
  }
  return text;
}

/**
 * `null` where a row was rolled up before ages were kept. The text is read when somebody looks: of the
 * ten thousands of rows that a question about a year reads, most are asked for other things.
 */
export function parseAgeText(text: string | null): AgeTable | null {
  if (text === null) return null;
  let table: AgeTable | undefined;
  return {
    get watchedMs() {
      return (table ??= readAges(text)).watchedMs;
    },
    get ended() {
      return (table ??= readAges(text)).ended;
    },
  };
}

function readAges(text: string): AgeTable {
  const watchedMs: number[] = [];
  const ended: number[] = [];
  for (const part of text.split(' ')) {
    const [watchedS = '', count = ''] = part.split('/');
    watchedMs.push(Number(watchedS) * 1000);
    ended.push(Number(count));
  }
  return { watchedMs, ended };
}
