import { defineConfig } from 'vitest/config';
import { sourcePlugins } from '../dashboard/source-plugins.ts';

const root = new URL('..', import.meta.url).pathname;
const globalSetup = ['tests/support/install-servers.ts'];

/** One project a kind of test; `npm test -- --project unit` runs one of them. */
export default defineConfig({
  root,
  test: {
    reporters: ['default', './tests/support/last-line-reporter.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, root, test: { name: 'unit', include: ['tests/unit/**/*.test.ts'] } },
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
          fileParallelism: false,
          globalSetup,
        },
      },
    ],
  },
});
