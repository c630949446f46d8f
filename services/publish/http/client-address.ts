import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { Context } from 'hono';
import { AppError } from '../../domain/errors.ts';
import { requestHeader } from './request-header.ts';

/** The part of a request that says where it came from; a test may leave the socket out. */
export interface Origin {
  readonly remote: string | undefined;
  header(name: string): string | undefined;
}

export interface ClientAddresses {
  /** The address a request is counted under; IPv6 by its /64, which is what one subscriber gets. */
  clientOf(origin: Origin): string;
  /** Whether an address is that of a trusted proxy, which speaks for many. */
  isProxy(address: string): boolean;
  /** Scheme and host as the reader wrote them, without a slash at the end. */
  baseUrlOf(origin: Origin): string;
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** An IPv4 address that came through a dual-stack socket is an IPv4 address. */
const withoutMapping = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

function trustList(trustedProxies: readonly string[]): BlockList {
  const trusted = new BlockList();
  for (const entry of trustedProxies) {
    const [address = '', prefix] = entry.split('/');
    if (isIP(address) === 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) {
      throw new AppError('invalid-config', `server.trustedProxies: '${entry}' is no IP address`);
    }
    if (prefix === undefined) trusted.addAddress(address, familyOf(address));
    else trusted.addSubnet(address, Number(prefix), familyOf(address));
  }
  return trusted;
}

/** The four leading groups of an IPv6 address, `::` written out. */
function prefix64(address: string): string {
  const [head = '', tail = ''] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::') ? Math.max(0, 8 - left.length - right.length) : 0;
  return [...left, ...Array<string>(zeros).fill('0'), ...right].slice(0, 4).join(':');
}

/** The address, of IPv6 what one subscriber has. */
const countedAs = (address: string): string => (isIP(address) === 6 ? prefix64(address) : address);

const hostPattern = /^[A-Za-z0-9.-]{1,253}(:\d{1,5})?$|^\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?$/;

/**
 * Believes `X-Forwarded-*` only from `trustedProxies` (addresses or CIDR blocks), read from the right:
 * the last address that no trusted proxy has is the client. Throws `invalid-config` on a wrong entry.
 */
export function createClientAddresses(
  trustedProxies: readonly string[],
  publicUrl: string | null,
): ClientAddresses {
  const trusted = trustList(trustedProxies);
  const isTrusted = (address: string): boolean =>
    trustedProxies.length > 0 && isIP(address) !== 0 && trusted.check(address, familyOf(address));
  const forwarded = (origin: Origin, name: string): string | undefined =>
    isTrusted(withoutMapping(origin.remote ?? ''))
      ? origin.header(name)?.split(',').at(-1)?.trim()
      : undefined;

  return {
    clientOf(origin) {
      let client = withoutMapping(origin.remote ?? '');
      if (trustedProxies.length === 0) return countedAs(client);
      const hops = (origin.header('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim());
      while (isTrusted(client)) {
        const hop = withoutMapping(hops.pop() ?? '');
        if (isIP(hop) === 0) break;
        client = hop;
      }
      return countedAs(client);
    },
    isProxy: (address) => isTrusted(withoutMapping(address)),
    baseUrlOf(origin) {
      if (publicUrl !== null) return publicUrl.replace(/\/+$/, '');
      const host = forwarded(origin, 'x-forwarded-host') ?? origin.header('host') ?? '';
      const scheme = forwarded(origin, 'x-forwarded-proto') === 'https' ? 'https' : 'http';
      return `${scheme}://${hostPattern.test(host) ? host : 'localhost'}`;
    },
  };
}

interface NodeEnv {
  readonly incoming?: { readonly socket: { readonly remoteAddress?: string } };
}

/** Where a request came from, under @hono/node-server. */
export const originOf = (c: Context): Origin => ({
  remote: (c.env as NodeEnv | undefined)?.incoming?.socket.remoteAddress,
  header: (name) => requestHeader(c, name),
});

/** Whether Host is a name or an address with a port, so that it goes into no address by surprise. */
export const hasPlainHost = ({ host }: IncomingHttpHeaders): boolean =>
  host !== undefined && hostPattern.test(host);

/** Where a request came from that no framework has seen yet. */
export const originOfMessage = ({ socket, headers }: IncomingMessage): Origin => ({
  remote: socket.remoteAddress,
  header(name) {
    const value = headers[name];
    return Array.isArray(value) ? value.join(',') : value;
  },
});
