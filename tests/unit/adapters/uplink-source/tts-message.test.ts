import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { parseTtsMessage } from '../../../../services/adapters/uplink-source/tts-message.ts';
import { anyByteChanged } from '../../../support/changed-bytes.ts';
import { changedMessage, exampleMessages } from '../../../support/network-messages.ts';

const messages = exampleMessages.tts;
const nowMs = Date.UTC(2026, 10, 21, 12);
/** As text and as bytes, which are read in different ways and say the same. */
const parse = (message: unknown) => {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  const parsed = parseTtsMessage(Buffer.from(text), { nowMs, via: 'mqtt' });
  expect(parsed).toEqual(parseTtsMessage(text, { nowMs, via: 'mqtt' }));
  return parsed;
};
const changed = (changes: Readonly<Record<string, unknown>>): unknown =>
  changedMessage(messages['up'], changes);
const devEui = '70B3D57ED0061A2B';
const uplink = {
  devEui,
  session: 'AZqT5yY1nK7k0cQ2vBq3pA==',
  fCnt: 4021,
  fPort: 1,
  payload: Uint8Array.of(0x95),
  receivedAtMs: Date.parse('2026-11-21T09:14:07.461Z'),
  rssiDbm: -97,
  snrDb: 6.8,
  gateways: 2,
  spreadingFactor: 9,
  batteryRatio: expect.closeTo(0.874, 4),
  via: 'mqtt',
};
const second = 'AZqT7ABCnK7k0cQ2vBq3pA==';

/** What each example message must become; a new example without a line here fails the run. */
const told = (more: object) => ({
  ok: true,
  value: {
    kind: 'event',
    event: {
      kind: 'downlink',
      told: { correlationIds: ['as:downlink:01KAKZAA', 'sign:west:rev:918'], ...more },
    },
  },
});
const expected: Readonly<Record<string, object>> = {
  up: { ok: true, value: { kind: 'uplink', uplink } },
  up_first_after_join_f_cnt_absent: {
    ok: true,
    value: {
      kind: 'uplink',
      uplink: {
        ...uplink,
        session: second,
        fCnt: 0,
        fPort: 3,
        payload: Uint8Array.of(2, 4, 9, 2, 0),
      },
    },
  },
  up_mac_only_no_f_port_no_payload: { ok: false, error: { reason: 'no-payload', devEui } },
  up_decoder_failed: {
    ok: true,
    value: {
      kind: 'uplink',
      uplink: {
        ...uplink,
        session: second,
        fCnt: 2,
        fPort: 42,
        payload: Uint8Array.of(41, 46, 98),
      },
    },
  },
  up_with_warnings: {
    ok: true,
    value: {
      kind: 'uplink',
      uplink: {
        ...uplink,
        session: second,
        fCnt: 9,
        fPort: 4,
        payload: Uint8Array.of(12, 178, 4, 128, 247, 174),
      },
    },
  },
  up_simulated: { ok: false, error: { reason: 'simulated', devEui: null } },
  up_normalized: { ok: true, value: { kind: 'other' } },
  join: {
    ok: true,
    value: {
      kind: 'event',
      event: {
        kind: 'joined',
        devEui,
        session: second,
        atMs: Date.parse('2026-11-21T09:19:55.736Z'),
      },
    },
  },
  down_push_led_sign: { ok: false, error: { reason: 'wrong-shape' } },
  down_queued: told({ state: 'queued', detail: null }),
  down_failed: told({ state: 'failed', detail: 'application_downlink_too_long' }),
  // The envelope of the Storage Integration is opened by its client.
  storage_ndjson_line: { ok: false, error: { reason: 'wrong-shape' } },
};

describe('messages of The Things Stack', () => {
  test.each(Object.keys(messages))('example %s', (name) => {
    expect(expected[name]).toBeDefined();
    expect(parse(messages[name]!.payload)).toMatchObject(expected[name]!);
  });

  test('reads bytes as it reads text', () => {
    const bytes = Buffer.from(JSON.stringify(messages['up']!.payload));
    expect(parseTtsMessage(bytes, { nowMs, via: 'webhook' })).toEqual({
      ok: true,
      value: { kind: 'uplink', uplink: { ...uplink, via: 'webhook' } },
    });
  });

  test.each([
    {
      name: 'an SNR of 0 dB is absent, and is not unknown',
      changes: { 'uplink_message.rx_metadata': [{ rssi: -80 }] },
      expected: { rssiDbm: -80, snrDb: 0, gateways: 1 },
    },
    {
      name: 'a gateway that tells no signal counts as a gateway',
      changes: { 'uplink_message.rx_metadata': [{ packet_broker: {} }, { rssi: -80, snr: 3 }] },
      expected: { rssiDbm: -80, snrDb: 3, gateways: 2 },
    },
    {
      name: 'without gateways nothing is known of the signal',
      changes: { 'uplink_message.rx_metadata': undefined },
      expected: { rssiDbm: null, snrDb: null, gateways: 0 },
    },
    {
      name: 'the application server’s time stands in where the network server’s is absent',
      changes: { 'uplink_message.received_at': undefined },
      expected: { receivedAtMs: Date.parse('2026-11-21T09:14:07.670Z') },
    },
    {
      name: 'a battery at 0 % is absent within its object, and is not unknown',
      changes: { 'uplink_message.last_battery_percentage': { f_cnt: 1 } },
      expected: { batteryRatio: 0 },
    },
    {
      name: 'without a battery object the battery is unknown',
      changes: { 'uplink_message.last_battery_percentage': undefined },
      expected: { batteryRatio: null },
    },
    {
      name: 'FSK has no spreading factor',
      changes: { 'uplink_message.settings': { data_rate: { fsk: { bit_rate: 50000 } } } },
      expected: { spreadingFactor: null },
    },
    {
      name: 'without a session key the device address names the session',
      changes: { 'uplink_message.session_key_id': undefined },
      expected: { session: '260B5C1D' },
    },
    {
      name: 'without either the session has no name',
      changes: { 'uplink_message.session_key_id': undefined, 'end_device_ids.dev_addr': undefined },
      expected: { session: '' },
    },
    {
      name: 'a lower-case DevEUI is the same',
      changes: { 'end_device_ids.dev_eui': '70b3d57ed0061a2b' },
      expected: { devEui },
    },
  ])('$name', ({ changes, expected }) => {
    expect(parse(changed(changes))).toMatchObject({
      ok: true,
      value: { uplink: { ...uplink, ...expected } },
    });
  });

  const received = 'uplink_message.received_at';
  test.each([
    { name: 'no JSON', message: '{"end_device_ids":', reason: 'malformed-json' },
    { name: 'nothing', message: '', reason: 'malformed-json' },
    { name: 'a list', message: '[]', reason: 'wrong-shape' },
    { name: 'null', message: 'null', reason: 'wrong-shape' },
    { name: 'more than 1 MB', message: ' '.repeat(1_000_001), reason: 'too-large' },
    {
      name: 'a clock in 1980',
      message: { [received]: '1980-01-06T00:00:00Z' },
      reason: 'time-out-of-range',
    },
    {
      name: 'a clock in 2100',
      message: { [received]: '2100-01-01T00:00:00Z' },
      reason: 'time-out-of-range',
    },
    { name: 'a time that is none', message: { [received]: 'yesterday' }, reason: 'wrong-shape' },
    { name: 'a time that is a number', message: { [received]: 1763716447 }, reason: 'wrong-shape' },
    { name: 'no DevEUI', message: { 'end_device_ids.dev_eui': undefined }, reason: 'wrong-shape' },
    {
      name: 'a short DevEUI',
      message: { 'end_device_ids.dev_eui': '70B3' },
      reason: 'wrong-shape',
    },
    { name: 'no ids', message: { end_device_ids: undefined }, reason: 'wrong-shape' },
    {
      name: 'a payload of another kind',
      message: { 'uplink_message.frm_payload': 7 },
      reason: 'wrong-shape',
    },
    {
      name: 'a payload that is no base64',
      message: { 'uplink_message.frm_payload': 'l!==' },
      reason: 'wrong-shape',
    },
    {
      name: 'a payload cut short',
      message: { 'uplink_message.frm_payload': 'lQ=' },
      reason: 'wrong-shape',
    },
    {
      name: 'a payload no LoRaWAN frame can carry',
      message: { 'uplink_message.frm_payload': Buffer.alloc(243).toString('base64') },
      reason: 'wrong-shape',
    },
    {
      name: 'an empty payload',
      message: { 'uplink_message.frm_payload': undefined },
      reason: 'no-payload',
    },
    { name: 'port 0', message: { 'uplink_message.f_port': 0 }, reason: 'no-payload' },
    { name: 'port 256', message: { 'uplink_message.f_port': 256 }, reason: 'wrong-shape' },
    { name: 'a port in words', message: { 'uplink_message.f_port': '1' }, reason: 'wrong-shape' },
    { name: 'a negative counter', message: { 'uplink_message.f_cnt': -1 }, reason: 'wrong-shape' },
    {
      name: 'a counter beyond 32 bits',
      message: { 'uplink_message.f_cnt': 2 ** 32 },
      reason: 'wrong-shape',
    },
  ])('sets aside $name as $reason', ({ message, reason }) => {
    const result = parse(typeof message === 'string' ? message : changed(message));
    expect(result).toMatchObject({ ok: false, error: { reason } });
  });

  test('what is said about a broken message quotes none of it', () => {
    const result = parse('{"secret": token-of-somebody}');
    expect(JSON.stringify(result)).not.toMatch(/somebody|secret/);
  });

  test('anything at all in any place is read or set aside, and never throws', () => {
    const paths = [
      ...['end_device_ids', 'received_at', 'uplink_message', 'simulated', 'join_accept'],
      ...['f_port', 'f_cnt', 'frm_payload', 'received_at', 'rx_metadata', 'settings'].map(
        (field) => `uplink_message.${field}`,
      ),
      ...['session_key_id', 'last_battery_percentage', 'settings.data_rate'].map(
        (field) => `uplink_message.${field}`,
      ),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const result = parse(changed({ [path]: value }));
        if (result.ok && result.value.kind === 'uplink') {
          const { fPort, fCnt, payload, session } = result.value.uplink;
          expect(fPort).toBeGreaterThan(0);
          expect(Number.isInteger(fCnt)).toBe(true);
          expect(payload.length).toBeLessThanOrEqual(242);
          expect(session.length).toBeLessThanOrEqual(64);
        }
      }),
    );
    fc.assert(fc.property(fc.json(), (text) => void parse(text)));
  });

  test('a message with any byte changed says what JSON.parse finds in it', () => {
    fc.assert(
      fc.property(anyByteChanged(Buffer.from(JSON.stringify(changed({})))), (message) => {
        parse(message.toString('latin1'));
      }),
      { numRuns: 5_000 },
    );
  });

  test('an uplink is read without making objects of what nobody wants', () => {
    const bytes = Buffer.from(JSON.stringify(changed({})));
    const parseJson = vi.spyOn(JSON, 'parse');
    expect(parseTtsMessage(bytes, { nowMs, via: 'mqtt' }).ok).toBe(true);
    expect(parseJson).not.toHaveBeenCalled();
    parseJson.mockRestore();
  });
});
