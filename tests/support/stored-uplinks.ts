import { changedMessage, exampleMessages } from './network-messages.ts';

/** A message as it is stored: received by the network server at `atMs`, stored a little later. */
export const storedUplink = (fCnt: number, atMs: number): Record<string, unknown> =>
  changedMessage(exampleMessages.tts['up'], {
    correlation_ids: undefined,
    'uplink_message.f_cnt': fCnt,
    'uplink_message.received_at': new Date(atMs).toISOString(),
    received_at: new Date(atMs + 200).toISOString(),
  });

export const counters = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
