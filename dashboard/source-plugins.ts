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
      // A number has a plural form in both languages: what would be said without one is dead.
      const short = shared.replace(
        /if \(form === "other"\) (return [^\n]+)\n\s*return [^\n]+/g,
        '$1',
      );
      return { code: `import { inLanguage } from '../runtime.js';\n${short}`, map: null };
    },
  };
}

const svelteFlags: readonly (readonly [RegExp, readonly (readonly [string, string])[]])[] = [
  [
    /\/svelte\/src\/internal\/client\/dom\/hydration\.js$/,
    [
      ['export let hydrating = false;', 'export const hydrating = false;'],
      ['hydrating = value;', "if (value) throw new Error('nothing to hydrate');"],
    ],
  ],
  [
    /\/svelte\/src\/internal\/flags\/index\.js$/,
    [
      ['export let async_mode_flag', 'export const async_mode_flag'],
      ['export let legacy_mode_flag', 'export const legacy_mode_flag'],
      ['export let tracing_mode_flag', 'export const tracing_mode_flag'],
      ['async_mode_flag = true;', "throw new Error('async mode is left out');"],
      ['async_mode_flag = false;\n}', '}'],
      ['legacy_mode_flag = true;', "throw new Error('legacy mode is left out');"],
      ['tracing_mode_flag = true;', "throw new Error('tracing is left out');"],
    ],
  ],
];

/**
 * No page here was rendered on a server, and every component speaks in runes: what Svelte keeps for
 * hydration and for its older mode is known to be dead at build time, so that the minifier drops it.
 */
function leanSvelte(): Plugin {
  return {
    name: 'lean-svelte',
    enforce: 'pre',
    apply: 'build',
    transform(code, id) {
      const found = svelteFlags.find(([file]) => file.test(id));
      if (found === undefined) return undefined;
      let lean = code;
      for (const [from, to] of found[1]) {
        // A release that writes otherwise must be looked at again.
        if (!lean.includes(from)) this.error(`not the Svelte that is known: ${id}`);
        lean = lean.replace(from, to);
      }
      return { code: lean, map: null };
    },
  };
}

/** What every browser that the build is for does, of Leaflet's flags; none of them is Internet Explorer. */
const browserFlags: Readonly<Record<string, boolean>> = {
  any3d: true,
  canvas: true,
  edge: false,
  ie3d: false,
  ielt9: false,
  inlineSvg: true,
  mobileOpera: false,
  msPointer: false,
  passiveEvents: true,
  pointer: true,
  svg: true,
  touch: true,
  vml: false,
};
/** Those that are found out in the browser. */
const openFlags = ['chrome', 'linux', 'mac', 'mobile', 'retina', 'safari', 'touchNative'];

/** Leaflet 1 knows browsers that no build of today runs in: what is for them is dead at build time. */
function leanLeaflet(): Plugin {
  return {
    name: 'lean-leaflet',
    enforce: 'pre',
    apply: 'build',
    resolveId: (source, importer) =>
      source.endsWith('/Browser') && importer?.includes('/leaflet/src/')
        ? `${root}/src/map/browser-traits.ts`
        : undefined,
    transform(code, id) {
      if (!id.includes('/leaflet/src/') || !code.includes('Browser.')) return undefined;
      const lean = code.replace(/\bBrowser\.(\w+)/g, (flag, name: string) => {
        const known = browserFlags[name];
        // A release that asks more must be looked at again.
        if (known === undefined && !openFlags.includes(name))
          this.error(`unknown ${flag} in ${id}`);
        return known === undefined ? flag : String(known);
      });
      return { code: lean, map: null };
    },
  };
}

/** What turns a source file into JavaScript; the component tests use the same. */
export const sourcePlugins = [
  ownLocale(),
  sharedChooser(),
  leanSvelte(),
  leanLeaflet(),
  svelte({ configFile: false, compilerOptions: { runes: true } }),
];
