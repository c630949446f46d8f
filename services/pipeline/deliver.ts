import { createDownlinkBudget, type DownlinkBudget } from '../domain/downlink-budget.ts';
import type { SignText } from '../domain/guidance/sign-text.ts';
import type { DevEui, EpochMs } from '../domain/ids.ts';
import { downlinkAirtimeMs } from '../domain/lorawan-airtime.ts';
import type { Sign, SignDelivery, SignDevice, SignEncoding } from '../domain/sign.ts';
import type { Clock } from '../ports/clock.ts';
import type { Downlinks } from '../ports/downlinks.ts';
import type { EventBus } from '../ports/event-bus.ts';

export interface Deliver {
  start(): void;
  stop(): void;
  /** The sign shows this from now on; signs without a device are left alone. */
  show(sign: Sign, text: SignText): void;
  deliveryOf(sign: Sign): SignDelivery | null;
}

interface Mailbox {
  readonly device: SignDevice;
  readonly budget: DownlinkBudget;
  /** What has yet to be handed over; only the newest counts. */
  wanted: Uint8Array | null;
  isSending: boolean;
  correlationId: string | null;
  delivery: SignDelivery | null;
}

const tryAgainMs = 60_000;

/**
 * Brings texts to the devices of signs: within each one's budget, the newest only, tried again every minute
 * until the network server takes it, and followed by its correlation id from then on.
 */
export function createDeliver(deps: {
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly server: (name: string) => Downlinks | undefined;
  readonly encode: (text: SignText, encoding: SignEncoding) => Uint8Array;
  readonly newId: () => string;
}): Deliver {
  const { bus, clock, server, encode, newId } = deps;
  const mailboxes = new Map<DevEui, Mailbox>();
  const stops: (() => void)[] = [];

  const tell = (
    box: Mailbox,
    state: SignDelivery['state'],
    detail: string | null = null,
    atMs: EpochMs = clock.now(),
  ): void => void (box.delivery = { state, atMs, detail });

  const attempt = async (box: Mailbox): Promise<void> => {
    const { device, budget, wanted } = box;
    if (wanted === null || box.isSending) return;
    const airtimeMs = downlinkAirtimeMs(wanted.length, device.spreadingFactor);
    if (!budget.hasRoom(airtimeMs, clock.now())) {
      if (box.delivery?.state !== 'waiting') tell(box, 'waiting');
      return;
    }
    const downlinks = server(device.server);
    if (downlinks === undefined) {
      tell(box, 'failed', `the server '${device.server}' needs a restart`);
      return;
    }
    const correlationId = newId();
    // The network server may tell of it before the call has returned.
    box.correlationId = correlationId;
    box.isSending = true;
    tell(box, 'waiting');
    const { devEui, deviceId, encoding } = device;
    const handed = await downlinks.replace({
      devEui,
      deviceId,
      fPort: encoding.fPort,
      payload: wanted,
      correlationId,
    });
    box.isSending = false;
    if (!handed.ok) {
      tell(box, 'failed', handed.error);
      return;
    }
    budget.spend(airtimeMs, clock.now());
    if (box.delivery?.state === 'waiting') tell(box, 'accepted');
    // Another text may have come meanwhile.
    if (box.wanted === wanted) box.wanted = null;
    else void attempt(box);
  };
  const mailboxOf = (device: SignDevice): Mailbox => {
    const known = mailboxes.get(device.devEui);
    if (known && JSON.stringify(known.device) === JSON.stringify(device)) return known;
    const box: Mailbox = {
      device,
      budget: createDownlinkBudget(device),
      wanted: null,
      isSending: false,
      correlationId: null,
      delivery: null,
    };
    mailboxes.set(device.devEui, box);
    return box;
  };

  return {
    start() {
      stops.push(
        clock.every(tryAgainMs, () => {
          for (const box of mailboxes.values()) void attempt(box);
        }),
        bus.subscribe('downlink-told', ({ correlationIds, state, detail }) => {
          for (const box of mailboxes.values())
            if (box.correlationId !== null && correlationIds.includes(box.correlationId))
              // Queued after sent is old news.
              if (!(state === 'queued' && box.delivery?.state === 'sent')) tell(box, state, detail);
        }),
      );
    },
    stop() {
      for (const stop of stops.splice(0)) stop();
    },
    show({ device }, text) {
      if (device === null) return;
      const box = mailboxOf(device);
      box.wanted = encode(text, device.encoding);
      void attempt(box);
    },
    deliveryOf: ({ device }) => (device && mailboxes.get(device.devEui)?.delivery) ?? null,
  };
}
