/** Every public document may be read by any page. */
export const corsHeaders: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'ETag, Link, RateLimit, RateLimit-Policy, Retry-After',
};

/** The answer to a preflight; allowed for a day. */
export const preflightHeaders: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, DELETE, OPTIONS',
  'Access-Control-Allow-Headers': '*',
  'Access-Control-Max-Age': '86400',
};

export const cacheControl = {
  'real-time': 'public, max-age=15, stale-while-revalidate=30',
  static: 'public, max-age=3600',
  immutable: 'public, max-age=31536000, immutable',
  revalidate: 'no-cache',
} as const;

/** Origin of a tile template, `null` where it is none or our own. */
function originOf(template: string): string | null {
  const host = template.replace('{s}', '*');
  const match = /^(https?:\/\/[^/{}]+)\//.exec(host);
  return match?.[1] ?? null;
}

/**
 * What a page of ours may load: our own origin and, where the operator chose one, the tile server.
 * No inline script, no inline style, no frame around it.
 */
export function pageHeaders(tilesUrl: string | null): Readonly<Record<string, string>> {
  const tiles = tilesUrl === null ? null : originOf(tilesUrl);
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: blob:${tiles === null ? '' : ` ${tiles}`}`,
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'Referrer-Policy': 'strict-origin-when-cross-origin',
    'Permissions-Policy': 'geolocation=(self), camera=(), microphone=(), payment=()',
    'Cross-Origin-Opener-Policy': 'same-origin',
  };
}
