import { connect, type MqttClient } from 'mqtt';
import { devEui } from './builders.ts';
import { seededRandom } from './random.ts';
import { changedMessage, exampleMessages } from './network-messages.ts';
import { ttsUplink } from './tts-uplink.ts';
import { waitFor } from './wait-for.ts';

export type Way = 'mqtt' | 'webhook';

/** One uplink that the network server has had. */
export interface Sent {
  readonly devEui: string;
  readonly fCnt: number;
  readonly atMs: number;
  readonly occupied: boolean;
  /** An unreadable one must end in the dead letters, with its reason. */
  readonly isReadable: boolean;
}

export interface FaultyNetwork {
  /** Every uplink so far, in the order it was received. */
  readonly sent: readonly Sent[];
  random(): number;
  /** Resolves when it reaches its broker: what it publishes before that nobody hears. */
  connected(): Promise<void>;
  /** New uplinks, in the storage at once; by the other ways as `deliver` is told to. */
  receive(count: number): Message[];
  /** Each message once for each time it is in the list; what nobody takes is lost on that way. */
  deliver(messages: readonly Message[], way?: Way): Promise<void>;
  /** Receives and delivers by MQTT, `perTick` every 10 ms, until it is stopped. */
  run(perTick: number): () => Promise<void>;
  /** Where the webhook is; it moves with every start of the product. */
  webhookUrl: string;
  stop(): Promise<void>;
}

interface Message extends Sent {
  readonly text: string;
}

/** Where a device stands in its session. */
interface Counter {
  readonly joins: number;
  readonly fCnt: number;
  readonly atMs: number;
}

/** How a network server publishes at its broker. */
interface Dialect {
  readonly topic: string;
  readonly qos: 0 | 1;
  text(uplink: Parameters<typeof ttsUplink>[0]): string;
}
const dialects: Readonly<Record<'tts' | 'chirpstack', Dialect>> = {
  tts: { topic: 'v3/app@tenant/devices/sensor/up', qos: 0, text: ttsUplink },
  chirpstack: {
    topic: 'application/1/device/sensor/event/up',
    qos: 1,
    text: ({ space, fCnt, occupied, atMs, fPort = 1, joins = 0 }) =>
      JSON.stringify(
        changedMessage(exampleMessages.chirpstack['up'], {
          'deviceInfo.devEui': devEui(space + 1).toLowerCase(),
          devAddr: (0x260b0000 + joins).toString(16),
          fCnt,
          fPort,
          data: occupied ? 'AQ==' : 'AA==',
          time: new Date(atMs).toISOString(),
        }),
      ),
  },
};

/**
 * The Things Stack as its faults are described: what MQTT does not deliver at once is lost there, a
 * webhook is called once, and only the storage keeps everything. ChirpStack publishes with QoS 1 to a
 * broker that keeps what a session has not acknowledged. `devices` watch `space-0` and on of a
 * deployment folder; about one uplink in fifty cannot be read, and before one in fifty its device joins
 * again and counts its frames anew.
 */
export function createFaultyNetwork(options: {
  readonly seed: number;
  readonly devices: number;
  readonly brokerUrl: string;
  readonly webhookKey: string;
  readonly store?: (messages: Record<string, unknown>[]) => void;
  readonly server?: keyof typeof dialects;
}): FaultyNetwork {
  const dialect = dialects[options.server ?? 'tts'];
  let unacknowledged = 0;
  const random = seededRandom(options.seed);
  const sent: Message[] = [];
  const counters = new Map<number, Counter>();
  const broker: MqttClient = connect(options.brokerUrl, {
    queueQoSZero: false,
    reconnectPeriod: 50,
    reconnectOnConnackError: true,
  });
  broker.on('error', () => undefined);

  const publish = (text: string): void => {
    const { topic, qos } = dialect;
    if (qos === 0 && !broker.connected) return;
    unacknowledged += 1;
    broker.publish(topic, text, { qos }, () => (unacknowledged -= 1));
  };

  /** A device whose last uplink was not in this millisecond; the next one's counter and time. */
  const next = (): Counter & { readonly space: number } => {
    const space = Math.floor(random() * options.devices);
    const before = counters.get(space) ?? { joins: 0, fCnt: -1, atMs: 0 };
    const hasJoined = random() < 0.02;
    const now = {
      joins: before.joins + (hasJoined ? 1 : 0),
      fCnt: hasJoined ? 0 : before.fCnt + 1,
      atMs: Math.max(Date.now(), before.atMs + 1),
    };
    counters.set(space, now);
    return { space, ...now };
  };

  const network: FaultyNetwork = {
    sent,
    random,
    webhookUrl: '',
    async connected() {
      await waitFor(() => broker.connected, { what: 'the network to reach its broker' });
    },
    receive(count) {
      const fresh = Array.from({ length: count }, (): Message => {
        const { space, joins, fCnt, atMs } = next();
        const occupied = random() < 0.5;
        const isReadable = random() >= 0.02;
        const fPort = isReadable ? 1 : 77;
        const text = dialect.text({ space, joins, fCnt, occupied, atMs, fPort });
        return { devEui: devEui(space + 1), fCnt, atMs, occupied, isReadable, text };
      });
      sent.push(...fresh);
      options.store?.(fresh.map(({ text }) => JSON.parse(text) as Record<string, unknown>));
      return fresh;
    },
    async deliver(messages, way = 'mqtt') {
      for (const { text } of messages) {
        if (way === 'mqtt') {
          publish(text);
          continue;
        }
        await fetch(`${network.webhookUrl}/ingest/tts`, {
          method: 'POST',
          headers: { authorization: `Bearer ${options.webhookKey}` },
          body: text,
        }).catch(() => undefined);
      }
    },
    run(perTick) {
      const timer = setInterval(() => void network.deliver(network.receive(perTick)), 10);
      return async () => {
        clearInterval(timer);
        await waitFor(() => broker.connected && unacknowledged === 0, {
          what: 'the network to reach its broker',
        });
      };
    },
    async stop() {
      await broker.endAsync(true);
    },
  };
  return network;
}

/** The list in another order (Fisher, Yates). */
export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const all = [...items];
  for (let at = all.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return all;
}
