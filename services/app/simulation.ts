import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Measure } from '../../config/inventory-schema.ts';
import { measuresSchema } from '../../config/inventory-schema.ts';
import type { Deployment } from '../../config/schema.ts';
import { stopsIn } from '../adapters/guided-record/file.ts';
import { AppError } from '../domain/errors.ts';
import type { GuidedPast } from './guided-past.ts';

const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.number(), total: z.number() }),
  z.object({ kind: z.literal('ready'), mqttPort: z.number(), storagePort: z.number() }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);

export interface Simulation {
  readonly mqttUrl: string;
  readonly storageUrl: string;
  /** What the simulated town did to itself, for before and after. */
  readonly measures: readonly Measure[];
  /** Where drivers stopped who were guided in the simulated past. */
  readonly guidedPast: GuidedPast;
  /** From now on drivers ask here. */
  guideBy(url: string): void;
  stop(): Promise<void>;
}

/** Environment variable that holds the key of the simulated network server's storage. */
export const simulationKey = 'SIMULATION_KEY';

/**
 * Starts the simulated town as a process of its own: it has a broker and a storage as a real network
 * server has, and the product connects to it like to any other. Resolves when it can be connected to.
 */
export async function startSimulation(options: {
  readonly configDir: string;
  readonly dataDir: string;
  readonly anchorMs: number;
  readonly speed: number;
  readonly key: string;
  /** The town ended although nobody asked it to, after it could be connected to. */
  readonly ended: () => void;
}): Promise<Simulation> {
  const { configDir, dataDir, anchorMs, speed, key, ended } = options;
  const args = ['--config', configDir, '--data', join(dataDir, 'simulation')];
  args.push('--anchor', String(anchorMs), '--speed', String(speed));
  const program = join(import.meta.dirname, '../../simulators/main.ts');
  const child = fork(program, args, {
    // Not the server's limits of its heap: the town has a process of its own, and the past takes a fifth longer with them.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...process.env, [simulationKey]: key },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let isReady = false;
  let stopping = false;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      if (isReady && !stopping) ended();
      resolve();
    });
  });
  const ports = await new Promise<{ mqttPort: number; storagePort: number }>((resolve, reject) => {
    child.once('exit', (code) => {
      reject(new AppError('source-unavailable', `the simulation ended with exit code ${code}`));
    });
    child.on('message', (message) => {
      const parsed = messageSchema.parse(message);
      if (parsed.kind === 'ready') {
        isReady = true;
        resolve(parsed);
      }
      if (parsed.kind === 'failed')
        reject(new AppError('source-unavailable', `the simulation failed: ${parsed.reason}`));
    });
  });
  return {
    mqttUrl: `mqtt://127.0.0.1:${ports.mqttPort}`,
    storageUrl: `http://127.0.0.1:${ports.storagePort}`,
    measures: readMeasures(join(dataDir, 'simulation/measures.json')),
    guidedPast: {
      // Written by the town as its past goes by: read when asked, day by day.
      between: async (fromMs, toMs) =>
        stopsIn(await readFile(join(dataDir, 'simulation/guided-stops.csv'), 'utf8'), fromMs, toMs),
    },
    guideBy(url) {
      if (child.connected) child.send({ kind: 'guidance', url });
    },
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function readMeasures(path: string): readonly Measure[] {
  return measuresSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** The deployment as it is run with the simulation: its network server stands for all others. */
export function withSimulatedSource(
  deployment: Deployment,
  simulation: Pick<Simulation, 'mqttUrl' | 'storageUrl'>,
): Deployment {
  return {
    ...deployment,
    sources: [
      {
        kind: 'tts-mqtt',
        name: 'simulation',
        url: simulation.mqttUrl,
        application: 'parklotse-demo@ttn',
        silenceAfterS: 600,
        storage: {
          url: simulation.storageUrl,
          apiKey: { secret: simulationKey },
          everyMin: 15,
          overlapS: 120,
          // The simulated past begins at a night hour up to a day before its first whole day.
          retentionH: (deployment.simulation.historyDays + 1) * 24,
        },
      },
    ],
  };
}
