import type { IncomingHttpHeaders } from 'node:http';
import type { Context } from 'hono';

interface NodeEnv {
  readonly incoming?: { readonly headers: IncomingHttpHeaders };
}

/**
 * A header of the request, by its name in lower case. Under @hono/node-server as Node has read it: a
 * `Headers` object of all of them costs more than a cached answer.
 */
export function requestHeader(c: Context, name: string): string | undefined {
  const incoming = (c.env as NodeEnv | undefined)?.incoming;
  if (!incoming) return c.req.header(name);
  const value = incoming.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
