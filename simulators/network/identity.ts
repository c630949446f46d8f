import { createHash } from 'node:crypto';
import { gatewayNames } from '../devices/link.ts';
import type { SimulatedInstallation } from '../town/deployment.ts';

/** What a network server knows of a device besides its messages. */
export interface Identity {
  readonly deviceId: string;
  readonly devEui: string;
  readonly joinEui: string;
  readonly model: string;
  devAddr(session: number): string;
  /** Base64 of 16 bytes, new with every join. */
  sessionKeyId(session: number): string;
  /** Name and EUI of the `nth` gateway that hears it. */
  gateway(nth: number): { readonly id: string; readonly eui: string };
}

const digest = (...parts: readonly (string | number)[]): Buffer =>
  createHash('sha256').update(parts.join(':')).digest();

/** Everything that The Things Stack and ChirpStack would assign, derived from the EUI. */
export function identify({ devEui, model }: SimulatedInstallation): Identity {
  const sessions = new Map<number, { readonly devAddr: string; readonly keyId: string }>();
  const session = (number: number): { readonly devAddr: string; readonly keyId: string } => {
    const known = sessions.get(number);
    if (known !== undefined) return known;
    const bytes = digest(devEui, number);
    const made = {
      devAddr: `260B${bytes.subarray(0, 2).toString('hex').toUpperCase()}`,
      keyId: bytes.subarray(4, 20).toString('base64'),
    };
    sessions.set(number, made);
    return made;
  };
  const first = digest(devEui)[0] ?? 0;
  return {
    deviceId: `eui-${devEui.toLowerCase()}`,
    devEui,
    joinEui: '0200000000000001',
    model,
    devAddr: (number) => session(number).devAddr,
    sessionKeyId: (number) => session(number).keyId,
    gateway(nth) {
      const index = (first + nth) % gatewayNames.length;
      return { id: gatewayNames[index] ?? '', eui: `020000FFFE00000${index + 1}` };
    },
  };
}
