import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PageAddresses } from './page-addresses.js';
import type { PageRequest } from './page-request.js';

/** What may stand in a request line or a header: anything but line breaks and zero bytes. */
const text = fc.string({ unit: fc.constantFrom(...'ab/:?&=%20[]{}",\\ -_.'.split('')), maxLength: 6 });

const request = fc.record({
  method: fc.constantFrom('GET', 'HEAD'),
  scheme: fc.constantFrom('http', 'https'),
  host: text,
  url: text.map((path) => `/${path}`),
  language: fc.option(fc.constantFrom('en', 'de'), { nil: undefined }),
  query: fc.constant({}),
  headers: fc.dictionary(fc.constantFrom('cookie', 'accept', 'x-a'), text),
}) as fc.Arbitrary<PageRequest>;

const makeKey = (key: string) => `:1:${key}`;

/** All that tells two requests apart, as data. */
function identity({ method, scheme, host, url, language }: PageRequest): string {
  return JSON.stringify([method, scheme, host, url.replace(/\?$/, ''), language ?? '']);
}

describe('PageAddresses', () => {
  it('gives two requests one key only if all that tells them apart is the same', () => {
    const addresses = new PageAddresses({ keyPrefix: '' }, makeKey);
    const pair = fc.tuple(request, request);
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const keys = [a, b].map((each) => addresses.of(each, each.method).root.key);
        expect(keys[0] === keys[1]).toBe(identity(a) === identity(b));
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives the same keys whether it remembers a request or not', () => {
    const addresses = new PageAddresses({ keyPrefix: '' }, makeKey);
    fc.assert(
      fc.property(request, (each) => {
        const fresh = new PageAddresses({ keyPrefix: '' }, makeKey);
        expect(addresses.of(each, 'GET').root).toEqual(fresh.of(each, 'GET').root);
      }),
    );
  });

  it('takes no notice of Accept-Language where the language is known, chosen or the only one of the site', () => {
    const keysOf = (language: string | undefined, site?: string) => {
      const addresses = new PageAddresses({ keyPrefix: '', language: site }, makeKey);
      return ['de', 'fr'].map((header) => {
        const request = { ...visit({ headers: { 'accept-language': header } }), language };
        return addresses.of(request, 'GET').variant(['accept-language'], request).key;
      });
    };
    const count = (keys: string[]) => new Set(keys).size;
    expect([count(keysOf('de')), count(keysOf(undefined, 'en')), count(keysOf(undefined))]).toEqual([
      1, 1, 2,
    ]);
    expect(keysOf('de', 'en')).toEqual(keysOf('de'));
    expect(count([...keysOf('de', 'en'), ...keysOf(undefined, 'en')])).toBe(2);
  });

  it('tells variants apart by each value, and a missing header from an empty one', () => {
    const address = new PageAddresses({ keyPrefix: '' }, makeKey).of(visit({}), 'GET');
    const vary = ['accept', 'cookie'];
    const keys = [
      {},
      { accept: '' },
      { cookie: '' },
      { accept: 'a' },
      { cookie: 'a' },
      { accept: 'cookie' },
    ].map((headers) => address.variant(vary, visit({ headers })).key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('keeps the key prefix apart from what follows it', () => {
    const keys = [
      ['a\n', '/b'],
      ['a', '/b'],
      ['', 'a/b'],
      ['"', '/b'],
    ].map(
      ([keyPrefix, url]) =>
        new PageAddresses({ keyPrefix: keyPrefix! }, makeKey).of(visit({ url: url! }), 'GET').root.key,
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('takes listed parameters as the handler gets them', () => {
    const addresses = new PageAddresses({ keyPrefix: '', query: ['page', '__proto__'] }, makeKey);
    const key = (query: Record<string, unknown>) => addresses.of(visit({ query }), 'GET').root.key;
    expect(key({ page: '1', other: '2' })).toBe(key({ page: '1' }));
    const different = [
      {},
      { page: '1' },
      { page: ['1'] },
      { page: ['1', '2'] },
      { page: { a: '1' } },
      { page: '' },
    ];
    expect(new Set(different.map(key)).size).toBe(different.length);
  });

  it('forgets addresses rather than remember without end', () => {
    const addresses = new PageAddresses({ keyPrefix: '' }, makeKey);
    const first = addresses.of(visit({ url: '/0' }), 'GET');
    expect(addresses.of(visit({ url: '/0' }), 'GET')).toBe(first);
    for (let at = 0; at <= 1_000; at++) addresses.of(visit({ url: `/${at}` }), 'GET');
    expect(addresses.of(visit({ url: '/0' }), 'GET')).not.toBe(first);
    const long = `/${'a'.repeat(2_000)}`;
    expect(addresses.of(visit({ url: long }), 'GET')).not.toBe(addresses.of(visit({ url: long }), 'GET'));
  });
});

function visit(changes: Partial<PageRequest>): PageRequest {
  return {
    method: 'GET',
    scheme: 'http',
    host: 'h',
    url: '/',
    language: undefined,
    headers: {},
    query: {},
    ...changes,
  };
}
