import { openUplinkLog } from '../../services/adapters/uplink-log/index.ts';
import { openUplinkSource } from '../../services/adapters/uplink-source/index.ts';
import { realClock } from './real-clock.ts';
import { createRecordingLogger } from './recording-logger.ts';

/**
 * A process that listens to ChirpStack's events at the broker in its first argument, appends the
 * uplinks to the log in its second and says up to which counter. It stops by being killed.
 */
const [url = '', directory = ''] = process.argv.slice(2);
const logger = createRecordingLogger();
const log = await openUplinkLog({
  config: {
    kind: 'file',
    segmentMb: 1,
    keepDays: 30,
    keepMb: 100,
    syncEveryMs: 20,
    syncEveryRecords: 256,
  },
  directory,
  clock: realClock,
  log: logger,
});
const source = openUplinkSource(
  {
    kind: 'chirpstack-mqtt',
    name: 'chirpstack',
    url,
    applicationId: '+',
    clientId: 'parklotse',
    silenceAfterS: 600,
  },
  new Map(),
  realClock,
  logger,
);
source.onConnected(() => process.stdout.write('connected\n'));
await source.start({
  receive(uplinks) {
    log.appendAll(uplinks);
    process.stdout.write(`kept ${uplinks.at(-1)?.fCnt}\n`);
  },
  event: () => undefined,
  rejected: (rejected) => process.stdout.write(`rejected ${rejected.reason}\n`),
});
