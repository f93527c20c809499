import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { RequestContext } from '@nest-quintet/core';
import { DisallowedHostException } from './disallowed-host.exception.js';
import { HttpHeaders } from './http-headers.js';
import { HttpRequest } from './http-request.js';
import { HttpResponse } from './http-response.js';
import { RequestTrust, type RequestTrustOptions } from './request-trust.js';
import { patchVary } from './vary.js';

describe('HttpHeaders', () => {
  it('knows names in any case and sends them as they were first written', () => {
    const headers = new HttpHeaders({ 'Content-Type': 'text/plain' }).set('content-type', 'text/html');
    expect([headers.get('CONTENT-TYPE'), [...headers]]).toEqual([
      'text/html',
      [['Content-Type', 'text/html']],
    ]);
    expect([headers.delete('content-TYPE'), headers.size]).toEqual([true, 0]);
  });

  it('keeps several lines of one name apart', () => {
    const headers = new HttpHeaders().append('Set-Cookie', 'a=1').append('set-cookie', 'b=2');
    expect(headers.getAll('Set-Cookie')).toEqual(['a=1', 'b=2']);
    expect(headers.get('Set-Cookie')).toBe('a=1, b=2');
    expect(headers.toJSON()).toEqual({ 'Set-Cookie': ['a=1', 'b=2'] });
  });

  it('copies itself, and leaves out what is undefined', () => {
    const headers = new HttpHeaders({ A: '1', B: undefined, C: 3 });
    const copy = headers.clone().setDefault('A', '2').set('D', 'new');
    expect(copy.toJSON()).toEqual({ A: '1', C: '3', D: 'new' });
    expect(headers.has('D')).toBe(false);
  });
});

describe('HttpResponse', () => {
  it('does not share the headers that it was made with', () => {
    const shared = { 'X-A': '1' };
    HttpResponse.text('a', { headers: shared }).headers.set('X-A', '2');
    expect(HttpResponse.text('b', { headers: shared }).headers.get('X-A')).toBe('1');
  });

  it('drops what was computed of the old body', () => {
    const response = HttpResponse.text('old', {
      headers: { ETag: '"old"', 'Content-Length': '3', 'X-A': '1' },
    });
    response.body = 'new body';
    expect([response.text, response.headers.get('ETag'), response.headers.get('X-A')]).toEqual([
      'new body',
      undefined,
      '1',
    ]);
  });

  it('takes bytes as they are', () => {
    const bytes = Buffer.from([0, 255]);
    expect(HttpResponse.bytes(bytes).bytes).toBe(bytes);
    expect([...HttpResponse.bytes(new Uint8Array([1, 2, 3]).subarray(1)).bytes]).toEqual([2, 3]);
  });

  it('has no bytes when it is streaming', () => {
    const response = HttpResponse.stream(Readable.from([]));
    expect(response.isStreaming).toBe(true);
    expect(() => response.bytes).toThrow(/look at isStreaming first/);
  });

  it('adds to Vary each name once', () => {
    const response = HttpResponse.text('a', { headers: { Vary: 'Accept' } });
    patchVary(response, ['cookie', 'ACCEPT']);
    patchVary(response, ['Cookie']);
    expect(response.headers.get('Vary')).toBe('Accept, cookie');
  });
});

describe('HttpRequest', () => {
  const request = (headers: Record<string, string>, options?: RequestTrustOptions, url = '/a/b?x=1&x=2#c') =>
    new HttpRequest(
      { method: 'GET', url, headers, socket: { localAddress: '::1', localPort: 8080 } } as never,
      new RequestContext(),
      new RequestTrust(options),
    );

  it('reads path, query and cookies', () => {
    const { path, query, cookies } = request({ cookie: 'a=1; b=%20' });
    expect([path, query.getAll('x'), { ...cookies }]).toEqual(['/a/b', ['1', '2'], { a: '1', b: ' ' }]);
  });

  it('answers for the hosts that it is told of', () => {
    const allowedHosts = ['Example.com', '.other.test'];
    for (const host of ['example.com', 'EXAMPLE.COM:80', 'example.com.', 'a.other.test']) {
      expect(request({ host }, { allowedHosts }).getHost()).toBe(host);
    }
    for (const host of [
      'sub.example.com',
      'example.com.evil.test',
      'a_b.other.test',
      'x/y',
      'u@example.com',
      '',
    ]) {
      expect(() => request({ host }, { allowedHosts }).getHost()).toThrow(DisallowedHostException);
    }
    expect(() => request({ host: 'example.com' }, { allowedHosts: [] }).getHost()).toThrow(
      DisallowedHostException,
    );
    expect(request({ host: 'a.localhost:3000' }, { allowedHosts: [] }).getHost()).toBe('a.localhost:3000');
  });

  it('is its own address for a client that names no host', () => {
    expect(request({}).getHost()).toBe('[::1]:8080');
  });

  it('believes a proxy only when told to', () => {
    const headers = { host: 'inner', 'x-forwarded-host': 'outer.test', 'x-forwarded-proto': 'https, http' };
    expect([request(headers).host, request(headers).scheme]).toEqual(['inner', 'http']);
    const trusting = request(headers, {
      useXForwardedHost: true,
      secureProxySslHeader: ['X-Forwarded-Proto', 'https'],
    });
    expect([trusting.host, trusting.scheme]).toEqual(['outer.test', 'https']);
  });

  it('knows its port from the host, the scheme, or a proxy that is believed', () => {
    const headers = { host: 'inner:8080', 'x-forwarded-port': '4443' };
    expect([request(headers).port, request({ host: 'inner' }).port]).toEqual([8080, 80]);
    expect(request(headers, { useXForwardedPort: true }).port).toBe(4443);
  });

  it('shows what is exposed on the object that handlers get, whenever that comes', () => {
    const own = request({});
    own.expose('user', 'ada');
    const platform: { user?: string; later?: string } = {};
    own.adopt(platform);
    own.expose('later', 'too');
    expect([platform, (own.raw as { user?: string }).user]).toEqual([{ user: 'ada', later: 'too' }, 'ada']);
  });
});
