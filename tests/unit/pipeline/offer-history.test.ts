import { expect, test } from 'vitest';
import type { HistoryRow } from '../../../services/domain/history-row.ts';
import { toSiteId } from '../../../services/domain/ids.ts';
import { hourMs, localDateStart, quarterMs } from '../../../services/domain/local-time.ts';
import { createOfferHistory } from '../../../services/pipeline/offer-history.ts';
import type { HistoryStore } from '../../../services/ports/history-store.ts';
import { rollUp } from '../../contract/history-store-rows.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createRecordingLogger } from '../../support/recording-logger.ts';
import { street } from '../../support/street.ts';

const timeZone = 'Europe/Berlin';
const dayMs = localDateStart('2026-10-25', timeZone);
const dayEndMs = localDateStart('2026-10-26', timeZone);

const idOf = (scope: string): string => (scope === 'site' ? 'kerb-7' : 'zone-1');

test.each([
  { kerbs: 10, atMostHours: 25 },
  { kerbs: 1000, atMostHours: 2 },
  { kerbs: 3000, atMostHours: 1 },
])('of $kerbs kerbs $atMostHours h of a day are read at a time, none left out', async (town) => {
  const { kerbs, atMostHours } = town;
  const ids = Array.from({ length: kerbs }, (_, n) => toSiteId(`kerb-${n}`));
  const asked: number[] = [];
  const rollUps: HistoryStore['rollUps'] = ({ scope, step, fromMs, toMs }) => {
    const at = (atMs: number, lastsMs: number) =>
      rollUp(0, { scope, step, id: idOf(scope), fromMs: atMs, toMs: atMs + lastsMs });
    if (step === 'day') return Promise.resolve([at(dayMs, dayEndMs - dayMs)]);
    asked.push(toMs - fromMs);
    const quarters = Array.from({ length: (toMs - fromMs) / quarterMs }, (_, n) => n);
    return Promise.resolve(quarters.map((n) => at(fromMs + n * quarterMs, quarterMs)));
  };
  const rows: HistoryRow[] = [];
  const offer = createOfferHistory({
    store: { rollUps },
    downloads: {
      list: () => [],
      async write(_, parts) {
        for await (const part of parts) rows.push(...part);
      },
      read: () => new ReadableStream(),
    },
    clock: createManualClock(dayEndMs + 2 * hourMs),
    log: createRecordingLogger(),
    inventory: () => ({ ...street, sites: ids.map((id) => ({ ...street.sites[0]!, id })) }),
    timeZone,
    measuredUntilMs: () => dayEndMs + hourMs,
    backDays: 3,
  });
  offer.start();
  await offer.settled();
  await offer.stop();

  expect(Math.max(...asked)).toBe(atMostHours * hourMs);
  // The day on which clocks are put back has 25 hours.
  expect(rows.map(({ scope, fromMs }) => [scope, (fromMs - dayMs) / quarterMs])).toEqual(
    Array.from({ length: 200 }, (_, n) => [n % 2 === 0 ? 'site' : 'zone', Math.floor(n / 2)]),
  );
});
