import { join } from 'node:path';
import { inProcessBus } from '../adapters/event-bus/in-process.ts';
import type { Decoder } from '../decoders/decoder.ts';
import { findDecoder as findBuiltIn } from '../decoders/index.ts';
import { interpret } from '../decoders/interpret.ts';
import { createDedupeWindow } from '../domain/dedupe.ts';
import { createInstallations } from '../domain/installations.ts';
import { followPublicPresent } from '../domain/public-present.ts';
import { createTracker } from '../domain/tracker.ts';
import type { Uplink } from '../domain/uplink.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { UplinkLog } from '../ports/uplink-log.ts';
import { createIngest } from '../pipeline/ingest.ts';
import { createPrune } from '../pipeline/prune.ts';
import { createTrack } from '../pipeline/track.ts';
import { createServer } from '../publish/server.ts';
import { catchUp, rollUpProgress } from './catching-up.ts';
import { createDeviceReports, operatorToken } from './devices.ts';
import { joinGuidedRecords, type GuidedPast } from './guided-past.ts';
import { openGuiding } from './guiding.ts';
import { listen, type HttpListener } from './http.ts';
import { openHistorian, type Historian, type HistorianSettings } from './historian.ts';
import { openHistoryFiles } from './history-files.ts';
import type { Deployed } from './inventory.ts';
import { createLiveConfig } from './live-config.ts';
import { createLive } from './live.ts';
import { createLagHistogram, processMetrics, renderMetrics } from './metrics.ts';
import { openParkApiPush } from './park-api-push.ts';
import { partMetrics, toReadiness, toState, type Parts } from './parts.ts';
import { createPatience, createSpacePatience } from './patience.ts';
import { createPlanning } from './planning.ts';
import { createRereading } from './rereading.ts';
import { createSaving } from './saving.ts';
import { openSigns } from './signs.ts';
import { createSources } from './sources.ts';
import { openStorage } from './storage.ts';

export interface App {
  start(): Promise<void>;
  stop(): Promise<void>;
  port(): number;
  /** Resolves when what the network servers had stored is in the history, and rolled up. */
  caughtUp(progress: (doneRatio: number, what: 'read' | 'rolled up') => void): Promise<void>;
  /** Takes over sites, streets, installations and measures as `read` gives them; says why it could not. */
  reload(read: () => Deployed): string | null;
  /** How far the log and the history have come. */
  status(): { readonly lastLogged: number; readonly recorded: number };
}

/** Devices and networks repeat within a minute; a message that comes by two ways has one time. */
const dedupe = { maxKeys: 200_000, windowMs: 2 * 60_000 };
const snapshotEveryMs = 60_000;

/** The only place that knows which adapter stands behind which port. */
export async function compose(options: {
  readonly deployed: Deployed;
  /** The built-in ones unless the deployment brings codecs of its own. */
  readonly findDecoder?: (model: string) => Decoder | undefined;
  readonly dataDir: string;
  readonly port: number;
  readonly isSimulated: boolean;
  /** What happened to guided drivers while the product did not run; a simulated past has such. */
  readonly guidedPast?: GuidedPast;
  readonly dashboardDirectory: string | null;
  /** In this thread unless told otherwise. */
  readonly openHistorian?: (settings: HistorianSettings, log: UplinkLog) => Promise<Historian>;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<App> {
  const { deployed, dataDir, isSimulated, clock, logger, findDecoder = findBuiltIn } = options;
  const { config } = deployed;
  const { deployment } = config;
  const live = createLiveConfig(deployed, clock);
  const { inventory, publicInventory } = live;
  const installations = createInstallations(inventory);
  const read = (uplink: Uplink) => interpret(uplink, installations, findDecoder);

  const storage = await openStorage({ config, dataDir, clock, logger });
  const { log, deadLetters, snapshots, saved } = storage;
  const openHere = (settings: HistorianSettings) =>
    openHistorian(settings, { log, findDecoder, snapshots, clock, logger });
  const historian = await (options.openHistorian ?? openHere)(
    { dataDir, deployment, secrets: config.secrets, inventory: inventory() },
    log,
  );
  const { store } = historian;
  const bus = inProcessBus();

  const patienceOf = createPatience(deployment.staleFactor, findDecoder);
  const tracker = createTracker(saved.tracker);
  const track = createTrack({
    bus,
    clock,
    inventory,
    tracker,
    patienceOf,
    chanceRatio: (id) => guiding.guide().chanceRatio(id),
    epoch: Math.floor(clock.now()).toString(36),
    offsets: saved.offsets,
  });
  // What guidance says is published, so it knows what everybody may know.
  const { present } = followPublicPresent(inventory, track.present, (listener) =>
    bus.subscribe('present-changed', listener),
  );
  const { guiding, guided } = openGuiding({
    bus,
    present,
    inventory: publicInventory,
    clock,
    logger,
    store,
    deployment,
    dataDir,
  });
  const prune = createPrune({ store, clock, log: logger, retention: deployment.retention });
  const ingest = createIngest({
    log,
    bus,
    clock,
    deadLetters,
    dedupe: createDedupeWindow(dedupe),
    interpret: read,
    batteryRatios: saved.batteryRatios,
  });
  const rereading = createRereading({
    inventory,
    findDecoder,
    log,
    historian,
    bus,
    snapshots,
    logger,
  });
  const files = await openHistoryFiles({
    deployment,
    dir: join(dataDir, 'downloads'),
    isSimulated,
    store,
    inventory,
    measuredUntilMs: () => historian.rollingUp().doneMs,
    clock,
    logger,
  });

  const lag = createLagHistogram();
  ingest.onUplink((_uplink, lagMs) => lag.observe(lagMs));

  const { hub, socket, mayConnect } = createLive({
    deployment,
    bus,
    inventory: publicInventory,
    present,
    clock,
    lastUplinkMs: () => (live.mayCountUplinks() ? ingest.status().lastUplinkMs : null),
    countRequest: (request) => server.countRequest(request),
  });
  const push = openParkApiPush({
    config,
    isSimulated,
    inventory: publicInventory,
    present,
    inventoryAtMs: live.changedAtMs,
    clock,
    logger,
  });

  const signs = openSigns({
    config: live.config,
    inventory,
    guide: guiding.guide,
    bus,
    clock,
    logger,
  });
  const sources = createSources({ config, ingest, snapshots, clock, logger });
  const devices = createDeviceReports({ inventory, tracker, ingest, patienceOf, findDecoder });

  const planning = createPlanning({
    live,
    store,
    sums: historian.sums,
    clock,
    logger,
    snapshots,
    rollingUp: historian.rollingUp,
    staleAfterMs: createSpacePatience(inventory, patienceOf),
    devices,
    guided: joinGuidedRecords(guided, options.guidedPast),
    token: operatorToken(config),
  });

  let starting: string | null = 'the log is being replayed';
  const parts: Parts = {
    clock,
    startedAtMs: clock.now(),
    log,
    store,
    present,
    devices,
    ingest,
    recording: historian.recording,
    deadLetters,
    sources: sources.all,
    backfills: sources.backfills,
    hub,
    push,
    configuration: live.problem,
    starting: () => starting,
  };
  const metrics = [...partMetrics(parts), ...processMetrics()];
  const server = createServer({
    settings: deployment,
    isSimulated,
    inventory: publicInventory,
    inventoryAtMs: live.changedAtMs,
    present,
    live: hub,
    downloads: files.downloads,
    clock,
    log: logger,
    readiness: () => toReadiness(parts),
    metricsText: () => renderMetrics(metrics, [lag.text()]),
    state: () => toState(parts),
    operatorsOnly: { isNeeded: () => !live.mayCountUplinks(), token: operatorToken(config) },
    webhooks: sources.webhooks,
    devices: { devices, token: operatorToken(config) },
    guidance: { sessions: () => guiding.guide().sessions },
    signs,
    planning: planning.api,
    dashboardDirectory: options.dashboardDirectory,
    trustedProxies: deployment.server.trustedProxies,
    rateLimit: deployment.server.rateLimit,
  });

  const save = createSaving({ clock, log, ingest, tracker, track, historian, snapshots, logger });

  let http: HttpListener | undefined;
  let isCaughtUp = Promise.resolve();
  let pastProgress = (): number => 1;
  const stops: (() => void)[] = [];
  return {
    port: () => http?.port ?? 0,
    async caughtUp(progress) {
      const rolledUp = rollUpProgress(historian.rollingUp, clock);
      const stopShowing = clock.every(200, () => {
        const read = pastProgress();
        if (read < 1) progress(read, 'read');
        else progress(rolledUp(), 'rolled up');
      });
      await isCaughtUp;
      stopShowing();
    },
    reload(read) {
      if (!live.reload(read)) return live.problem();
      track.reload();
      void historian.follow(inventory());
      void rereading.follow(ingest.status().seq);
      void guiding.follow();
      void save();
      return null;
    },
    status: () => ({ lastLogged: log.status().last, recorded: historian.recording().cursor }),
    /** Consumers first: no event may find nobody listening. */
    async start() {
      await planning.stage.restore();
      http = await listen({
        host: deployment.server.host,
        port: options.port,
        answerAtOnce: server.answerAtOnce,
        fetch: (request, env) => server.fetch(request, env),
        upgrade: socket.upgrade,
        mayConnect,
      });
      track.start();
      await ingest.replay(saved.seq + 1);
      await historian.startRecording();
      void rereading.follow(saved.seq);
      void prune.start();
      hub.start();
      await sources.start();
      const past = catchUp({
        clock,
        recording: historian.recording,
        sources,
        startedAtMs: parts.startedAtMs,
      });
      // Roll-ups of a past that is still arriving would be made twice.
      const measured = past.done.then(() => historian.startRollingUp());
      void measured.then(files.stage.start);
      void measured.then(planning.stage.start);
      isCaughtUp = guiding.start(measured);
      pastProgress = past.progress;
      stops.push(clock.every(snapshotEveryMs, () => void save()));
      signs.start();
      starting = null;
      push?.start();
    },
    /** With the flow: input first, storage last. */
    async stop() {
      for (const stop of stops) stop();
      await sources.stop();
      push?.stop();
      socket.stop();
      hub.stop();
      await http?.close();
      await signs.stop();
      guiding.stop();
      track.stop();
      await historian.stopRecording();
      await files.stage.stop();
      await planning.stage.stop();
      await historian.stopRollingUp();
      await prune.stop();
      await save();
      await historian.close();
      await storage.close();
    },
  };
}
