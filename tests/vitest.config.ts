import { defineConfig } from 'vitest/config';
import { sourcePlugins } from '../dashboard/source-plugins.ts';

const root = new URL('..', import.meta.url).pathname;
const globalSetup = ['tests/support/install-servers.ts'];

/** One project a kind of test; `npm test -- --project unit` runs one of them. */
export default defineConfig({
  root,
  test: {
    reporters: ['default', './tests/support/last-line-reporter.ts'],
    // Real servers and a real browser on a busy machine: limits are no measurements, and a port that was taken is tried again.
    testTimeout: 90_000,
    retry: process.env['CI'] === undefined ? 0 : 2,
    hookTimeout: 120_000,
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
