import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { sourcePlugins } from '../dashboard/source-plugins.ts';

const root = new URL('..', import.meta.url).pathname;
// Most files run in a process of their own: what Node compiled for one, the next ones load.
process.env['NODE_COMPILE_CACHE'] ??= `${root}node_modules/.cache/compiled`;

const globalSetup = ['tests/support/install-servers.ts'];

/** One project a kind of test; `npm test -- --project unit` runs one of them. */
export default defineConfig({
  root,
  test: {
    reporters: ['default', './tests/support/last-line-reporter.ts'],
    // The default leaves one core to the runner, which is half of a small machine.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Real servers and a real browser on a busy machine: limits end what hangs, they measure nothing.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        root,
        test: {
          name: 'unit',
          include: ['tests/unit/**/*.test.ts'],
          // Pure functions leave nothing behind: a process for each file would cost a third of their time.
          isolate: false,
        },
      },
      {
        extends: true,
        root,
        test: { name: 'contract', include: ['tests/contract/**/*.test.ts'], globalSetup },
      },
      {
        extends: true,
        root,
        test: { name: 'integration', include: ['tests/integration/**/*.test.ts'], globalSetup },
      },
      { extends: true, root, test: { name: 'docs', include: ['tests/docs/**/*.test.ts'] } },
      {
        extends: true,
        root,
        plugins: sourcePlugins,
        test: {
          name: 'dashboard',
          include: ['tests/dashboard/**/*.test.ts'],
          globalSetup: ['tests/support/compile-messages.ts'],
        },
      },
      {
        extends: true,
        root,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          globalSetup: [...globalSetup, 'tests/support/build-pages.ts'],
        },
      },
    ],
  },
});
