import type { Encoded, Encoding, Representation } from './representation.ts';

/** What goes out for a document, before what the request gathered on its way is added. */
export interface Reply {
  readonly status: 200 | 304;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

/** The headers of a request that choose between replies. */
export interface Asked {
  readonly ifNoneMatch: string | undefined;
  readonly acceptEncoding: string | undefined;
}

/** Browsers and libraries send the same few; made-up ones push out each other. */
const chosen = new Map<string, Encoding>();
const mostChosen = 100;

/** What the client likes best (RFC 9110, 12.5.3), brotli where it likes several the same; `q=0` refuses. */
export function chooseEncoding(acceptEncoding: string | undefined): Encoding {
  if (acceptEncoding === undefined) return 'identity';
  let encoding = chosen.get(acceptEncoding);
  if (encoding === undefined) {
    if (chosen.size >= mostChosen) chosen.clear();
    encoding = readEncoding(acceptEncoding);
    chosen.set(acceptEncoding, encoding);
  }
  return encoding;
}

/** `*` chooses no coding: who cannot name one may not know how to undo it. */
function readEncoding(acceptEncoding: string): Encoding {
  const weights = new Map<string, number>();
  for (const part of acceptEncoding.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const weight = parameters.find((parameter) => /^q\s*=/.test(parameter))?.split('=')[1];
    weights.set(coding, weight === undefined ? 1 : Number(weight) || 0);
  }
  const br = weights.get('br') ?? 0;
  const gzip = weights.get('gzip') ?? weights.get('x-gzip') ?? 0;
  const best = Math.max(br, gzip);
  // As it is counts for as little as can be unless the client says how much.
  if (best === 0 || best < (weights.get('identity') ?? 0)) return 'identity';
  return br === best ? 'br' : 'gzip';
}

/** Whether If-None-Match names the version: weak comparison (RFC 9110, 13.1.2). */
export function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const bare = etag.replace(/^W\//, '');
  return ifNoneMatch.split(',').some((known) => known.trim().replace(/^W\//, '') === bare);
}

const unchanged = new WeakMap<Representation, Reply>();
const whole = new WeakMap<Encoded, Reply>();

const remembered = <Key extends object>(
  replies: WeakMap<Key, Reply>,
  key: Key,
  make: () => Reply,
): Reply => {
  const known = replies.get(key);
  if (known) return known;
  const made = make();
  replies.set(key, made);
  return made;
};

/**
 * Replies with a document: 304 when the client has it, else its bytes in the best encoding the client
 * takes. Made once a version and encoding; `headers` are those of the document and always the same for it.
 */
export function replyTo(
  representation: Representation,
  { ifNoneMatch, acceptEncoding }: Asked,
  headers: Readonly<Record<string, string>>,
): Reply | Promise<Reply> {
  const { etag } = representation;
  const always = { ETag: etag, Vary: 'Accept-Encoding' };
  if (isKnown(ifNoneMatch, etag))
    return remembered(unchanged, representation, () => {
      const { 'Content-Type': _, ...rest } = headers;
      return { status: 304, headers: { ...rest, ...always }, body: null };
    });
  const toReply = (encoded: Encoded): Reply =>
    remembered(whole, encoded, () => ({
      status: 200,
      headers: {
        ...headers,
        ...always,
        ...(encoded.as === 'identity' ? {} : { 'Content-Encoding': encoded.as }),
        'Content-Length': String(encoded.bytes.byteLength),
      },
      body: encoded.bytes as Uint8Array<ArrayBuffer>,
    }));
  const encoded = representation.encoded(chooseEncoding(acceptEncoding));
  // What is ready is sent at once: a promise would cost every answer a turn.
  return encoded instanceof Promise ? encoded.then(toReply) : toReply(encoded);
}
