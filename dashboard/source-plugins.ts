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

const chooser =
  /\(\(inputs(?: = \{\})?, options = \{\}\) => \{\s*const locale = [^\n]+\s+if \(locale === "de"\) return (\w+)\(inputs\)\s+return (\w+)\(inputs\)\s*\}\)/;

/** Every generated message chooses its language with the same five lines: one function does it for all. */
function sharedChooser(): Plugin {
  return {
    name: 'shared-chooser',
    enforce: 'pre',
    transform(code, id) {
      if (!/\/src\/paraglide\/messages\/(?!_index)\w+\.js$/.test(id)) return undefined;
      const shared = code.replace(chooser, '/* @__PURE__ */ inLanguage($1, $2)');
      // A generator that writes otherwise must be looked at again.
      if (shared === code) this.error(`not the generated form that is known: ${id}`);
      return { code: `import { inLanguage } from '../runtime.js';\n${shared}`, map: null };
    },
  };
}

/** What turns a source file into JavaScript; the component tests use the same. */
export const sourcePlugins = [
  ownLocale(),
  sharedChooser(),
  svelte({ configFile: false, compilerOptions: { runes: true } }),
];
