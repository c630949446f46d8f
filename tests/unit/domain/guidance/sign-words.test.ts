import { expect, test } from 'vitest';
import type { SignText } from '../../../../services/domain/guidance/sign-text.ts';
import { signLines } from '../../../../services/domain/guidance/sign-words.ts';

test.each<[SignText, string[], string[]]>([
  [{ kind: 'vacant', vacantSpaces: 37 }, ['37 frei'], ['37 free']],
  [{ kind: 'full', garage: 'Am Theater' }, ['besetzt', '→ Am Theater'], ['full', '→ Am Theater']],
  [{ kind: 'full', garage: null }, ['besetzt'], ['full']],
  [{ kind: 'closed', garage: 'Kraus' }, ['gesperrt', '→ Kraus'], ['closed', '→ Kraus']],
  [{ kind: 'no-data' }, ['keine Angabe'], ['no data']],
])('%j is said in both languages', (text, de, en) => {
  expect(signLines(text, 'de')).toEqual(de);
  expect(signLines(text, 'en')).toEqual(en);
});
