/**
 * `npm run simulate`: a town that lives, seen through its sensors. A process of its own that speaks
 * MQTT and HTTP to the product, as a network server does.
 */
import { setImmediate as otherWork } from 'node:timers/promises';
import type { RadioEvents, SimulatedUplink } from './devices/device.ts';
import { toGuidedStopLine } from '../services/domain/guidance/guided-stops.ts';
import { createApiGuide, sitesByStretch } from './guidance/api-guide.ts';
import { createPastGuide } from './guidance/past-guide.ts';
import { createGuideSwitch } from './guidance/switch.ts';
import type { Keeping } from './keeping.ts';
import { openKeeping } from './keeping.ts';
import type { Publisher } from './network/broker.ts';
import { connectBroker, startBroker } from './network/broker.ts';
import { chirpstackJoin, chirpstackTopic, chirpstackUplink } from './network/chirpstack-message.ts';
import { identify } from './network/identity.ts';
import type { StorageThread } from './network/storage-thread.ts';
import { startStorageThread } from './network/storage-thread.ts';
import { ttsJoin, ttsTopic, ttsUplink } from './network/tts-message.ts';
import type { Options } from './options.ts';
import { parseOptions, usage, UsageError } from './options.ts';
import { clockOf } from './time-lapse.ts';
import type { Deployment } from './town/deployment.ts';
import { readDeployment } from './town/deployment.ts';
import type { OpenGuide, World } from './world.ts';
import { createWorld, originOf } from './world.ts';

/** As long as The Things Stack Cloud keeps uplinks, and a day. */
const retentionMs = 31 * 86_400_000;
/** Happenings between two looks at the outside world: some milliseconds of work. */
const slice = 4000;
const liveEveryMs = 100;
/** A kept world may be so much ahead of the clock, ms; else the clock has been set back. */
const clockTolerance = 60_000;
/** A snapshot is worth it when so much has happened and so much time has passed. */
const saveAfter = { simulatedMs: 600_000, realMs: 30_000 };

/** To the parent, if there is one, else a JSON line on standard output. */
function tell(message: Readonly<Record<string, unknown>>): void {
  if (process.send === undefined) process.stdout.write(`${JSON.stringify(message)}\n`);
  else if (process.connected) process.send(message);
}

/** The kept world, unless it is ahead of the clock; the origin to begin with, if there is one. */
function findKept(keeping: Keeping | null, nowMs: number) {
  const kept = keeping?.stored ?? null;
  const keptMs = kept === null ? -Infinity : kept.origin.startMs + kept.nowS * 1000;
  const stored = keptMs <= nowMs + clockTolerance ? kept : null;
  const isRepeated = kept === null || stored !== null;
  return { stored, origin: isRepeated ? (keeping?.origin ?? null) : null };
}

/** The world to go on with: the kept one, or a new one. */
function openWorld(options: Options, deployment: Deployment, nowMs: number, events: RadioEvents) {
  const seed = options.seed ?? deployment.simulation.seed;
  const days = options.days ?? deployment.simulation.historyDays;
  const keeping = options.data === null ? null : openKeeping(options.data, deployment, seed);
  const { stored, origin: known } = findKept(keeping, nowMs);
  const origin = known ?? originOf(deployment, options.anchorMs, { seed, days });
  if (stored === null) keeping?.begin(origin);
  const answers = stored === null ? [] : (keeping?.answers ?? []);
  const guiding = createGuiding(options, deployment, seed, {
    toMs: (atS) => origin.startMs + Math.round(atS * 1000),
    answeredUntilS: answers.at(-1)?.atS ?? -Infinity,
    keepStop: (line) => keeping?.guidedStop(line),
  });
  const world = createWorld(deployment, origin, events, {
    openGuide: guiding.open,
    answers,
    // The first past is simulated from its beginning if it is cut short: nothing of it need be kept.
    onAdvice(advice) {
      if (stored !== null || guiding.isLive()) keeping?.answered(advice);
    },
    ...(stored && { stored }),
  });
  return { keeping, world, guiding };
}

/** Who guides the drivers: the product's code in the past, its API as soon as the world is live. */
function createGuiding(
  options: Options,
  deployment: Deployment,
  seed: number,
  world: {
    readonly toMs: (atS: number) => number;
    readonly answeredUntilS: number;
    readonly keepStop: (line: string) => void;
  },
) {
  let isLive = false;
  let url = options.guidance;
  process.on('message', (message: { readonly kind?: unknown; readonly url?: unknown }) => {
    if (message.kind === 'guidance' && typeof message.url === 'string') url = message.url;
  });
  const open: OpenGuide = (city, { advise, carParkCars, fromS }) => {
    const siteOfStretch = sitesByStretch(city, deployment.sites);
    const { toMs, keepStop, answeredUntilS } = world;
    const past = createPastGuide(city, {
      advise,
      onStop: (stop) => keepStop(toGuidedStopLine(stop)),
      carParkCars,
      siteOfStretch,
      toMs,
      fromS,
      seed,
    });
    const live = createApiGuide(city, deployment, () => url, advise);
    return createGuideSwitch({ past, live, isLive: () => isLive, answeredUntilS });
  };
  return { open, isLive: () => isLive, goLive: () => void (isLive = true) };
}

async function run(options: Options): Promise<void> {
  const deployment = readDeployment(options.config);
  const nowMs = clockOf(options);
  const publisher =
    options.broker === null
      ? await startBroker(options.mqttPort)
      : await connectBroker(options.broker);
  let storage: StorageThread | null = null;
  const liveFromMs = nowMs();
  const voice = createVoice(options, deployment.installations, publisher);
  const { world, keeping, guiding } = openWorld(options, deployment, liveFromMs, {
    uplink(uplink) {
      storage?.append(uplink);
      if (uplink.atMs >= liveFromMs) voice.uplink(uplink, spreadingFactor(uplink));
    },
    joined(device, session, atMs) {
      if (atMs >= liveFromMs) voice.joined(device, session, atMs);
    },
  });
  const spreadingFactor = ({ device }: SimulatedUplink): number =>
    world.devices[device]!.link.spreadingFactor;
  if (options.broker === null)
    storage = await startStorageThread({
      port: options.storagePort,
      key: process.env['SIMULATION_KEY'] ?? null,
      retentionMs,
      timeLapse: { anchorMs: options.anchorMs, speed: options.speed },
      installations: deployment.installations,
      spreadingFactors: world.devices.map(({ link }) => link.spreadingFactor),
    });
  stopOnSignal(async () => {
    await storage?.stop();
    await publisher.stop();
  });
  tell({ kind: 'ready', mqttPort: publisher.port, storagePort: storage?.port ?? 0 });
  const advance = (most?: number): boolean => {
    const isThere = world.advance(nowMs(), most);
    storage?.reach(world.nowMs());
    return isThere;
  };
  await catchUp(world, keeping, { advance, nowMs });
  guiding.goLive();
  live(world, keeping, advance);
}

/** Ends the process when asked to, or when the parent is gone. Nothing has to be saved for that. */
function stopOnSignal(stop: () => Promise<void>): void {
  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const) {
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      void stop().then(() => process.exit(0));
    });
  }
}

/** Lets the world catch up with the clock, at most so many happenings; false when there is more. */
type Advance = (most?: number) => boolean;

/** Simulates what has happened until now, and answers questions in between. */
async function catchUp(
  world: World,
  keeping: Keeping | null,
  { advance, nowMs }: { readonly advance: Advance; readonly nowMs: () => number },
): Promise<void> {
  const fromMs = world.nowMs();
  const hour = 3_600_000;
  let saidMs = 0;
  for (let isThere = false; !isThere;) {
    isThere = advance(slice);
    if (Date.now() - saidMs > 200 || isThere) {
      saidMs = Date.now();
      const done = (world.nowMs() - fromMs) / hour;
      tell({ kind: 'progress', done, total: isThere ? done : (nowMs() - fromMs) / hour });
      keeping?.writeTruth(world.truth, (world.nowMs() - world.origin.startMs) / 1000);
    }
    await otherWork();
  }
}

/** Goes on with the clock. */
function live(world: World, keeping: Keeping | null, advance: Advance): void {
  const saved = { simulatedMs: world.nowMs(), realMs: Date.now() };
  setInterval(() => {
    advance();
    const isDue =
      world.nowMs() - saved.simulatedMs >= saveAfter.simulatedMs &&
      Date.now() - saved.realMs >= saveAfter.realMs;
    if (!isDue) return;
    saved.simulatedMs = world.nowMs();
    saved.realMs = Date.now();
    keeping?.save(world.store(), world.truth);
  }, liveEveryMs);
}

/** Writes messages as the chosen network server does. */
function createVoice(
  { format }: Options,
  installations: readonly Parameters<typeof identify>[0][],
  publisher: Publisher,
) {
  const identities = installations.map(identify);
  const isTts = format === 'tts';
  return {
    identities,
    uplink(uplink: SimulatedUplink, spreadingFactor: number): void {
      const identity = identities[uplink.device]!;
      const topic = isTts ? ttsTopic(identity, 'up') : chirpstackTopic(identity, 'up');
      const write = isTts ? ttsUplink : chirpstackUplink;
      publisher.publish(topic, write(uplink, identity, spreadingFactor));
    },
    joined(device: number, session: number, atMs: number): void {
      const identity = identities[device]!;
      const topic = isTts ? ttsTopic(identity, 'join') : chirpstackTopic(identity, 'join');
      const write = isTts ? ttsJoin : chirpstackJoin;
      publisher.publish(topic, write(identity, session, atMs));
    },
  };
}

try {
  await run(parseOptions(process.argv.slice(2), Date.now()));
} catch (cause) {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof UsageError) process.stderr.write(`${reason}\n\n${usage}\n`);
  // A parent has words of its own for it.
  else if (process.send === undefined)
    process.stderr.write(`the simulation cannot run: ${reason}\n`);
  tell({ kind: 'failed', reason });
  process.exit(cause instanceof UsageError ? 2 : 1);
}
