import type { DeploymentInput } from '../../config/schema.ts';
import { loadConfig } from '../../config/load.ts';
import { systemClock } from '../../services/adapters/clock/system.ts';
import { compose, type App } from '../../services/app/compose.ts';
import { openHistorianThread } from '../../services/app/historian-thread.ts';
import { toDeployed } from '../../services/app/inventory.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** The whole product in this process, for a town of kerbs with a TPS110 on every space. */
export async function startInProcess(
  numberOfSpaces: number,
  settings: Partial<DeploymentInput>,
  secrets: Readonly<Record<string, string>> = {},
): Promise<App> {
  const folder = deploymentFolder(numberOfSpaces, {
    server: { host: '127.0.0.1', rateLimit: null },
    ...settings,
  });
  const logger = createRecordingLogger();
  const app = await compose({
    deployed: toDeployed(loadConfig(folder, new Set(['bosch-tps110']), secrets)),
    dataDir: temporaryDirectory(),
    port: 0,
    isSimulated: true,
    dashboardDirectory: null,
    openHistorian: (settings, log) =>
      openHistorianThread(settings, {
        log,
        logger,
        configDir: folder,
        lapse: undefined,
        ended: (reason) => {
          throw new Error(`the historian has ended: ${reason}`);
        },
      }),
    clock: systemClock(),
    logger,
  });
  await app.start();
  return app;
}
