import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;

/** One project a kind of test; `npm test -- --project unit` runs one of them. */
export default defineConfig({
  root,
  test: {
    reporters: ['default', './tests/support/last-line-reporter.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { root, test: { name: 'unit', include: ['tests/unit/**/*.test.ts'] } },
      { root, test: { name: 'contract', include: ['tests/contract/**/*.test.ts'] } },
      { root, test: { name: 'integration', include: ['tests/integration/**/*.test.ts'] } },
      { root, test: { name: 'docs', include: ['tests/docs/**/*.test.ts'] } },
      {
        root,
        plugins: [svelte()],
        test: { name: 'dashboard', include: ['tests/dashboard/**/*.test.ts'] },
      },
      { root, test: { name: 'e2e', include: ['tests/e2e/**/*.test.ts'], fileParallelism: false } },
    ],
  },
});
