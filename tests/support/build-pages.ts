import { buildDashboard } from '../../dashboard/build.ts';

/** Vitest's global setup of the tests in a browser: the pages as they are shipped, built once for all of them. */
export const setup = buildDashboard;
