import { devEui } from './builders.ts';

/** An uplink as The Things Stack publishes it; the device watches `space-<n>` of a deployment folder. */
export const ttsUplink = (uplink: {
  readonly space: number;
  readonly fCnt: number;
  readonly occupied: boolean;
  readonly atMs: number;
  readonly fPort?: number;
  readonly payload?: string;
  /** How often the device has joined before. */
  readonly joins?: number;
}): string =>
  JSON.stringify({
    end_device_ids: {
      device_id: `sensor-${uplink.space}`,
      application_ids: { application_id: 'app' },
      dev_eui: devEui(uplink.space + 1),
      dev_addr: '260B0001',
    },
    received_at: new Date(uplink.atMs).toISOString(),
    uplink_message: {
      session_key_id: `AZqT5yY1nK7k0cQ2vBq3${uplink.joins ?? 'pA=='}`,
      f_port: uplink.fPort ?? 1,
      ...(uplink.fCnt !== 0 && { f_cnt: uplink.fCnt }),
      frm_payload: uplink.payload ?? (uplink.occupied ? 'AQ==' : 'AA=='),
      received_at: new Date(uplink.atMs).toISOString(),
      // A gateway without GPS tells any time.
      rx_metadata: [{ rssi: -97, snr: 4.5, time: '1980-01-06T00:00:12Z' }],
      settings: { data_rate: { lora: { bandwidth: 125_000, spreading_factor: 9 } } },
    },
  });
