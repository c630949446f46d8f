import { describe, expect, test } from 'vitest';
import { inProcessBus } from '../../../services/adapters/event-bus/in-process.ts';
import type { SignText } from '../../../services/domain/guidance/sign-text.ts';
import { err, ok, type Result } from '../../../services/domain/result.ts';
import type { Sign, SignDevice } from '../../../services/domain/sign.ts';
import { encodeSign } from '../../../services/encoders/index.ts';
import { createDeliver } from '../../../services/pipeline/deliver.ts';
import type { Downlink } from '../../../services/ports/downlinks.ts';
import { devEui } from '../../support/builders.ts';
import { createManualClock } from '../../support/manual-clock.ts';

function stand(more: Partial<SignDevice> = {}) {
  const device: SignDevice = {
    devEui: devEui(1),
    deviceId: 'sign-1',
    server: 'tts',
    encoding: {
      kind: 'count-frame',
      fPort: 7,
      codes: { noData: 0, vacant: 1, full: 2, closed: 3 },
      byteOrder: 'big',
    },
    spreadingFactor: 9,
    downlinksPerDay: 100,
    airtimeMsPerDay: 30_000,
    ...more,
  };
  const sign: Sign = {
    id: 's',
    name: 'S',
    location: { lat: 0, lon: 0 },
    siteIds: [],
    garageId: null,
    fullBelow: 10,
    changeEveryMs: 60_000,
    device,
  };
  const clock = createManualClock();
  const bus = inProcessBus();
  const sent: Downlink[] = [];
  const answers: Result<void, string>[] = [];
  let ids = 0;
  const deliver = createDeliver({
    bus,
    clock,
    encode: encodeSign,
    newId: () => `id-${(ids += 1)}`,
    server: (name) =>
      name === 'tts'
        ? {
            replace(downlink) {
              sent.push(downlink);
              return Promise.resolve(answers.shift() ?? ok(undefined));
            },
            stop: () => Promise.resolve(),
          }
        : undefined,
  });
  deliver.start();
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    sign,
    clock,
    bus,
    sent,
    answers,
    deliver,
    settle,
    state: () => deliver.deliveryOf(sign),
  };
}
const vacant = (vacantSpaces: number): SignText => ({ kind: 'vacant', vacantSpaces });

describe('the message to a sign', () => {
  test('is handed over, and followed by its correlation id', async () => {
    const { sign, bus, sent, deliver, settle, state } = stand();
    deliver.show(sign, vacant(20));
    await settle();
    expect(sent).toEqual([
      {
        devEui: devEui(1),
        deviceId: 'sign-1',
        fPort: 7,
        payload: Uint8Array.of(1, 0, 20),
        correlationId: 'id-1',
      },
    ]);
    expect(state()?.state).toBe('accepted');
    const tell = (id: string, told: 'queued' | 'sent' | 'failed', detail: string | null = null) =>
      bus.publish('downlink-told', { correlationIds: ['as:x', id], state: told, detail });
    tell('id-1', 'queued');
    expect(state()?.state).toBe('queued');
    tell('id-9', 'failed');
    tell('id-1', 'sent');
    tell('id-1', 'queued');
    expect(state()?.state).toBe('sent');
    tell('id-1', 'failed', 'too_long');
    expect(state()).toMatchObject({ state: 'failed', detail: 'too_long' });
  });

  test('waits for the budget, and then only the newest goes', async () => {
    const { sign, clock, sent, deliver, settle, state } = stand({ downlinksPerDay: 1 });
    for (const count of [20, 30, 40]) {
      deliver.show(sign, vacant(count));
      await settle();
    }
    expect(sent).toHaveLength(1);
    expect(state()?.state).toBe('waiting');
    clock.advance(86_400_000);
    await settle();
    expect(sent.map(({ payload }) => payload[2])).toEqual([20, 40]);
  });

  test('does not exceed the time on air either', async () => {
    const { sign, sent, deliver, settle } = stand({ airtimeMsPerDay: 200 });
    deliver.show(sign, vacant(20));
    await settle();
    deliver.show(sign, vacant(30));
    await settle();
    expect(sent).toHaveLength(1);
  });

  test('is tried again until the network server takes it', async () => {
    const { sign, clock, sent, answers, deliver, settle, state } = stand();
    answers.push(err('down'), err('down'));
    deliver.show(sign, vacant(20));
    await settle();
    expect(state()).toMatchObject({ state: 'failed', detail: 'down' });
    clock.advance(60_000);
    await settle();
    clock.advance(60_000);
    await settle();
    expect(sent).toHaveLength(3);
    expect(state()?.state).toBe('accepted');
    clock.advance(600_000);
    expect(sent).toHaveLength(3);
  });

  test('that changes while one is on its way follows it', async () => {
    const { sign, sent, deliver, settle } = stand();
    deliver.show(sign, vacant(20));
    deliver.show(sign, vacant(30));
    await settle();
    expect(sent.map(({ payload }) => payload[2])).toEqual([20, 30]);
  });

  test('to an unknown server fails and says so; a sign without a device gets none', async () => {
    const { sign, deliver, settle, state } = stand({ server: 'new' });
    deliver.show({ ...sign, device: null }, vacant(20));
    expect(state()).toBeNull();
    deliver.show(sign, vacant(20));
    await settle();
    expect(state()?.state).toBe('failed');
  });
});
