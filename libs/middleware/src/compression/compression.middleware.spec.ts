import { Readable } from 'node:stream';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Header, StreamableFile } from '@nestjs/common';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { platforms, type RunningApp, startApp } from '../testing.spec-support.js';
import { CompressionMiddleware, type CompressionOptions } from './compression.middleware.js';

const TEXT = 'compress me '.repeat(100);

@Controller()
class PagesController {
  @Get('text') text() {
    return TEXT;
  }
  @Get('short') short() {
    return 'short';
  }
  @Get('image') @Header('Content-Type', 'image/png') image() {
    return TEXT;
  }
  @Get('fixed') @Header('Cache-Control', 'no-transform') fixed() {
    return TEXT;
  }
  @Get('stream') stream() {
    return new StreamableFile(Readable.from([Buffer.from(TEXT), Buffer.from(TEXT)]), { type: 'text/plain' });
  }
}

describe.each(platforms)('CompressionMiddleware on %s', (_name, makeAdapter) => {
  let running: RunningApp;
  afterEach(() => running?.app.close());
  const start = async (options: CompressionOptions = {}) => {
    running = await startApp(makeAdapter, {
      middleware: [{ use: CompressionMiddleware, options }],
      controllers: [PagesController],
    });
  };
  /** Asks without being undeceived by a client that decompresses by itself. */
  const get = async (path: string, accept?: string) => {
    const headers: Record<string, string> = accept === undefined ? {} : { 'Accept-Encoding': accept };
    const request = httpRequest(running.url + path, { headers, agent: false }).end();
    const [response] = await once(request, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { headers: response.headers as Record<string, string | undefined>, body: Buffer.concat(chunks) };
  };

  it('takes the best coding that both sides know', async () => {
    await start();
    const best = await get('/text', 'gzip, br');
    expect(best.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(best.body).toString()).toBe(TEXT);
    expect(best.headers['content-length']).toBe(String(best.body.length));
    const wished = await get('/text', 'br;q=0.1, gzip');
    expect(wished.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(wished.body).toString()).toBe(TEXT);
  });

  it.each([
    ['/short', 'gzip'],
    ['/image', 'gzip'],
    ['/fixed', 'gzip'],
    ['/text', undefined],
    ['/text', 'deflate'],
    ['/text', 'gzip;q=0'],
  ])('leaves %s for Accept-Encoding %s as it is', async (path, accept) => {
    await start();
    expect((await get(path, accept)).headers['content-encoding']).toBeUndefined();
  });

  it('says that the answer depends on what the client reads', async () => {
    await start();
    expect((await get('/text')).headers['vary']).toBe('Accept-Encoding');
    expect((await get('/image')).headers['vary']).toBeUndefined();
  });

  it('compresses a stream as it comes, unless told otherwise', async () => {
    await start();
    const compressed = await get('/stream', 'gzip');
    expect(gunzipSync(compressed.body).toString()).toBe(TEXT + TEXT);
    expect(compressed.headers['content-length']).toBeUndefined();
    await running.app.close();
    await start({ streams: false });
    expect((await get('/stream', 'gzip')).body.toString()).toBe(TEXT + TEXT);
  });

  it('hides the length of what it compressed', async () => {
    await start({ breachSafe: true });
    const lengths = new Set<number>();
    for (let run = 0; run < 12; run++) {
      const { body } = await get('/text', 'br, gzip');
      expect(gunzipSync(body).toString()).toBe(TEXT);
      lengths.add(body.length);
    }
    expect(lengths.size).toBeGreaterThan(1);
    expect(gunzipSync((await get('/stream', 'gzip')).body).toString()).toBe(TEXT + TEXT);
  });

  it('refuses a coding that the runtime does not have', () => {
    expect(() => new CompressionMiddleware({ encodings: ['lzw'] })).toThrow(ImproperlyConfiguredError);
    expect(() => new CompressionMiddleware({ encodings: ['lzw'] })).toThrow(/Choices are: br, gzip/);
  });
});
