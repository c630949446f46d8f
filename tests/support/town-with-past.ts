import { directoryDownloads } from '../../services/adapters/downloads/directory.ts';
import { memoryStore } from '../../services/adapters/history-store/memory.ts';
import type { RollUp } from '../../services/domain/roll-up.ts';
import { createOfferHistory } from '../../services/pipeline/offer-history.ts';
import type { Downloads } from '../../services/ports/downloads.ts';
import { inventory } from '../fixtures/feeds/town.ts';
import { createManualClock } from './manual-clock.ts';
import { createRecordingLogger } from './recording-logger.ts';
import { rollUpRow } from './roll-up-row.ts';
import { temporaryDirectory } from './temporary.ts';

const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
const quarterMs = hourMs / 4;
/** 1 November 2026 in Berlin. */
export const monthEndMs = Date.UTC(2026, 9, 31, 23);
export const [site] = inventory.sites;
export const [zone] = inventory.zones;

export const rollUp = (
  more: Partial<RollUp> & Pick<RollUp, 'scope' | 'id' | 'step' | 'fromMs'>,
): RollUp =>
  rollUpRow({
    toMs: more.fromMs + (more.step === 'day' ? dayMs : quarterMs),
    numberOfSpaces: 10,
    observedMs: 8 * quarterMs,
    occupiedMs: 6 * quarterMs,
    arrivals: 3,
    departures: 2,
    inferred: 1,
    endedStayMs: 123_456,
    endedStays: 1,
    ...more,
  });

/** The last three days of October 2026 and the first of November, a quarter hour of every two hours. */
export async function townWithPast(dir = temporaryDirectory()) {
  const store = memoryStore();
  const rows: RollUp[] = [];
  for (let fromMs = monthEndMs - 3 * dayMs; fromMs < monthEndMs + dayMs; fromMs += dayMs) {
    rows.push(rollUp({ scope: 'municipality', id: 'musterstadt', step: 'day', fromMs }));
    for (let atMs = fromMs; atMs < fromMs + dayMs; atMs += 2 * hourMs) {
      rows.push(rollUp({ scope: 'site', id: site?.id ?? '', step: '15min', fromMs: atMs }));
      rows.push(rollUp({ scope: 'zone', id: zone?.id ?? '', step: '15min', fromMs: atMs }));
      rows.push(rollUp({ scope: 'space', id: 'a-space', step: '15min', fromMs: atMs }));
      rows.push(rollUp({ scope: 'site', id: 'taken-out', step: '15min', fromMs: atMs }));
    }
  }
  await store.writeRollUps(rows);
  const clock = createManualClock(monthEndMs + dayMs + hourMs);
  const notice = {
    title: 'Musterstadt',
    publisher: 'Stadt Musterstadt',
    attribution: 'Stadt\nMusterstadt',
    licence: { name: 'dl-de/by-2-0', url: 'https://www.govdata.de/dl-de/by-2-0' },
    timeZone: 'Europe/Berlin',
  };
  const openAgain = () => directoryDownloads({ dir, notice, clock });
  const downloads = await openAgain();
  const offer = (of = downloads) => {
    const stage = createOfferHistory({
      store,
      downloads: of,
      clock,
      log: createRecordingLogger(),
      inventory: () => inventory,
      timeZone: 'Europe/Berlin',
      measuredUntilMs: () => clock.now() - hourMs,
      backDays: 400,
    });
    stage.start();
    return stage;
  };
  return { dir, store, clock, downloads, offer, openAgain };
}
export const names = (list: readonly { readonly name: string }[]): string[] =>
  list.map(({ name }) => name);
/** Those that hold everything; the municipalities' own lie beside them. */
export const whole = (downloads: Pick<Downloads, 'list'>) =>
  downloads.list().filter(({ municipalityId }) => municipalityId === null);
