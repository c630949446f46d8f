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

/** Entries: `/` for drivers; `/planung` and `/daten` join as they are built. */
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
  build: {
    outDir: `${root}/../dist/dashboard`,
    emptyOutDir: true,
    target: 'es2022',
    manifest: true,
    modulePreload: false,
    rolldownOptions: {
      input: { index: `${root}/index.html`, sw: `${root}/src/live/service-worker.ts` },
      output: {
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
