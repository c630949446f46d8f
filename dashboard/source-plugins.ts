import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';

const root = import.meta.dirname;

/** The page's own language state in the place of Paraglide's runtime: see src/ui/locale.svelte.ts. */
function ownLocale(): Plugin {
  return {
    name: 'own-locale',
    enforce: 'pre',
    resolveId: (source, importer) =>
      source === '../runtime.js' && importer?.includes('/src/paraglide/')
        ? `${root}/src/ui/locale.svelte.ts`
        : undefined,
  };
}

/** What turns a source file into JavaScript; the component tests use the same. */
export const sourcePlugins = [
  ownLocale(),
  svelte({ configFile: false, compilerOptions: { runes: true } }),
];
