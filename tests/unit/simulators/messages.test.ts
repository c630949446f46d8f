import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseChirpstackMessage } from '../../../services/adapters/uplink-source/chirpstack-message.ts';
import { parseTtsMessage } from '../../../services/adapters/uplink-source/tts-message.ts';
import type { SimulatedUplink } from '../../../simulators/devices/device.ts';
import {
  chirpstackTopic,
  chirpstackUplink,
} from '../../../simulators/network/chirpstack-message.ts';
import { identify } from '../../../simulators/network/identity.ts';
import {
  fieldMask,
  ttsJoin,
  ttsTopic,
  ttsUplink,
} from '../../../simulators/network/tts-message.ts';

const identity = identify({
  devEui: '020000FFFE010001',
  model: 'bosch-tps110',
  watches: ['space', 'a'],
  occupiedBelowM: null,
});
const nowMs = Date.parse('2026-03-10T12:00:10Z');
const uplink: SimulatedUplink = {
  device: 0,
  atMs: Date.parse('2026-03-10T12:00:00.250Z'),
  fPort: 2,
  payload: 'AQg=',
  fCnt: 17,
  session: 3,
  rssiDbm: -104,
  snrDb: 0,
  gateways: 2,
};
const expected = {
  devEui: '020000FFFE010001',
  fCnt: 17,
  fPort: 2,
  receivedAtMs: uplink.atMs,
  rssiDbm: -104,
  snrDb: 0,
  gateways: 2,
  spreadingFactor: 9,
};

describe('as The Things Stack', () => {
  const read = (text: string) => parseTtsMessage(text, { nowMs, via: 'mqtt' });

  test('an uplink is read by the product', () => {
    expect(read(ttsUplink(uplink, identity, 9))).toMatchObject({
      ok: true,
      value: { kind: 'uplink', uplink: expected },
    });
  });

  test('every number and time of an uplink stands in its message', () => {
    const anUplink = fc.record({
      device: fc.constant(0),
      atMs: fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) }),
      fPort: fc.integer({ min: 1, max: 223 }),
      payload: fc
        .uint8Array({ minLength: 1 })
        .map((bytes) => Buffer.from(bytes).toString('base64')),
      fCnt: fc.oneof(fc.constantFrom(0, 9, 10, 100, 1000), fc.nat(16_777_215)),
      session: fc.integer({ min: 1, max: 3 }),
      rssiDbm: fc.integer({ min: -140, max: -40 }),
      snrDb: fc.integer({ min: -80, max: 80 }).map((quarters) => quarters / 4),
      gateways: fc.integer({ min: 1, max: 4 }),
    });
    const time = (atMs: number): string => new Date(atMs).toISOString().replace('Z', '153214Z');
    fc.assert(
      fc.property(anUplink, (its) => {
        const { atMs, fCnt, rssiDbm, snrDb } = its;
        const timestamp = (atMs * 1000) % 2 ** 32;
        const reception = (_: unknown, nth: number): object => ({
          time: time(atMs - 49),
          timestamp,
          rssi: rssiDbm - 8 * nth,
          channel_rssi: rssiDbm - 8 * nth,
          ...(snrDb !== 4 * nth && { snr: snrDb - 4 * nth }),
          channel_index: 1 + (fCnt % 5),
          received_at: time(atMs - 6),
        });
        const message = JSON.parse(ttsUplink(its, identity, 9)) as { uplink_message: object };
        expect(message).toMatchObject({
          received_at: time(atMs + 201),
          uplink_message: {
            f_port: its.fPort,
            frm_payload: its.payload,
            rx_metadata: Array.from({ length: its.gateways }, reception),
            settings: { timestamp, time: time(atMs - 49) },
            received_at: time(atMs),
          },
        });
        expect('f_cnt' in message.uplink_message ? message.uplink_message.f_cnt : 0).toBe(fCnt);
      }),
    );
  });

  test('zeroes are absent, as in proto3 JSON', () => {
    const message = JSON.parse(ttsUplink({ ...uplink, fCnt: 0 }, identity, 9)) as {
      uplink_message: { rx_metadata: object[] };
    };
    expect(message.uplink_message).not.toHaveProperty('f_cnt');
    expect(message.uplink_message.rx_metadata[0]).not.toHaveProperty('snr');
  });

  test('a field mask leaves only what is asked for', () => {
    const message = JSON.parse(
      ttsUplink(uplink, identity, 9, fieldMask(new Set(['frm_payload', 'f_port']))),
    ) as { uplink_message: object };
    expect(message.uplink_message).toEqual({ f_port: 2, frm_payload: 'AQg=' });
  });

  test('the data rate comes alone, or with the other settings', () => {
    const settings = (...mask: string[]): unknown =>
      (
        JSON.parse(ttsUplink(uplink, identity, 9, fieldMask(new Set(mask)))) as {
          uplink_message: { settings: unknown };
        }
      ).uplink_message.settings;
    const lora = { bandwidth: 125_000, spreading_factor: 9, coding_rate: '4/5' };
    expect(settings('settings.data_rate')).toEqual({ data_rate: { lora } });
    expect(settings('settings', 'settings.data_rate')).toHaveProperty('frequency');
  });

  test('a join announces the session of the uplinks after it', () => {
    const joined = read(ttsJoin(identity, 3, uplink.atMs));
    const after = read(ttsUplink(uplink, identity, 9));
    expect(joined).toMatchObject({ ok: true, value: { event: { kind: 'joined' } } });
    const session = (value: unknown): unknown =>
      /"session":"[^"]+"/.exec(JSON.stringify(value))?.[0];
    expect(session(joined)).toBe(session(after));
    expect(ttsTopic(identity, 'join')).toBe(
      'v3/parklotse-demo@ttn/devices/eui-020000fffe010001/join',
    );
  });
});

test('as ChirpStack an uplink is read by the product', () => {
  const topic = chirpstackTopic(identity, 'up');
  const message = chirpstackUplink(uplink, identity, 9);
  const parsed = parseChirpstackMessage(message, { nowMs, via: 'mqtt' });
  expect(topic).toMatch(/^application\/.+\/device\/020000fffe010001\/event\/up$/);
  expect(parsed).toMatchObject({ ok: true, value: { kind: 'uplink', uplink: expected } });
});
