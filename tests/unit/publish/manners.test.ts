import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseEncoding } from '../../../services/publish/http/reply.ts';
import { createClientAddresses } from '../../../services/publish/http/client-address.ts';
import { createRateLimiter } from '../../../services/publish/http/rate-limit.ts';
import { createRepresentations } from '../../../services/publish/http/representation.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const origin = (remote: string, headers: Readonly<Record<string, string>> = {}) => ({
  remote,
  header: (name: string): string | undefined => headers[name],
});

describe('kept representations', () => {
  it('are made once a version, and at most once a second', async () => {
    const clock = createManualClock();
    const kept = createRepresentations(clock);
    let made = 0;
    const get = async (version: string) => kept.get('k', version, () => `body ${(made += 1)}`);
    expect(await get('1')).toBe(await get('1'));
    clock.advance(400);
    expect((await get('2')).version).toBe('1');
    clock.advance(600);
    expect((await get('2')).version).toBe('2');
    clock.advance(60_000);
    expect((await get('2')).version).toBe('2');
    expect(made).toBe(2);
  });

  it('are made once for all who ask while a long one is in the making', async () => {
    const kept = createRepresentations(createManualClock());
    let made = 0;
    function* pieces(): Generator<string> {
      made += 1;
      yield 'a';
      yield 'b';
    }
    const [first, second] = await Promise.all([
      kept.get('k', '1', pieces),
      kept.get('k', '2', pieces),
    ]);
    expect(first).toBe(second);
    expect(made).toBe(1);
    const { bytes } = await first.encoded('identity');
    expect(new TextDecoder().decode(bytes)).toBe('ab');
    function* broken(): Generator<string> {
      yield 'a';
      throw new Error('no');
    }
    await expect(kept.get('other', '1', broken)).rejects.toThrow('no');
    expect((await kept.get('other', '1', () => 'fine')).version).toBe('1');
  });

  it('are encoded so that every encoding reads the same', async () => {
    const kept = createRepresentations(createManualClock());
    const body = 'Parkplatz frei '.repeat(500);
    const representation = await kept.get('k', '1', () => body);
    const [plain, br, gzip] = await Promise.all([
      representation.encoded('identity'),
      representation.encoded('br'),
      representation.encoded('gzip'),
    ]);
    expect(new TextDecoder().decode(plain.bytes)).toBe(body);
    expect(brotliDecompressSync(br.bytes).toString()).toBe(body);
    expect(gunzipSync(gzip.bytes).toString()).toBe(body);
    expect(await representation.encoded('br')).toBe(br);
  });

  it('leave small bodies as they are', async () => {
    const kept = createRepresentations(createManualClock());
    const representation = await kept.get('k', '1', () => 'x'.repeat(100));
    expect((await representation.encoded('br')).as).toBe('identity');
  });

  it('never take more memory than allowed, whatever is asked for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ key: fc.nat(30), size: fc.nat(900) }), { maxLength: 200 }),
        (requests) => {
          const kept = createRepresentations(createManualClock(), { maxBytes: 2000, minAgeMs: 0 });
          requests.forEach(({ key, size }, version) => {
            void kept.get(`k${key}`, String(version), () => new Uint8Array(size));
            expect(kept.bytes()).toBeLessThanOrEqual(2000);
          });
        },
      ),
    );
  });

  it('keep nothing when the body cannot be made', async () => {
    const kept = createRepresentations(createManualClock());
    const fail = (): string => {
      throw new Error('no');
    };
    expect(() => kept.get('k', '1', fail)).toThrow('no');
    expect(kept.bytes()).toBe(0);
    expect((await kept.get('k', '1', () => 'yes')).version).toBe('1');
  });
});

describe('the rate limit', () => {
  it('lets a burst through, then as many as it refills, and says how long to wait', () => {
    const clock = createManualClock();
    const limiter = createRateLimiter({ burst: 3, perSecond: 0.5 }, clock);
    expect([1, 2, 3].map(() => limiter.take('a').isAllowed)).toEqual([true, true, true]);
    expect(limiter.take('a')).toEqual({ isAllowed: false, remaining: 0, retryAfterS: 2 });
    expect(limiter.take('b').isAllowed).toBe(true);
    clock.advance(2000);
    expect(limiter.take('a').isAllowed).toBe(true);
    limiter.giveBack('a');
    expect(limiter.take('a').isAllowed).toBe(true);
    expect(limiter.take('a').isAllowed).toBe(false);
  });

  it('never lets more through than burst plus refill, in any order of requests and pauses', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3000), { maxLength: 100 }), (pauses) => {
        const clock = createManualClock();
        const limiter = createRateLimiter({ burst: 5, perSecond: 2 }, clock);
        let passed = 0;
        let elapsedMs = 0;
        for (const pause of pauses) {
          clock.advance(pause);
          elapsedMs += pause;
          if (limiter.take('a').isAllowed) passed += 1;
          expect(passed).toBeLessThanOrEqual(5 + (elapsedMs / 1000) * 2);
        }
      }),
    );
  });
});

describe('the client address', () => {
  const behindProxy = createClientAddresses(['10.0.0.0/8', '::1'], null);

  it.each([
    [
      'nobody trusted is in between',
      '203.0.113.7',
      { 'x-forwarded-for': '1.2.3.4' },
      '203.0.113.7',
    ],
    ['a trusted proxy tells it', '10.1.2.3', { 'x-forwarded-for': '203.0.113.7' }, '203.0.113.7'],
    [
      'the client invents hops',
      '10.1.2.3',
      { 'x-forwarded-for': '9.9.9.9, 203.0.113.7' },
      '203.0.113.7',
    ],
    ['two trusted proxies', '::1', { 'x-forwarded-for': '203.0.113.7, 10.0.0.9' }, '203.0.113.7'],
    ['the header is nonsense', '10.1.2.3', { 'x-forwarded-for': 'unknown' }, '10.1.2.3'],
    ['IPv4 through a dual-stack socket', '::ffff:203.0.113.7', {}, '203.0.113.7'],
    ['IPv6 is counted by its subscriber', '2001:db8:1:2:aaaa::1', {}, '2001:db8:1:2'],
    ['IPv6 with zeros left out', '2001:db8::1', {}, '2001:db8:0:0'],
  ])('is right when %s', (_case, remote, headers, expected) => {
    expect(behindProxy.clientOf(origin(remote, headers as Record<string, string>))).toBe(expected);
  });

  it.each([
    [
      '203.0.113.7',
      { host: 'a.example:8080', 'x-forwarded-proto': 'https' },
      'http://a.example:8080',
    ],
    [
      '10.1.2.3',
      { host: 'inner:8080', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'parken.example' },
      'https://parken.example',
    ],
    ['10.1.2.3', { host: '"><script>' }, 'http://localhost'],
    ['10.1.2.3', {}, 'http://localhost'],
  ])('gives the base of absolute addresses (%s, %o)', (remote, headers, expected) => {
    expect(behindProxy.baseUrlOf(origin(remote, headers as Record<string, string>))).toBe(expected);
  });

  it('prefers the configured public address', () => {
    const configured = createClientAddresses([], 'https://parken.example/stadt/');
    expect(configured.baseUrlOf(origin('1.2.3.4', { host: 'x' }))).toBe(
      'https://parken.example/stadt',
    );
  });

  it('refuses a trusted proxy that is no address', () => {
    expect(() => createClientAddresses(['proxy.local'], null)).toThrow("'proxy.local'");
  });
});

describe('the encoding', () => {
  it.each([
    ['br, gzip', 'br'],
    ['gzip, deflate', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['gzip;q=0.8, br;q=0.2', 'gzip'],
    ['gzip;q=0.8 , br; Q=0.8', 'br'],
    ['br;q=0.000, gzip;q=0', 'identity'],
    ['br;q=0.5, identity', 'identity'],
    ['br;q=nonsense', 'identity'],
    ['*', 'identity'],
    ['x-gzip', 'gzip'],
    ['BR;q=0.5', 'br'],
    ['identity', 'identity'],
    ['', 'identity'],
    [undefined, 'identity'],
  ])('for Accept-Encoding: %s is %s', (header, expected) => {
    expect(chooseEncoding(header)).toBe(expected);
  });
});
