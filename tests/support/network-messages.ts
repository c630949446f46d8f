import { readFileSync } from 'node:fs';

type Json = Record<string, unknown>;
export interface ExampleMessage {
  readonly topic: string;
  readonly payload: Json;
}

const file = new URL('../fixtures/network-server-messages.json', import.meta.url);

/** One message of each kind as the network servers send them, by name. All values are invented. */
export const exampleMessages = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly tts: Readonly<Record<string, ExampleMessage>>;
  readonly chirpstack: Readonly<Record<string, ExampleMessage>>;
};

/** The example with other values at some paths, such as `uplink_message.f_port`; `undefined` leaves a field out. */
export function changedMessage(
  example: ExampleMessage | undefined,
  changes: Readonly<Record<string, unknown>>,
): Json {
  const message = structuredClone(example?.payload ?? {});
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    keys.reduce((object, key) => object[key] as Json, message)[last] = value;
  }
  return JSON.parse(JSON.stringify(message)) as Json;
}

/** An uplink of The Things Stack from the device and with the counter of these numbers, received now. */
export const ttsUplink = (fCnt: number, device = 1): Json =>
  changedMessage(exampleMessages.tts['up'], {
    'end_device_ids.dev_eui': device.toString(16).padStart(16, '0'),
    'uplink_message.f_cnt': fCnt,
    'uplink_message.received_at': new Date().toISOString(),
  });

/** The same for ChirpStack. */
export const chirpstackUplink = (fCnt: number, device = 1): Json =>
  changedMessage(exampleMessages.chirpstack['up'], {
    'deviceInfo.devEui': device.toString(16).padStart(16, '0'),
    fCnt,
    time: new Date().toISOString(),
  });
