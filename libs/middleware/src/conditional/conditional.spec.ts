import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Header, Put } from '@nestjs/common';
import { platforms, type RunningApp, startApp } from '../testing.spec-support.js';
import { HttpResponse } from '../http/http-response.js';
import { Condition, ConditionalPage } from './condition.decorator.js';
import { ConditionalGetMiddleware } from './conditional-get.middleware.js';

const CHANGED = new Date('2026-01-02T03:04:05Z');
let runs = 0;

@Controller()
class ResourcesController {
  @Get('bytes') bytes() {
    return HttpResponse.text('the same');
  }
  @Get('kept') @Header('Vary', 'Cookie') kept() {
    return HttpResponse.text('kept', {
      headers: { ETag: '"v1"', 'X-Other': '1', 'Set-Cookie': ['a=1', 'b=2'] },
    });
  }
  @Get('secret') secret() {
    return HttpResponse.text('secret', { headers: { 'Cache-Control': 'no-store' } });
  }
  @Get('dated') @Condition({ lastModified: () => CHANGED }) dated() {
    runs += 1;
    return 'dated';
  }
  @Get('tagged/:id') @Condition({ etag: ({ params }) => `v${params.id}` }) tagged() {
    runs += 1;
    return HttpResponse.text('tagged');
  }
  @Put('tagged/:id') @Condition({ etag: ({ params }) => `v${params.id}` }) change() {
    runs += 1;
    return 'changed';
  }
  @Get('page') @ConditionalPage() page() {
    return HttpResponse.text('page');
  }
}

describe.each(platforms)('conditional requests on %s', (_name, makeAdapter) => {
  let running: RunningApp;
  afterEach(() => running.app.close());
  const start = async (middleware: any[] = []) => {
    runs = 0;
    running = await startApp(makeAdapter, { middleware, controllers: [ResourcesController] });
  };
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(running.url + path, { method, headers });

  it('names the bytes and does not send them twice', async () => {
    await start([ConditionalGetMiddleware]);
    const etag = `"${createHash('md5').update('the same').digest('hex')}"`;
    expect((await ask('/bytes')).headers.get('etag')).toBe(etag);
    const again = await ask('/bytes', { 'If-None-Match': etag });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('keeps in a 304 what caches need and the cookies', async () => {
    await start([ConditionalGetMiddleware]);
    const { status, headers } = await ask('/kept', { 'If-None-Match': 'W/"v1"' });
    expect([status, headers.get('etag'), headers.get('vary'), headers.get('x-other')]).toEqual([
      304,
      '"v1"',
      'Cookie',
      null,
    ]);
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('does not name what nobody may store', async () => {
    await start([ConditionalGetMiddleware]);
    expect((await ask('/secret')).headers.get('etag')).toBeNull();
  });

  it('answers from the date before the handler runs', async () => {
    await start();
    expect((await ask('/dated')).headers.get('last-modified')).toBe(CHANGED.toUTCString());
    expect((await ask('/dated', { 'If-Modified-Since': CHANGED.toUTCString() })).status).toBe(304);
    expect(runs).toBe(1);
  });

  it('answers from the tag before the handler runs', async () => {
    await start();
    expect((await ask('/tagged/1')).headers.get('etag')).toBe('"v1"');
    expect((await ask('/tagged/1', { 'If-None-Match': '"v1"' })).status).toBe(304);
    expect((await ask('/tagged/1', { 'If-Match': '"v2"' }, 'PUT')).status).toBe(412);
    expect((await ask('/tagged/1', { 'If-Match': '"v1"' }, 'PUT')).status).toBe(200);
    expect(runs).toBe(2);
  });

  it('does for one page what the middleware does for all', async () => {
    await start();
    const etag = (await ask('/page')).headers.get('etag')!;
    expect((await ask('/page', { 'If-None-Match': etag })).status).toBe(304);
    expect((await ask('/bytes')).headers.get('etag')).not.toBe(etag);
  });
});
