import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { parseChirpstackMessage } from '../../../../services/adapters/uplink-source/chirpstack-message.ts';
import { anyByteChanged } from '../../../support/changed-bytes.ts';
import { changedMessage, exampleMessages } from '../../../support/network-messages.ts';

const messages = exampleMessages.chirpstack;
const nowMs = Date.UTC(2026, 10, 21, 12);
/** As text and as bytes, which are read in different ways and say the same. */
const parse = (message: unknown) => {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  const parsed = parseChirpstackMessage(Buffer.from(text), { nowMs, via: 'mqtt' });
  expect(parsed).toEqual(parseChirpstackMessage(text, { nowMs, via: 'mqtt' }));
  return parsed;
};
const devEui = '70B3D57ED0061A2B';
const uplink = {
  devEui,
  session: '260B5C1D',
  fCnt: 4021,
  fPort: 1,
  payload: Uint8Array.of(0x95),
  receivedAtMs: Date.parse('2026-11-21T09:14:07.461Z'),
  rssiDbm: -97,
  snrDb: 6.8,
  gateways: 1,
  spreadingFactor: 9,
  batteryRatio: null,
  via: 'mqtt',
};
const statusAtMs = Date.parse('2026-11-21T09:35:06.927Z');

/** What each example message must become; a new example without a line here fails the run. */
const expected: Readonly<Record<string, object>> = {
  up: { ok: true, value: { kind: 'uplink', uplink } },
  status: {
    ok: true,
    value: {
      kind: 'event',
      event: { kind: 'battery', devEui, batteryRatio: 0.883, atMs: statusAtMs },
    },
  },
  join: {
    ok: true,
    value: {
      kind: 'event',
      event: {
        kind: 'joined',
        devEui,
        session: '260B77F0',
        atMs: Date.parse('2026-11-21T09:33:28.823Z'),
      },
    },
  },
  ack: { ok: true, value: { kind: 'other' } },
  command_down: { ok: false, error: { reason: 'wrong-shape' } },
};

describe('messages of ChirpStack', () => {
  test.each(Object.keys(messages))('example %s', (name) => {
    expect(expected[name]).toBeDefined();
    expect(parse(messages[name]!.payload)).toMatchObject(expected[name]!);
  });

  test.each([
    {
      name: 'zeroes that are written',
      changes: { fCnt: 0, rxInfo: [{ rssi: -80, snr: 0 }], confirmed: false },
    },
    {
      name: 'zeroes that are left out',
      changes: { fCnt: undefined, rxInfo: [{ rssi: -80 }], confirmed: undefined },
    },
  ])('reads $name', ({ changes }) => {
    expect(parse(changedMessage(messages['up'], changes))).toMatchObject({
      ok: true,
      value: { uplink: { ...uplink, fCnt: 0, rssiDbm: -80, snrDb: 0 } },
    });
  });

  test.each([
    { name: 'empty, written', changes: { batteryLevel: 0 }, ratio: 0 },
    { name: 'empty, left out', changes: { batteryLevel: undefined }, ratio: 0 },
    { name: 'unknown', changes: { batteryLevelUnavailable: true, batteryLevel: 0 }, ratio: null },
    { name: 'on mains', changes: { externalPowerSource: true, batteryLevel: 0 }, ratio: null },
  ])('a battery that is $name', ({ changes, ratio }) => {
    expect(parse(changedMessage(messages['status'], changes))).toMatchObject({
      value: { event: { kind: 'battery', batteryRatio: ratio } },
    });
  });

  const logEvent = (code: string): unknown => ({
    time: '2026-11-21T09:35:06.927172+00:00',
    deviceInfo: { devEui },
    level: 'WARNING',
    code,
    description: 'Frame-counter reset or rollover detected',
    context: {},
  });
  test('what became of a downlink is told by the id that it was given', () => {
    const item = '1bbcab1d-6ec6-4136-b3f5-d63be1dc08de';
    const told = (state: string, detail: string | null) => ({
      ok: true,
      value: {
        kind: 'event',
        event: { kind: 'downlink', told: { correlationIds: [item], state, detail } },
      },
    });
    const time = '2026-11-21T09:35:06.927172+00:00';
    const txack = { time, deviceInfo: { devEui }, queueItemId: item, fCntDown: 3 };
    expect(parse(txack)).toEqual(told('sent', null));
    const failed = {
      ...(logEvent('DOWNLINK_PAYLOAD_SIZE') as object),
      context: { queue_item_id: item },
    };
    expect(parse(failed)).toEqual(told('failed', 'DOWNLINK_PAYLOAD_SIZE'));
  });

  test('a frame counter that was reset is told, other log events are not', () => {
    expect(parse(logEvent('UPLINK_F_CNT_RESET'))).toEqual({
      ok: true,
      value: { kind: 'event', event: { kind: 'counter-reset', devEui, atMs: statusAtMs } },
    });
    expect(parse(logEvent('UPLINK_F_CNT_RETRANSMISSION'))).toEqual({
      ok: true,
      value: { kind: 'other' },
    });
  });

  test.each([
    { name: 'no JSON', message: '{', reason: 'malformed-json' },
    {
      name: 'a frame without a port',
      message: { fPort: undefined, data: undefined },
      reason: 'no-payload',
    },
    { name: 'a frame with zeroes for both', message: { fPort: 0, data: '' }, reason: 'no-payload' },
    { name: 'an empty payload', message: { data: '' }, reason: 'no-payload' },
    { name: 'a payload that is no base64', message: { data: '?' }, reason: 'wrong-shape' },
    { name: 'a device without DevEUI', message: { deviceInfo: {} }, reason: 'wrong-shape' },
    {
      name: 'a clock in 1980',
      message: { time: '1980-01-06T00:00:00Z' },
      reason: 'time-out-of-range',
    },
    {
      name: 'a clock in 2100',
      message: { time: '2100-01-06T00:00:00Z' },
      reason: 'time-out-of-range',
    },
    { name: 'no time', message: { time: undefined }, reason: 'wrong-shape' },
    { name: 'a port in words', message: { fPort: 'one' }, reason: 'wrong-shape' },
  ])('sets aside $name as $reason', ({ message, reason }) => {
    const text = typeof message === 'string' ? message : changedMessage(messages['up'], message);
    expect(parse(text)).toMatchObject({ ok: false, error: { reason } });
  });

  test('anything at all in any place is read or set aside, and never throws', () => {
    const paths = fc.constantFrom(
      ...['time', 'deviceInfo', 'devAddr', 'fCnt', 'fPort', 'data', 'rxInfo', 'txInfo', 'margin'],
    );
    fc.assert(
      fc.property(paths, fc.jsonValue(), (path, value) => {
        parse(changedMessage(messages['up'], { [path]: value }));
      }),
    );
  });

  test('a message with any byte changed says what JSON.parse finds in it', () => {
    const bytes = Buffer.from(JSON.stringify(changedMessage(messages['up'], {})));
    fc.assert(
      fc.property(anyByteChanged(bytes), (message) => {
        parse(message.toString('latin1'));
      }),
      { numRuns: 5_000 },
    );
  });

  test('an uplink is read without making objects of what nobody wants', () => {
    const bytes = Buffer.from(JSON.stringify(changedMessage(messages['up'], {})));
    const parseJson = vi.spyOn(JSON, 'parse');
    expect(parseChirpstackMessage(bytes, { nowMs, via: 'mqtt' }).ok).toBe(true);
    expect(parseJson).not.toHaveBeenCalled();
    parseJson.mockRestore();
  });
});
