import type { Observed } from '../domain/observation.ts';
import type { DedupeWindow } from '../domain/dedupe.ts';
import type { EpochMs } from '../domain/ids.ts';
import type { Result } from '../domain/result.ts';
import type { Rejected, RejectReason, Uplink } from '../domain/uplink.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeadLetters } from '../ports/dead-letters.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { LogSeq, UplinkLog } from '../ports/uplink-log.ts';
import type { UplinkHandler } from '../ports/uplink-source.ts';

/** Records before a replay that are only remembered, so that the first backfill is known to be old. */
const rememberedRecords = 200_000;

type Interpret = (
  uplink: Uplink,
) => Result<Observed, { readonly reason: RejectReason; readonly detail: string }>;

/** By DevEUI; `null` for a device on mains or one that cannot measure. */
export type BatteryRatios = readonly (readonly [devEui: string, ratio: number | null])[];

export interface IngestStatus {
  /** Appended to the log since the start. */
  readonly received: number;
  readonly duplicates: number;
  /** When the last live uplink came. */
  readonly lastUplinkMs: EpochMs | null;
  /** The network server's time of the newest uplink in the log, as far as it was read. */
  readonly newestReceivedMs: EpochMs | null;
  /** The last record whose meaning has reached the present. */
  readonly seq: LogSeq;
}

export interface Ingest extends UplinkHandler {
  /** Brings the present up to the log from a record on, without counting or appending anything again. */
  replay(from: LogSeq): Promise<void>;
  status(): IngestStatus;
  /** What the network server told last of a device's battery (LoRaWAN DevStatus), 0–1. */
  batteryRatio(devEui: string): number | null;
  /** All of them: they are in no log, and come once a day. */
  batteryRatios(): BatteryRatios;
  /** Called with the lag of every live uplink, network server to here, in ms. */
  onUplink(listener: (uplink: Uplink, lagMs: number) => void): void;
}

/**
 * Uplink → log → decode → observe. The raw uplink is in the log before anything is made of it, and the
 * source may acknowledge it when `receive` has returned. What cannot be read is set aside with its reason.
 */
export function createIngest(deps: {
  readonly log: UplinkLog;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly deadLetters: DeadLetters;
  readonly dedupe: DedupeWindow;
  readonly interpret: Interpret;
  /** As they were known when the process ended. */
  readonly batteryRatios?: BatteryRatios | undefined;
}): Ingest {
  const { log, bus, clock, deadLetters, dedupe, interpret } = deps;
  const listeners: ((uplink: Uplink, lagMs: number) => void)[] = [];
  const batteryRatios = new Map<string, number | null>(deps.batteryRatios);
  let received = 0;
  let duplicates = 0;
  let lastUplinkMs: EpochMs | null = null;
  let newestReceivedMs: EpochMs | null = null;
  let seq: LogSeq = 0;

  /** Tells what logged uplinks say, all of it at once: whoever follows looks at each place once. */
  const understand = (uplinks: readonly Uplink[], setAside: (rejected: Rejected) => void): void => {
    const observed: Observed[] = [];
    for (const uplink of uplinks) {
      newestReceivedMs = Math.max(newestReceivedMs ?? 0, uplink.receivedAtMs);
      const meaning = interpret(uplink);
      if (meaning.ok) observed.push(meaning.value);
      else setAside(toRejected(uplink, meaning.error));
    }
    if (observed.length > 0) bus.publish('observed', observed);
  };

  /** A crash may have come between the log and the dead letters. */
  const setAsideOnce = (rejected: Rejected): void => {
    if (!deadLetters.holds(rejected)) deadLetters.add(rejected);
  };

  return {
    receive(uplinks) {
      const fresh = uplinks.filter((uplink) => dedupe.isNew(uplink));
      duplicates += uplinks.length - fresh.length;
      if (fresh.length === 0) return;
      let first: LogSeq;
      try {
        first = log.appendAll(fresh);
      } catch (error) {
        // They will be sent again, and must not count as duplicates then.
        fresh.forEach(dedupe.forget);
        throw error;
      }
      received += fresh.length;
      const now = clock.now();
      lastUplinkMs = Math.max(lastUplinkMs ?? 0, now);
      understand(fresh, deadLetters.add);
      for (const listener of listeners)
        for (const uplink of fresh) listener(uplink, now - uplink.receivedAtMs);
      seq = first + fresh.length - 1;
    },
    event(event) {
      // A join says nothing that the uplinks do not: sessions are told apart by them.
      if (event.kind === 'counter-reset') dedupe.forgetDevice(event.devEui);
      if (event.kind === 'downlink') bus.publish('downlink-told', event.told);
      if (event.kind === 'battery') batteryRatios.set(event.devEui, event.batteryRatio);
    },
    batteryRatio: (devEui) => batteryRatios.get(devEui) ?? null,
    batteryRatios: () => [...batteryRatios],
    rejected(rejected) {
      deadLetters.add(rejected);
    },
    async replay(from) {
      for await (const batch of log.read(Math.max(1, from - rememberedRecords))) {
        for (const { uplink } of batch) dedupe.isNew(uplink);
        const due = batch.filter((record) => record.seq >= from);
        understand(
          due.map(({ uplink }) => uplink),
          setAsideOnce,
        );
        seq = batch.at(-1)?.seq ?? seq;
      }
    },
    status: () => ({ received, duplicates, lastUplinkMs, newestReceivedMs, seq }),
    onUplink: (listener) => void listeners.push(listener),
  };
}

const toRejected = (
  uplink: Uplink,
  error: { readonly reason: RejectReason; readonly detail: string },
): Rejected => ({
  ...error,
  source: uplink.via,
  atMs: uplink.receivedAtMs,
  devEui: uplink.devEui,
  raw: `${uplink.fPort}:${toHex(uplink.payload)}`,
});

const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
