import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  BadRequestException,
  Controller,
  Get,
  Header,
  HttpCode,
  Param,
  ParseIntPipe,
  Post,
  Redirect,
  Res,
  Sse,
  StreamableFile,
  Body,
} from '@nestjs/common';
import { of } from 'rxjs';
import { requestContext, contextKey } from '@nest-quintet/core';
import { HttpResponse, onResponse } from './index.js';
import { layer, platforms, type RunningApp, startApp } from './testing.spec-support.js';

const slot = contextKey<string>('slot');

@Controller()
class DemoController {
  @Get('value') value() {
    return { ok: true };
  }
  @Get('text') text() {
    return 'plain';
  }
  @Get('observable') observable() {
    return of({ from: 'observable' });
  }
  @Post('made') @HttpCode(202) @Header('X-Made', 'yes') made(@Body() body: object) {
    return body;
  }
  @Get('away') @Redirect('/value', 301) away() {}
  @Get('raw') raw(@Res() response: any) {
    (response.raw ?? response).setHeader('X-Raw', '1');
    if (response.raw) response.hijack();
    (response.raw ?? response).end('by hand');
  }
  @Get('chunks') chunks(@Res() response: any) {
    const raw = response.raw ?? response;
    if (response.raw) response.hijack();
    raw.write('a');
    setTimeout(() => {
      raw.write('b');
      raw.end('c');
    }, 5);
  }
  @Get('file') file() {
    return new StreamableFile(Readable.from([Buffer.from('one '), Buffer.from('two')]), {
      type: 'text/plain',
    });
  }
  @Sse('events') events() {
    return of({ data: 'hello' }, { data: 'again' });
  }
  @Get('error') error() {
    throw new BadRequestException('no');
  }
  @Get('crash') crash() {
    throw new Error('boom');
  }
  @Get('number/:id') number(@Param('id', ParseIntPipe) id: number) {
    return { id };
  }
  @Get('response') response() {
    return new HttpResponse('{"finished":true}', {
      status: 203,
      headers: { 'Content-Type': 'application/json', 'X-A': '1', 'Set-Cookie': ['a=1', 'b=2'] },
    });
  }
  @Get('context') async context() {
    await wait(2);
    return { slot: requestContext.get(slot) };
  }
}

describe.each(platforms)('the response seam on %s', (_name, makeAdapter) => {
  let running: RunningApp;
  afterEach(() => running.app.close());

  const seen: { status: number; type: string | undefined; streaming: boolean; body: string | undefined }[] =
    [];
  const Outer = layer('Outer', async (_request, next) => {
    requestContext.current()!.set(slot, 'alive');
    const response = await next();
    seen.push({
      status: response.status,
      type: response.headers.get('content-type'),
      streaming: response.isStreaming,
      body: response.isStreaming ? undefined : response.text,
    });
    response.headers.set('X-Outer', 'seen').append('Set-Cookie', 'outer=1');
    return response;
  });

  const get = async (path: string, init?: RequestInit) => {
    seen.length = 0;
    const response = await fetch(running.url + path, { redirect: 'manual', ...init });
    return { status: response.status, headers: response.headers, body: await response.text() };
  };

  it.each([
    ['/value', 200, '{"ok":true}', false],
    ['/text', 200, 'plain', false],
    ['/observable', 200, '{"from":"observable"}', false],
    ['/away', 301, undefined, false],
    ['/raw', 200, 'by hand', false],
    ['/chunks', 200, 'abc', true],
    ['/file', 200, 'one two', true],
    ['/error', 400, undefined, false],
    ['/crash', 500, undefined, false],
    ['/number/x', 400, undefined, false],
    ['/nowhere', 404, undefined, false],
    ['/response', 203, '{"finished":true}', false],
    ['/context', 200, '{"slot":"alive"}', false],
    ['/number/%FF', 400, undefined, false],
  ])('hands out the response of %s before it leaves', async (path, status, body, streaming) => {
    running = await startApp(makeAdapter, { middleware: [Outer], controllers: [DemoController] });
    const response = await get(path);
    expect(response.status).toBe(status);
    if (body !== undefined) expect(response.body).toBe(body);
    expect(response.headers.get('x-outer')).toBe('seen');
    expect(response.headers.getSetCookie()).toContain('outer=1');
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ status, streaming });
    if (body !== undefined && !streaming) expect(seen[0]!.body).toBe(body);
  });

  it('hands out server-sent events as a stream', async () => {
    running = await startApp(makeAdapter, { middleware: [Outer], controllers: [DemoController] });
    const response = await get('/events');
    expect(response.headers.get('content-type')).toMatch('text/event-stream');
    expect(response.headers.get('x-outer')).toBe('seen');
    expect(response.body).toContain('data: hello');
    expect(response.body).toContain('data: again');
  });

  it('sees what the body parser refuses', async () => {
    running = await startApp(makeAdapter, { middleware: [Outer], controllers: [DemoController] });
    const response = await get('/made', {
      method: 'POST',
      body: '{"a":',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(response.status).toBe(400);
    expect(seen).toHaveLength(1);
    const good = await get('/made', {
      method: 'POST',
      body: '{"a":1}',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(good.status).toBe(202);
    expect(good.body).toBe('{"a":1}');
    expect(good.headers.get('x-made')).toBe('yes');
  });

  it('lets a replaced body be sent with its own length', async () => {
    const Shout = layer('Shout', async (_request, next) => {
      const response = await next();
      response.body = response.text.toUpperCase() + '!';
      return response;
    });
    running = await startApp(makeAdapter, { middleware: [Shout], controllers: [DemoController] });
    const response = await get('/text');
    expect(response.body).toBe('PLAIN!');
    expect(response.headers.get('content-length')).toBe('6');
    expect(response.headers.get('etag')).toBeNull();
  });

  it('lets a streaming body be wrapped', async () => {
    const Wrap = layer('Wrap', async (_request, next) => {
      const response = await next();
      const inner = response.body as Readable;
      response.body = Readable.from(
        (async function* () {
          yield '<';
          yield* inner;
          yield '>';
        })(),
      );
      return response;
    });
    running = await startApp(makeAdapter, { middleware: [Wrap], controllers: [DemoController] });
    expect((await get('/chunks')).body).toBe('<abc>');
    expect((await get('/file')).body).toBe('<one two>');
  });

  it('replaces a response, streaming or not', async () => {
    const Replace = layer('Replace', async (_request, next) => {
      await next();
      return HttpResponse.text('instead', { status: 418 });
    });
    running = await startApp(makeAdapter, { middleware: [Replace], controllers: [DemoController] });
    for (const path of ['/text', '/chunks', '/file', '/response']) {
      const response = await get(path);
      expect([response.status, response.body]).toEqual([418, 'instead']);
      expect(response.headers.get('x-a')).toBeNull();
    }
  });

  it('answers without going further in', async () => {
    const Stop = layer('Stop', () => HttpResponse.json({ stopped: true }, { status: 403 }));
    running = await startApp(makeAdapter, { middleware: [Outer, Stop], controllers: [DemoController] });
    const response = await get('/text');
    expect([response.status, response.body]).toEqual([403, '{"stopped":true}']);
    expect(seen[0]!.status).toBe(403);
  });

  it('writes a finished response as it is', async () => {
    running = await startApp(makeAdapter, { controllers: [DemoController] });
    const response = await get('/response');
    expect([response.status, response.body]).toEqual([203, '{"finished":true}']);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('content-length')).toBe('17');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('answers HEAD with the length and no body', async () => {
    running = await startApp(makeAdapter, { middleware: [Outer], controllers: [DemoController] });
    const response = await get('/text', { method: 'HEAD' });
    expect([response.status, response.body, response.headers.get('content-length')]).toEqual([200, '', '5']);
  });

  it('makes a response of what a middleware throws, through the exception filters', async () => {
    const Before = layer('Before', () => {
      throw new BadRequestException('before');
    });
    running = await startApp(makeAdapter, { middleware: [Outer, Before], controllers: [DemoController] });
    const response = await get('/text');
    expect(response.status).toBe(400);
    expect(JSON.parse(response.body)).toMatchObject({ statusCode: 400, message: 'before' });
    expect(response.headers.get('x-outer')).toBe('seen');
  });

  it.each(['/text', '/chunks', '/file'])(
    'throws a response of %s away when a middleware fails after it',
    async (path) => {
      const After = layer('After', async (_request, next) => {
        await next();
        throw new Error('after');
      });
      running = await startApp(makeAdapter, { middleware: [Outer, After], controllers: [DemoController] });
      const response = await get(path);
      expect(response.status).toBe(500);
      expect(JSON.parse(response.body)).toMatchObject({ statusCode: 500 });
      expect(response.headers.get('x-outer')).toBe('seen');
    },
  );

  it('names the class that calls next() twice or does not wait for it', async () => {
    const Twice = layer('Twice', async (_request, next) => {
      await next();
      return next();
    });
    const Hasty = layer('Hasty', async (_request, next) => {
      void next();
      return HttpResponse.text('hasty');
    });
    const errors: unknown[] = [];
    const Watch = layer('Watch', (_request, next) => next());
    for (const [Bad, text] of [
      [Twice, /Twice called next\(\) twice/],
      [Hasty, /Hasty returned before/],
    ] as const) {
      running = await startApp(
        makeAdapter,
        { middleware: [Watch, Bad], controllers: [DemoController] },
        (app) =>
          app.useGlobalFilters({
            catch(error: unknown, host: any) {
              errors.push(error);
              const response = host.switchToHttp().getResponse();
              response.status(500).send('failed');
            },
          }),
      );
      expect((await get('/text')).status).toBe(500);
      expect(String(errors.pop())).toMatch(text);
      if (Bad === Twice) await running.app.close();
    }
  });

  it('shows the innermost response to onResponse(), before any middleware', async () => {
    const order: string[] = [];
    const Registers = layer('Registers', async (request, next) => {
      onResponse(request, (response) => {
        order.push(`callback ${response.status}`);
        response.headers.set('X-Callback', 'yes');
      });
      const response = await next();
      order.push(`after ${response.headers.get('x-callback')}`);
      return response;
    });
    running = await startApp(makeAdapter, { middleware: [Registers], controllers: [DemoController] });
    expect((await get('/value')).headers.get('x-callback')).toBe('yes');
    expect(order).toEqual(['callback 200', 'after yes']);
  });

  it('holds the response for onResponse() when the list is empty', async () => {
    running = await startApp(makeAdapter, { controllers: [DemoController] }, (app) =>
      app.useGlobalInterceptors({
        intercept(context: any, next: any) {
          onResponse(context.switchToHttp().getRequest(), (response) => {
            response.headers.set('X-Callback', response.text);
          });
          return next.handle();
        },
      }),
    );
    expect((await get('/text')).headers.get('x-callback')).toBe('plain');
  });
});
