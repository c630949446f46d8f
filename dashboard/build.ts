import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '..');
const sources = [
  'dashboard/**/*.{ts,svelte,html,css,json,svg}',
  'services/contract/*.ts',
  'package-lock.json',
];

/** Newest change in ms, generated files left out; 0 where there is none. */
function newest(patterns: readonly string[]): number {
  const files = globSync(patterns, { cwd: root }).filter((file) => !file.includes('paraglide/'));
  return Math.max(0, ...files.map((file) => statSync(join(root, file)).mtimeMs));
}

/** Builds the pages when something they are made of is newer than they are. */
if (newest(sources) > newest(['dist/dashboard/.vite/manifest.json']))
  await build({ configFile: join(root, 'dashboard/vite.config.ts'), logLevel: 'warn' });
