import type { Observed } from '../domain/observation.ts';
import { observe } from '../domain/observe.ts';
import type { Installations } from '../domain/installations.ts';
import type { Result } from '../domain/result.ts';
import { err, ok } from '../domain/result.ts';
import type { RejectReason, Uplink } from '../domain/uplink.ts';
import type { Decoder } from './decoder.ts';

/** Why an uplink says nothing about a place. */
export interface NotInterpreted {
  readonly reason: RejectReason;
  readonly detail: string;
}

/** From bytes to what was seen where, with the installation that held at the time of the uplink. */
export function interpret(
  uplink: Uplink,
  installations: Installations,
  findDecoder: (model: string) => Decoder | undefined,
): Result<Observed, NotInterpreted> {
  const installation = installations.at(uplink.devEui, uplink.receivedAtMs);
  if (!installation)
    return err({ reason: 'unknown-device', detail: `${uplink.devEui} is not installed anywhere` });
  const decoder = findDecoder(installation.model);
  if (!decoder)
    return err({ reason: 'unknown-model', detail: `no decoder for '${installation.model}'` });
  const reading = decoder.decode(uplink.fPort, uplink.payload);
  if (!reading.ok) return err({ reason: reading.error.code, detail: reading.error.detail });
  return ok(observe(uplink, reading.value, installation, decoder.occupiedBelowM));
}
