import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { EpochMs } from '../../domain/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import { joinInSlices, type Text } from './pieces.ts';

const brotli = promisify(brotliCompress);
const gunzippable = promisify(gzip);

export type Encoding = 'identity' | 'br' | 'gzip';

export interface Encoded {
  readonly bytes: Uint8Array;
  readonly as: Encoding;
}

/** One document at one version, as bytes. */
export interface Representation {
  readonly version: string;
  readonly builtAtMs: EpochMs;
  /** Weak: the same document in all its encodings. */
  readonly etag: string;
  /** Encodes at most once a version and encoding; small documents stay as they are. */
  encoded(encoding: Encoding): Encoded | Promise<Encoded>;
}

/** Below this a compressed body saves no packet. */
const smallestWorthEncodingBytes = 860;

async function encode(bytes: Uint8Array, encoding: 'br' | 'gzip'): Promise<Uint8Array> {
  if (encoding === 'gzip') return gunzippable(bytes, { level: 6 });
  return brotli(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 5,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
    },
  });
}

function toRepresentation(
  identity: Uint8Array,
  version: string,
  builtAtMs: EpochMs,
  onEncoded: (bytes: number) => void,
): Representation {
  const encodings = new Map<Encoding, Encoded | Promise<Encoded>>([
    ['identity', { bytes: identity, as: 'identity' }],
  ]);
  const run = async (as: 'br' | 'gzip'): Promise<Encoded> => {
    const made = { bytes: await encode(identity, as), as };
    onEncoded(made.bytes.byteLength);
    encodings.set(as, made);
    return made;
  };
  return {
    version,
    builtAtMs,
    etag: `W/"${version}"`,
    encoded(encoding) {
      const as = identity.byteLength < smallestWorthEncodingBytes ? 'identity' : encoding;
      let made = encodings.get(as);
      if (made === undefined && as !== 'identity') encodings.set(as, (made = run(as)));
      return made ?? { bytes: identity, as: 'identity' };
    },
  };
}

export interface RepresentationLimits {
  /** Sum over all kept documents and encodings. */
  readonly maxBytes: number;
  /** A document is made again at most this often, however often its data change. */
  readonly minAgeMs: number;
}

/**
 * Keeps every document that was asked for, made and encoded once a version. Bounded by bytes: the
 * document that nobody asked for the longest goes first, so made-up queries push out each other.
 */
export function createRepresentations(
  clock: Clock,
  limits: RepresentationLimits = { maxBytes: 96 * 1024 * 1024, minAgeMs: 1000 },
) {
  const kept = new Map<string, { representation: Representation; bytes: number }>();
  let bytes = 0;

  const forget = (key: string): void => {
    const entry = kept.get(key);
    if (entry === undefined) return;
    kept.delete(key);
    bytes -= entry.bytes;
  };
  const evict = (): void => {
    for (const key of kept.keys()) {
      if (bytes <= limits.maxBytes || kept.size === 1) return;
      forget(key);
    }
  };
  const isCurrent = ({ version, builtAtMs }: Representation, wanted: string): boolean =>
    version === wanted || Math.abs(clock.now() - builtAtMs) < limits.minAgeMs;

  const inTheMaking = new Map<string, Promise<Representation>>();

  function keep(key: string, version: string, made: string | Uint8Array): Representation {
    const identity = typeof made === 'string' ? new TextEncoder().encode(made) : made;
    forget(key);
    const entry = {
      bytes: identity.byteLength,
      representation: toRepresentation(identity, version, clock.now(), (more) => {
        // An encoding may be ready after its document was pushed out.
        if (kept.get(key) !== entry) return;
        entry.bytes += more;
        bytes += more;
        evict();
      }),
    };
    kept.set(key, entry);
    bytes += entry.bytes;
    evict();
    return entry.representation;
  }

  function current(key: string, version: string): Representation | undefined {
    const known = kept.get(key);
    if (!known || !isCurrent(known.representation, version)) return undefined;
    kept.delete(key);
    kept.set(key, known);
    return known.representation;
  }

  return {
    /** The document under `key` when `get` would not have to make it. */
    current,
    /**
     * The document under `key`, at `version` or less than `minAgeMs` older. `make` is called only when
     * needed; what it throws goes to the caller and nothing is kept. Who asks while a document is in the
     * making gets the same one.
     */
    get(
      key: string,
      version: string,
      make: () => Text | Uint8Array | Promise<string | Uint8Array>,
    ): Representation | Promise<Representation> {
      const known = current(key, version);
      if (known) return known;
      const pending = inTheMaking.get(key);
      if (pending) return pending;
      const made = make();
      if (typeof made === 'string' || made instanceof Uint8Array) return keep(key, version, made);
      const making = (made instanceof Promise ? made : joinInSlices(made))
        .then((whole) => keep(key, version, whole))
        .finally(() => inTheMaking.delete(key));
      inTheMaking.set(key, making);
      return making;
    },
    bytes: (): number => bytes,
  };
}
