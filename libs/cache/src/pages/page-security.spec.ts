import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Catch,
  Controller,
  Get,
  Headers,
  Module,
  Param,
  Query,
  Req,
  Res,
  UseFilters,
  type ArgumentsHost,
  type ExceptionFilter,
  type INestApplication,
} from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { MiddlewareModule } from '@nest-quintet/middleware';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import supertest from 'supertest';
import { CacheModule, CachePage, memoryCache, VaryOnCookie } from '../index.js';

/** Answers whatever fails with 200, as an application might that speaks of errors in its bodies. */
@Catch()
class Forgiving implements ExceptionFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: Error, host: ArgumentsHost): void {
    this.adapterHost.httpAdapter.reply(host.switchToHttp().getResponse(), { failed: error.message }, 200);
  }
}

const big = Buffer.alloc(50 * 1024 * 1024, 'quintet');

/** Lets a test hold a handler back. */
const gate = { until: Promise.resolve() };

@Controller()
class Pages {
  runs = 0;

  @Get('mine')
  @CachePage(60)
  @VaryOnCookie()
  mine(@Req() { headers }: IncomingMessage) {
    return { of: headers.cookie ?? null };
  }

  @Get('account')
  @CachePage(60)
  account(@Headers('authorization') authorization?: string) {
    return { of: authorization ?? null };
  }

  @Get('link')
  @CachePage(60)
  link(@Req() request: { host: string; protocol: string }) {
    return { link: `${request.protocol}://${request.host}/` };
  }

  @Get('device')
  @CachePage(60, { vary: ['X-Device'] })
  device(@Headers('x-device') device: string) {
    return { device: device ?? null };
  }

  @Get('list')
  @CachePage(60, { query: ['page'] })
  list(@Query('page') page: unknown, @Query('callback') callback?: string) {
    return { page: page ?? null, callback: callback ? 'given' : null };
  }

  @Get('items/:id')
  @CachePage(60)
  item(@Param('id') id: string) {
    return { id };
  }

  @Get('fails')
  @CachePage(60)
  @UseFilters(Forgiving)
  fails() {
    throw new Error(`Try ${++this.runs}.`);
  }

  @Get('circular')
  @CachePage(60)
  async circular() {
    this.runs++;
    await gate.until;
    const data: Record<string, unknown> = {};
    data['self'] = data;
    return data;
  }

  @Get('injected')
  @CachePage(60)
  injected(
    @Query('name') name: string,
    @Res() response: { header(name: string, value: string): { send(body: string): void } },
  ) {
    response.header('X-Name', name).send('fine');
  }

  @Get('big')
  @CachePage(60)
  big(@Res() response: { send(body: Buffer): void }) {
    this.runs++;
    response.send(big);
  }
}

@Module({
  imports: [MiddlewareModule.forRoot(), CacheModule.forRoot({ caches: { default: memoryCache() } })],
  controllers: [Pages],
})
class App {}

const adapters: [string, () => ExpressAdapter | FastifyAdapter][] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
];

describe.each(adapters)('Whoever wants the page of somebody else, on %s,', (_, makeAdapter) => {
  let app: INestApplication;
  let http: ReturnType<typeof supertest>;

  beforeEach(async () => {
    app = await NestFactory.create(App, makeAdapter(), { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    http = supertest(app.getHttpServer());
    gate.until = Promise.resolve();
  });

  afterEach(() => app.close());

  it('does not get it by another cookie, by none, or by one that looks like several headers', async () => {
    const cookies = ['id=1', 'id=2', 'id=1; x=2', 'id=1, id=2', ''];
    for (const cookie of cookies) await http.get('/mine').set('Cookie', cookie).expect('X-Cache', 'MISS');
    await http.get('/mine').expect({ of: null });
    for (const cookie of cookies) await http.get('/mine').set('Cookie', cookie).expect({ of: cookie });
  });

  it('does not get what was made for an Authorization, and leaves nothing behind with one', async () => {
    const { headers } = await http
      .get('/account')
      .set('Authorization', 'Bearer a')
      .expect('X-Cache', 'BYPASS');
    expect(headers['cache-control']).toContain('private');
    await http.get('/account').expect('X-Cache', 'MISS').expect({ of: null });
    await http.get('/account').set('Authorization', 'Bearer b').expect({ of: 'Bearer b' });
    await http.get('/account').expect('X-Cache', 'HIT').expect({ of: null });
  });

  it('poisons only the page of a host that nobody else asks for', async () => {
    await http.get('/link').set('Host', 'evil.example').expect({ link: 'http://evil.example/' });
    await http.get('/link').set('Host', 'good.example').expect({ link: 'http://good.example/' });
    for (const name of [
      'X-Forwarded-Host',
      'X-Forwarded-Proto',
      'Forwarded',
      'X-Original-URL',
      'X-Rewrite-URL',
    ]) {
      await http
        .get('/link')
        .set('Host', 'good.example')
        .set(name, 'evil')
        .expect({ link: 'http://good.example/' });
      await http.get('/link').set('Host', 'good.example').expect({ link: 'http://good.example/' });
    }
  });

  it('reaches nothing by the form of the request line', async () => {
    await http.get('/link').set('Host', 'good.example').expect('X-Cache', 'MISS');
    const answer = await send(app, 'GET http://evil.example/link HTTP/1.1\r\nHost: good.example\r\n\r\n');
    expect(answer).not.toContain('X-Cache: HIT');
    await http.get('/link').set('Host', 'good.example').expect({ link: 'http://good.example/' });
  });

  it('is told apart by every header that a page varies on', async () => {
    for (const device of ['phone', 'Phone', 'phone ', 'phone,tv']) {
      await http.get('/device').set('X-Device', device).expect({ device: device.trim() });
    }
    await http.get('/device').expect({ device: null });
  });

  it('does not slip another value into a listed parameter', async () => {
    await http.get('/list?page=1').expect('X-Cache', 'MISS').expect({ page: '1', callback: null });
    await http.get('/list?page=1&utm=2').expect('X-Cache', 'HIT').expect({ page: '1', callback: null });
    const others = [
      '?page=1&page=2',
      '?page=2&page=1',
      '?page=',
      '',
      '?page=1%00',
      '?PAGE=1',
      '?page=1%26page=2',
    ];
    for (const query of others)
      await http.get(`/list${query}`).expect('X-Cache', query === '?PAGE=1' ? 'HIT' : 'MISS');
    await http.get('/list?page=1').expect('X-Cache', 'HIT').expect({ page: '1', callback: null });
  });

  it('does not find one path under the name of another', async () => {
    const paths = [
      'a',
      'A',
      '%61',
      'a%2Fb',
      'a%252Fb',
      'a%0Ab',
      'a?',
      'a?b',
      'a?b=',
      'a%3Fb',
      'a:b',
      'a;b',
      '%E2%82%AC',
    ];
    for (const path of paths) await http.get(`/items/${path}`);
    for (const path of paths) {
      const id = decodeURIComponent(path.split('?')[0]!);
      await http.get(`/items/${path}`).expect('X-Cache', 'HIT').expect({ id });
    }
  });

  it('does not empty a page by asking for its head', async () => {
    await http.head('/items/1').expect('X-Cache', 'MISS');
    await http.get('/items/1').expect({ id: '1' });
    const { headers, text } = await http.head('/items/1').expect('X-Cache', 'HIT');
    expect([headers['content-length'], text]).toEqual(['10', undefined]);
    await http.get('/items/1').set('X-HTTP-Method-Override', 'HEAD').expect({ id: '1' });
    await http.get('/items/1').set('Range', 'bytes=0-1').expect(200, { id: '1' });
  });

  it('has no error kept, though it is answered with 200', async () => {
    await http.get('/fails').expect(200, { failed: 'Try 1.' });
    await http.get('/fails').expect(200, { failed: 'Try 2.' });
  });

  it('lets nobody wait for what cannot be serialised', async () => {
    let open = () => {};
    gate.until = new Promise((resolve) => (open = resolve));
    const answers = Promise.all([1, 2, 3].map(() => http.get('/circular')));
    setImmediate(open);
    expect((await answers).map(({ status }) => status)).toEqual([500, 500, 500]);
    expect(app.get(Pages).runs).toBe(3);
  });

  it('writes no header of his own into a page', async () => {
    const name = encodeURIComponent('a\r\nSet-Cookie: id=1');
    const { headers } = await http.get(`/injected?name=${name}`).expect(500);
    expect(headers['set-cookie']).toBeUndefined();
    await http.get(`/injected?name=${name}`).expect(500);
    await http.get('/injected?name=a').expect('X-Name', 'a');
  });

  it('gets 50 MB as they are, from the cache as from the handler', async () => {
    const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    for (const outcome of ['MISS', 'HIT']) {
      const { body } = await http.get('/big').buffer(true).expect('X-Cache', outcome);
      expect(digest(body as Buffer)).toBe(digest(big));
    }
    expect(app.get(Pages).runs).toBe(1);
  });
});

/** Sends bytes that no client library would, and returns the answer's text. */
async function send(app: INestApplication, text: string): Promise<string> {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(text);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString('latin1');
}
