import type { ServerDeps } from '../../services/publish/server.ts';
import { settings } from '../fixtures/feeds/town.ts';
import { createRecordingLogger } from './recording-logger.ts';

/** What the server cannot do without, for a simulated town that serves no more than `its` say. */
export const serverDeps = (
  its: Pick<ServerDeps, 'inventory' | 'present' | 'clock'> & Partial<ServerDeps>,
): ServerDeps => ({
  settings,
  isSimulated: true,
  log: createRecordingLogger(),
  readiness: () => [],
  metricsText: () => '',
  state: () => {
    throw new Error('nobody asks');
  },
  webhooks: {},
  dashboardDirectory: null,
  trustedProxies: [],
  rateLimit: null,
  ...its,
});
