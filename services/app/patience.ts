import type { Decoder } from '../decoders/decoder.ts';
import type { Patience } from '../domain/presence.ts';

/** How long to wait for news of a model, from its heartbeat interval and the deployment's factor. */
export function createPatience(
  staleFactor: number,
  findDecoder: (model: string) => Decoder | undefined,
): (model: string) => Patience {
  const known = new Map<string, Patience>();
  return (model) => {
    const before = known.get(model);
    if (before) return before;
    const heartbeatMs = (findDecoder(model)?.heartbeatS ?? 0) * 1000;
    const patience = { heartbeatMs, staleAfterMs: heartbeatMs * staleFactor };
    known.set(model, patience);
    return patience;
  };
}
