import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';

const dist = fileURLToPath(new URL('../../dist/dashboard/', import.meta.url));
interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
  readonly css?: readonly string[];
}
let chunks: Readonly<Record<string, Chunk>>;

beforeAll(async () => {
  chunks = JSON.parse(await readFile(`${dist}.vite/manifest.json`, 'utf8')) as typeof chunks;
});

/** Chunks that come with one, its own imports only or also what it may ask for later. */
function reach(name: string, isLater: boolean, found = new Set<string>()): Set<string> {
  const chunk = chunks[name];
  if (chunk === undefined || found.has(name)) return found;
  found.add(name);
  const next = [...(chunk.imports ?? []), ...(isLater ? (chunk.dynamicImports ?? []) : [])];
  for (const other of next) reach(other, isLater, found);
  return found;
}

async function kilobytes(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    files.map(async (file) => gzipSync(await readFile(dist + file), { level: 9 }).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1000;
}

const scripts = (names: Set<string>) => [...names].map((name) => chunks[name]!.file);
const styles = (names: Set<string>) => [
  ...new Set([...names].flatMap((name) => chunks[name]!.css ?? [])),
];

// Budgets of the driver's page, gzipped: list first, map later.
test('the first list needs at most 35 kB of JavaScript', async () => {
  expect(await kilobytes(scripts(reach('index.html', false)))).toBeLessThanOrEqual(35);
});
test('everything, the map included, needs at most 90 kB of JavaScript', async () => {
  expect(await kilobytes(scripts(reach('index.html', true)))).toBeLessThanOrEqual(90);
});
test('all styles are at most 20 kB', async () => {
  expect(await kilobytes(styles(reach('index.html', true)))).toBeLessThanOrEqual(20);
});
test('no font and no file of another origin is part of the build', async () => {
  const files = await readdir(dist, { recursive: true });
  expect(files.filter((file) => /\.(woff2?|ttf|otf)$/.test(file))).toEqual([]);
  const html = await readFile(`${dist}index.html`, 'utf8');
  expect(html).not.toMatch(/(src|href)="https?:/);
});
