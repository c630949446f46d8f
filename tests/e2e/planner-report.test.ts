import { describe, expect, test } from 'vitest';
import { metricsSchema, zoneRankingSchema } from '../../services/contract/metrics.ts';
import { measures } from '../support/fixture-measures.ts';
import { planning, planningZones } from '../support/fixture-planning.ts';
import { useFixturePages } from '../support/fixture-pages.ts';

const pages = useFixturePages();

/** What the report says on paper, line by line. */
async function reportText(search: string, answers = planning): Promise<string> {
  const page = await pages.open(
    { planning: answers, zones: planningZones },
    `planung?view=report${search}`,
    { viewport: { width: 1000, height: 1400 } },
  );
  await page.getByRole('heading', { name: 'So sind die Zahlen zu lesen' }).waitFor();
  await page.locator('[data-state=loading]').first().waitFor({ state: 'detached' });
  await page.emulateMedia({ media: 'print' });
  // How many ticks an axis has depends on the width it was drawn at; the figures stand in the tables.
  await page.addStyleTag({ content: '.report svg text { display: none }' });
  const text = await page.locator('.report').innerText();
  const lines = text
    .replaceAll('\u00a0', ' ')
    .split('\n')
    .map((line) => line.replaceAll(/\s+/g, ' ').trim());
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}

/** What the API of the page's own server answers. */
const answerOf = async (name: string): Promise<unknown> =>
  (await fetch(`${pages.server().url}api/v1/${name}`)).json();
const percent = (ratio: number | null): string => `${Math.round((ratio ?? NaN) * 100)} %`;
const minutes = (ms: number | null | undefined): string =>
  `${Math.round((ms ?? NaN) / 60_000)} min`;

describe('the numbers of the page', () => {
  test('are those that the API tells', async () => {
    const text = await reportText('&month=2026-11');
    const { items } = metricsSchema.parse(await answerOf('metrics?scope=all'));
    const total = items.find(({ scope }) => scope === 'all')?.total;
    expect(text).toContain(`Auslastung\n${percent(total?.occupancyRatio ?? null)}\n`);
    expect(text).toContain(`Straßen voll\n${percent(total?.fullRatio ?? null)}\n`);
    expect(text).toContain(`Parkdauer (Median)\n${minutes(total?.dwellMs?.p50)}\n`);
    expect(text).toContain(`${minutes(total?.vacancyMs?.p50)}\n`);
    expect(text).toContain(`${total?.evidence.endedStays.toLocaleString('de')} beendete`);
    const zones = zoneRankingSchema.parse(await answerOf('metrics/zones')).items;
    const flowing = text.replaceAll('\n', ' ');
    for (const { name, rank, figures } of zones)
      if (rank !== null)
        expect(flowing).toMatch(
          new RegExp(
            `${name} ${rank} .*?${percent(figures.occupancyRatio)} .*?${percent(figures.fullRatio)}`,
          ),
        );
  });
});

describe('the monthly report of a fixed town', () => {
  test('of the whole area reads as its golden file', async () => {
    await expect(await reportText('&month=2026-11')).toMatchFileSnapshot(
      '../fixtures/planning/report-2026-11.golden',
    );
  });

  test('of a zone speaks of that zone and gives no verdict on the goal', async () => {
    const text = await reportText('&month=2026-11&scope=zone:altstadt');
    expect(text).toContain('\nAltstadt\n');
    expect(text).toContain('mindestens 17 %');
    expect(text).not.toContain('Auf Kurs');
    expect(text).not.toContain('Gebühr Neustadt von 1 auf 2 Euro: ');
  });

  test('of a zone speaks of measures that were taken everywhere, too', async () => {
    const items = measures.items.map((measure) => ({ ...measure, zones: [] }));
    const everywhere = { ...planning, '/api/v1/measures': { ...measures, items } };
    const text = await reportText('&month=2026-11&scope=zone:altstadt', everywhere);
    expect(text).toContain('Gebühr Neustadt von 1 auf 2 Euro: ');
  });

  test('of a municipality has its goal, its zones and its measures', async () => {
    const text = await reportText('&month=2026-11&scope=municipality:musterstadt');
    expect(text).toContain('Auf Kurs');
    expect(text).toContain('Bahnhofsviertel');
    expect(text).toContain('Parkleitsystem Altstadt');
  });
});
