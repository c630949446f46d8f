import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decoders } from '../../services/decoders/index.ts';

const root = join(import.meta.dirname, '../..');
// The formatter pads tables.
const readme = readFileSync(join(root, 'README.md'), 'utf8').replaceAll(/ +/g, ' ');
const scripts = (
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  }
).scripts;

describe('the README', () => {
  test.each(decoders.map((decoder) => [decoder.model, decoder] as const))(
    'lists %s as its decoder says',
    (model, { vendor, name, watches, heartbeatS }) => {
      expect(readme).toContain(
        `| \`${model}\` | ${vendor} ${name} | ${watches} | ${heartbeatS / 3600} h |`,
      );
    },
  );

  test('lists no device without a decoder', () => {
    const [, table = ''] = readme.split('<!-- devices: checked by tests/docs -->');
    const listed = [...(table.split('\n## ')[0] ?? '').matchAll(/^\| `([a-z0-9-]+)`/gm)];
    expect(listed.map(([, model]) => model)).toEqual(decoders.map(({ model }) => model));
  });

  test('names only commands that exist', () => {
    const named = [...readme.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name ?? '');
    expect(named.length).toBeGreaterThan(3);
    for (const name of named) expect(scripts).toHaveProperty([name]);
  });

  test('links only to files that exist', () => {
    const paths = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path ?? '');
    const code = [
      ...readme.matchAll(/`((?:config|services|dashboard|tests|simulators)\/[\w./-]+)`/g),
    ];
    for (const path of [...paths, ...code.map(([, path]) => path ?? '')])
      expect(existsSync(join(root, path)), path).toBe(true);
  });
});
