import { createHash } from 'node:crypto';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { defineConfig, type Plugin } from 'vite';
import { sourcePlugins } from './source-plugins.ts';

const root = import.meta.dirname;

/** Tells the service worker which files make up the driver's page. */
function shellList(): Plugin {
  return {
    name: 'shell-list',
    generateBundle(_, bundle) {
      const worker = bundle['sw.js'];
      if (worker?.type !== 'chunk') return;
      const files = Object.keys(bundle).filter((file) => file.startsWith('assets/'));
      const paths = ['/', '/icon.svg', ...files.map((file) => `/${file}`)].sort();
      const version = createHash('sha256').update(paths.join()).digest('hex').slice(0, 12);
      worker.code =
        `const shellPaths=${JSON.stringify(paths)},shellVersion='${version}';\n` + worker.code;
    },
  };
}

const files = {
  outDir: `${root}/../dist/dashboard`,
  target: 'es2022',
  modulePreload: false,
} as const;

/**
 * Each page is built by itself, `/` first: what two pages had in common would otherwise be cut into
 * chunks for both, and the driver would load what only a planner needs.
 */
export default defineConfig({
  root,
  plugins: [
    ...sourcePlugins,
    paraglideVitePlugin({
      project: `${root}/project.inlang`,
      outdir: `${root}/src/paraglide`,
      strategy: ['globalVariable', 'baseLocale'],
      emitReadme: false,
    }),
    shellList(),
  ],
  builder: {
    async buildApp(builder) {
      for (const environment of Object.values(builder.environments)) {
        if (environment.config.consumer === 'client') await builder.build(environment);
      }
    },
  },
  environments: {
    client: {
      build: {
        ...files,
        emptyOutDir: true,
        manifest: true,
        rolldownOptions: {
          input: { index: `${root}/index.html`, sw: `${root}/src/live/service-worker.ts` },
          output: {
            entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
          },
        },
      },
    },
    planner: {
      consumer: 'client',
      build: {
        ...files,
        emptyOutDir: false,
        copyPublicDir: false,
        manifest: '.vite/manifest-planung.json',
        rolldownOptions: { input: { planung: `${root}/planung.html` } },
      },
    },
    developer: {
      consumer: 'client',
      build: {
        ...files,
        emptyOutDir: false,
        copyPublicDir: false,
        manifest: '.vite/manifest-daten.json',
        rolldownOptions: { input: { daten: `${root}/daten.html` } },
      },
    },
  },
});
