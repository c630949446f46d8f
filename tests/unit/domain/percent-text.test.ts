import { expect, test } from 'vitest';
import { percentText } from '../../../services/domain/percent-text.ts';
import { measureSentence } from '../../../services/domain/planning/verdict-texts.ts';
import { reason } from '../../../services/domain/search-share/reasons.ts';

test('a percent sign follows a space in German, which does not break, and none in English', () => {
  expect(percentText(0.124, 'de')).toBe('12\u00a0%');
  expect(percentText(0.124, 'en')).toBe('12%');
});

test('sentences of the server write percent as their language does', () => {
  const effect = {
    treated: { before: 0.2, after: 0.15 },
    control: null,
    difference: -0.25,
    interval: [-0.34, -0.12] as const,
    verdict: 'decreased' as const,
    isSupported: true,
  };
  const sentences = [measureSentence(effect, 4), reason('few-spaces-sensed', 0.4, 0.6)];
  expect(sentences[0]).toMatchObject({
    de: expect.stringContaining('um 25\u00a0% (12 bis 34\u00a0%) abgenommen') as string,
    en: expect.stringContaining('decreased by 25% (12 to 34%) after') as string,
  });
  for (const { de, en } of sentences) {
    expect(de).not.toContain(' %');
    expect(en).not.toMatch(/\s%/);
  }
});
