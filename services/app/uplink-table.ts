import type { Table } from '../adapters/history-store/tables.ts';
import type { DevEui } from '../domain/ids.ts';
import type { UplinkVia } from '../domain/uplink.ts';
import type { LogRecord } from '../ports/uplink-log.ts';

const column = (
  name: string,
  type: Table<LogRecord>['columns'][number]['type'],
  cell: Table<LogRecord>['columns'][number]['cell'],
): Table<LogRecord>['columns'][number] => ({ name, type, isTag: false, cell });

/** Raw uplinks as they lie in the log, payload in hex, for archives. */
export const uplinkTable: Table<LogRecord> = {
  name: 'uplink',
  columns: [
    column('log_seq', 'time', ({ seq }) => seq),
    column('stored_at_ms', 'int', ({ storedAtMs }) => storedAtMs),
    column('received_at_ms', 'int', ({ uplink }) => uplink.receivedAtMs),
    column('device', 'text', ({ uplink }) => uplink.devEui),
    column('session', 'text', ({ uplink }) => uplink.session),
    column('f_cnt', 'int', ({ uplink }) => uplink.fCnt),
    column('f_port', 'int', ({ uplink }) => uplink.fPort),
    column('payload', 'text', ({ uplink }) => Buffer.from(uplink.payload).toString('hex')),
    column('rssi_dbm', 'float', ({ uplink }) => uplink.rssiDbm),
    column('snr_db', 'float', ({ uplink }) => uplink.snrDb),
    column('gateways', 'int', ({ uplink }) => uplink.gateways),
    column('spreading_factor', 'int', ({ uplink }) => uplink.spreadingFactor),
    column('battery_ratio', 'float', ({ uplink }) => uplink.batteryRatio),
    column('via', 'text', ({ uplink }) => uplink.via),
  ],
  key: ['log_seq'],
  orderedBy: [],
  withinMs: () => 0,
  toRow: ([seq, storedAtMs, receivedAtMs, device, session, fCnt, fPort, payload, ...radio]) => {
    const [rssiDbm, snrDb, gateways, spreadingFactor, batteryRatio, via] = radio;
    return {
      seq: seq as number,
      storedAtMs: storedAtMs as number,
      uplink: {
        devEui: device as DevEui,
        session: session as string,
        fCnt: fCnt as number,
        fPort: fPort as number,
        payload: new Uint8Array(Buffer.from(payload as string, 'hex')),
        receivedAtMs: receivedAtMs as number,
        rssiDbm: rssiDbm as number | null,
        snrDb: snrDb as number | null,
        gateways: gateways as number,
        spreadingFactor: spreadingFactor as number | null,
        batteryRatio: batteryRatio as number | null,
        via: via as UplinkVia,
      },
    };
  },
};
