import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import { AppError } from '../../domain/errors.ts';
import type { EpochMs } from '../../domain/ids.ts';
import type { Uplink } from '../../domain/uplink.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { SourceStatus, UplinkHandler, UplinkSource } from '../../ports/uplink-source.ts';
import { deliver, type ParsedMessage } from './message.ts';
import { createBackoff, describeTrouble } from './mqtt-trouble.ts';

export interface MqttSourceOptions {
  readonly name: string;
  readonly url: string;
  readonly session: Pick<IClientOptions, 'clientId' | 'clean' | 'username' | 'password'>;
  readonly topics: readonly string[];
  readonly qos: 0 | 1;
  readonly silenceAfterMs: number;
  readonly parse: (message: Uint8Array, nowMs: EpochMs) => ParsedMessage;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How often the watchdog looks; so many looks without a message are silence. */
const looks = 4;
const goodbyeMs = 2_000;
/**
 * One look at the socket can bring 2 MB, and what is kept until all of it has been looked at outlives a
 * collection of the young.
 */
const mostAtOnce = 256;

/**
 * Uplinks of an MQTT 3.1.1 broker. It connects in the background, again and again with growing pauses,
 * also when the broker refuses the connection, and subscribes after every connect. Nothing received for
 * `silenceAfterMs` on an open connection means that it is dead or the subscription lost: it connects anew.
 * What comes at a time is handed on together, and acknowledged when the handler has returned. When it
 * throws, nothing of that is acknowledged and the connection is given up: a broker that keeps a session
 * sends it again after the next connect.
 */
export function createMqttSource(options: MqttSourceOptions): UplinkSource {
  const { name, url, topics, qos, clock, log } = options;
  const backoff = createBackoff();
  const listeners: ((gapSinceMs: EpochMs | null) => void)[] = [];
  let client: MqttClient | undefined;
  let stopWatching = (): void => undefined;
  let state: SourceStatus['state'] = 'stopped';
  let sinceMs = clock.now();
  let problem: string | null = null;
  let reconnects = 0;
  let lastUplinkMs: EpochMs | null = null;
  let gapSinceMs: EpochMs | null = null;
  /** When the connection was last known to work; `null` before the first. */
  let heardMs: EpochMs | null = null;
  let quietLooks = 0;
  /** Uplinks that one look at the socket brought, and the stream that holds back their acknowledgements. */
  let gathered:
    | {
        readonly connected: MqttClient;
        readonly stream: MqttClient['stream'];
        readonly handler: UplinkHandler;
        readonly uplinks: Uplink[];
      }
    | undefined;

  const become = (next: SourceStatus['state'], because: string | null = problem): void => {
    if (next !== state) sinceMs = clock.now();
    state = next;
    problem = because;
  };
  const trouble = (cause: unknown): void => {
    const message = describeTrouble(url, cause);
    // Every attempt fails with the same words: they are said once.
    if (message !== problem) {
      const err = new AppError('source-unavailable', message, { retryable: true, cause });
      log.warn({ source: name, err }, 'network server not available');
    }
    problem = message;
  };
  const giveUpConnection = (connected: MqttClient): void => {
    gapSinceMs ??= heardMs;
    connected.options.reconnectPeriod = backoff.nextMs();
    connected.stream.destroy();
  };

  /** Runs what hands something to the pipeline; false when it could not and the connection is given up. */
  function hand(connected: MqttClient, over: () => void): boolean {
    try {
      over();
    } catch (error) {
      trouble(error);
      giveUpConnection(connected);
      return false;
    }
    heardMs = clock.now();
    quietLooks = 0;
    if (problem !== null) become('connected', null);
    backoff.reset();
    return true;
  }

  /** Hands on what has gathered with one write to the log. */
  function handOn(): boolean {
    if (!gathered) return true;
    const { connected, stream, handler, uplinks } = gathered;
    gathered = undefined;
    if (!hand(connected, () => handler.receive(uplinks))) return false;
    lastUplinkMs = heardMs;
    stream.uncork();
    return true;
  }
  /**
   * Acknowledgements wait in the corked stream; when the log fails, they go down with it. False when it
   * just did: nothing more is read of a connection that is given up.
   */
  function gather(connected: MqttClient, handler: UplinkHandler, uplink: Uplink): boolean {
    if (!gathered) {
      const { stream } = connected;
      gathered = { connected, stream, handler, uplinks: [] };
      stream.cork();
      setImmediate(handOn);
    }
    gathered.uplinks.push(uplink);
    return gathered.uplinks.length < mostAtOnce || handOn();
  }

  function receive(
    connected: MqttClient,
    handler: UplinkHandler,
    packet: IPublishPacket,
    acknowledge: () => void,
  ): void {
    const atMs = clock.now();
    const message =
      typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const parsed = options.parse(message, atMs);
    if (parsed.ok && parsed.value.kind === 'uplink') {
      if (gather(connected, handler, parsed.value.uplink)) acknowledge();
      return;
    }
    // What is no uplink keeps its place among them.
    const to = { handler, source: name, atMs };
    if (handOn() && hand(connected, () => deliver(parsed, message, to))) acknowledge();
  }

  async function subscribe(connected: MqttClient): Promise<void> {
    try {
      await connected.subscribeAsync([...topics], { qos });
    } catch (cause) {
      if (!connected.connected || connected.disconnecting) return;
      trouble(cause);
      giveUpConnection(connected);
      return;
    }
    connected.options.reconnectPeriod = backoff.firstMs();
    const gap = gapSinceMs;
    gapSinceMs = null;
    heardMs = clock.now();
    quietLooks = 0;
    become('connected', null);
    log.info({ source: name, gapSinceMs: gap }, 'listening to network server');
    for (const listener of listeners) listener(gap);
  }

  function look(connected: MqttClient): void {
    if (state !== 'connected') return;
    backoff.reset();
    quietLooks += 1;
    if (quietLooks < looks) return;
    quietLooks = 0;
    become('silent', `nothing received for ${options.silenceAfterMs / 1000} s`);
    log.warn({ source: name, lastUplinkMs }, 'network server is silent: connecting anew');
    gapSinceMs ??= heardMs;
    connected.stream.destroy();
  }

  return {
    start(handler) {
      become('connecting', null);
      const connecting = connect(url, {
        ...options.session,
        protocolVersion: 4,
        keepalive: 30,
        connectTimeout: 10_000,
        reconnectPeriod: backoff.firstMs(),
        reconnectOnConnackError: true,
        // Its own log asks with every packet whether anybody listens.
        log: () => undefined,
        // All two-byte numbers as buffers made beforehand, for who writes much: 65,536 objects to be kept.
        writeCache: false,
        // Subscriptions are made below after every connect, where a refusal is seen.
        resubscribe: false,
      });
      client = connecting;
      connecting.handleMessage = (packet, done) =>
        receive(connecting, handler, packet, () => done());
      connecting.on('connect', () => void subscribe(connecting));
      connecting.on('reconnect', () => {
        reconnects += 1;
        connecting.options.reconnectPeriod = backoff.nextMs();
      });
      connecting.on('close', () => {
        if (state === 'stopped') return;
        gapSinceMs ??= heardMs;
        become('disconnected', problem ?? 'the connection was lost');
      });
      connecting.on('error', (cause) => {
        trouble(cause);
        // What cannot be read leaves the stream in an unknown place.
        if (connecting.connected) connecting.stream.destroy();
      });
      stopWatching = clock.every(options.silenceAfterMs / looks, () => look(connecting));
      return Promise.resolve();
    },
    async stop() {
      stopWatching();
      handOn();
      become('stopped', null);
      if (!client) return;
      const { stream, connected } = client;
      // A broker that hangs never answers the goodbye.
      const timer = setTimeout(() => stream.destroy(), goodbyeMs);
      await client.endAsync(!connected).finally(() => clearTimeout(timer));
    },
    status: () => ({ name, state, sinceMs, lastUplinkMs, reconnects, problem }),
    onConnected: (listener) => void listeners.push(listener),
  };
}
