import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  Controller,
  ForbiddenException,
  Get,
  Header,
  HttpCode,
  Injectable,
  Module,
  NotFoundException,
  Param,
  Post,
  Req,
  Res,
  StreamableFile,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { MiddlewareModule } from '@nest-quintet/middleware';
import type { IncomingMessage, ServerResponse } from 'node:http';
import supertest from 'supertest';
import {
  Cache,
  CacheControl,
  CacheModule,
  CachePage,
  getCacheToken,
  memoryCache,
  NeverCache,
  VaryOnCookie,
  VaryOnHeaders,
} from '../index.js';

@Injectable()
class MembersOnly implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
    if (headers['x-member'] !== 'yes') throw new ForbiddenException();
    return true;
  }
}

/** Lets a test hold a handler back. */
const gate = { until: Promise.resolve() };

@Controller()
class Pages {
  runs = 0;

  @Get('value')
  @CachePage(60)
  value() {
    return { run: ++this.runs };
  }

  @Get('item/:id')
  @CachePage('1m', { tags: ({ params }) => [`item:${params.id}`] })
  item(@Param('id') id: string) {
    return { id, run: ++this.runs };
  }

  @Get('sent')
  @CachePage(60)
  sent(@Res() response: { status(code: number): { send(body: string): void } }) {
    response.status(200).send(`<b>${++this.runs}</b>`);
  }

  @Get('varied')
  @CachePage(60)
  @VaryOnCookie()
  varied(@Req() request: IncomingMessage) {
    return { cookie: request.headers.cookie ?? null, run: ++this.runs };
  }

  @Get('outside')
  @VaryOnHeaders('X-Outer')
  @CachePage(60)
  @CacheControl({ public: true })
  outside() {
    return { run: ++this.runs };
  }

  @Get('cookie')
  @CachePage(60)
  @Header('Set-Cookie', 'id=1')
  cookie() {
    return { run: ++this.runs };
  }

  @Get('private')
  @CachePage(60)
  @CacheControl({ private: true })
  private() {
    return { run: ++this.runs };
  }

  @Get('never')
  @NeverCache()
  never() {
    return { run: ++this.runs };
  }

  @Get('members')
  @UseGuards(MembersOnly)
  @CachePage(60)
  members() {
    return { run: ++this.runs };
  }

  @Get('shared')
  @CachePage(60, { shareAuthorized: true })
  shared() {
    return { run: ++this.runs };
  }

  @Get('listed')
  @CachePage(60, { query: ['page'] })
  listed() {
    return { run: ++this.runs };
  }

  @Get('missing')
  @CachePage(60)
  missing() {
    this.runs++;
    throw new NotFoundException();
  }

  @Get('gone')
  @HttpCode(410)
  @CachePage(60)
  gone() {
    return { run: ++this.runs };
  }

  @Get('stream')
  @CachePage(60)
  stream() {
    this.runs++;
    return new StreamableFile(Readable.from([Buffer.from('a'), Buffer.from('b')]));
  }

  @Get('long-stream')
  @CachePage(60, { maxFileBytes: 1 })
  longStream() {
    this.runs++;
    return new StreamableFile(Readable.from([Buffer.from('a'), Buffer.from('b')]));
  }

  @Get('written')
  @CachePage(60)
  written(@Res() response: { raw?: ServerResponse }) {
    this.runs++;
    const raw = response.raw ?? (response as ServerResponse);
    raw.write('a');
    raw.end('b');
  }

  @Get('slow')
  @CachePage(60)
  async slow() {
    const run = ++this.runs;
    await gate.until;
    return { run };
  }

  @Get('slow-private')
  @CachePage(60)
  @CacheControl({ private: true })
  async slowPrivate() {
    const run = ++this.runs;
    await gate.until;
    return { run };
  }

  @Post('value')
  post() {
    return { run: ++this.runs };
  }
}

@Controller('class')
@CachePage(60, { cache: 'other' })
@VaryOnHeaders('X-Class')
class Whole {
  runs = 0;

  @Get('a')
  a() {
    return { run: ++this.runs };
  }

  @Get('b')
  @CachePage(5)
  b() {
    return { run: ++this.runs };
  }

  @Post('a')
  post() {
    return { run: ++this.runs };
  }
}

@Module({
  imports: [
    MiddlewareModule.forRoot(),
    CacheModule.forRoot({
      caches: { default: memoryCache(), other: memoryCache() },
      pages: { timeout: '10m' },
    }),
  ],
  controllers: [Pages, Whole],
})
class App {}

async function boot(
  module: Type,
  adapter: ExpressAdapter | FastifyAdapter = new ExpressAdapter(),
  prepare = (_app: INestApplication) => {},
): Promise<INestApplication> {
  const app = await NestFactory.create(module, adapter, { logger: false, abortOnError: false });
  prepare(app);
  await app.listen(0, '127.0.0.1');
  return app;
}

const adapters: [string, () => ExpressAdapter | FastifyAdapter][] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
];

describe.each(adapters)('@CachePage() on %s', (_, makeAdapter) => {
  let app: INestApplication;
  let http: ReturnType<typeof supertest>;

  beforeEach(async () => {
    jest.useFakeTimers({
      doNotFake: [
        'nextTick',
        'setImmediate',
        'queueMicrotask',
        'setTimeout',
        'clearTimeout',
        'setInterval',
        'clearInterval',
      ],
      now: Date.UTC(2024, 4, 1, 12),
    });
    app = await boot(App, makeAdapter());
    http = supertest(app.getHttpServer());
  });

  afterEach(async () => {
    await app.close();
    jest.useRealTimers();
  });

  it('keeps the response for its time, and does not run the handler meanwhile', async () => {
    const miss = await http.get('/value').expect(200, { run: 1 });
    expect(miss.headers).toMatchObject({
      'x-cache': 'MISS',
      'cache-control': 'max-age=60',
      expires: 'Wed, 01 May 2024 12:01:00 GMT',
    });
    expect(miss.headers.age).toBeUndefined();
    jest.setSystemTime(Date.UTC(2024, 4, 1, 12, 0, 59));
    const hit = await http.get('/value').expect(200, { run: 1 });
    expect(hit.headers).toMatchObject({
      'x-cache': 'HIT',
      age: '59',
      'cache-control': 'max-age=60',
      expires: 'Wed, 01 May 2024 12:01:00 GMT',
      'content-type': miss.headers['content-type'],
      'content-length': '9',
    });
    jest.setSystemTime(Date.UTC(2024, 4, 1, 12, 1, 1));
    await http.get('/value').expect('X-Cache', 'MISS').expect({ run: 2 });
  });

  it('answers HEAD from what GET left, with its headers and without its body', async () => {
    await http.get('/value');
    const head = await http.head('/value').expect(200).expect('X-Cache', 'HIT');
    expect(head.headers['content-length']).toBe('9');
    expect(head.text).toBeUndefined();
  });

  it('does not answer GET from what HEAD left', async () => {
    await http.head('/value').expect('X-Cache', 'MISS');
    await http.head('/value').expect('X-Cache', 'HIT');
    await http.get('/value').expect('X-Cache', 'MISS').expect({ run: 2 });
  });

  it('keeps what a handler sends by itself', async () => {
    await http.get('/sent').expect('X-Cache', 'MISS');
    const hit = await http.get('/sent').expect('X-Cache', 'HIT');
    expect(hit.text).toBe('<b>1</b>');
  });

  it('keeps a page for each value of the headers it varies on', async () => {
    await http.get('/varied').expect({ cookie: null, run: 1 });
    await http
      .get('/varied')
      .set('Cookie', 'c=1')
      .expect('X-Cache', 'MISS')
      .expect({ cookie: 'c=1', run: 2 });
    await http.get('/varied').expect('X-Cache', 'HIT').expect({ cookie: null, run: 1 });
    const hit = await http.get('/varied').set('Cookie', 'c=1').expect({ cookie: 'c=1', run: 2 });
    expect(hit.headers.vary).toBe('Cookie');
  });

  it('keeps what stands inside of it with the page, and adds what stands outside to every answer', async () => {
    await http
      .get('/outside')
      .set('X-Outer', '1')
      .expect('Vary', 'X-Outer')
      .expect('Cache-Control', 'public, max-age=60');
    await http
      .get('/outside')
      .set('X-Outer', '2')
      .expect('X-Cache', 'HIT')
      .expect('Vary', 'X-Outer')
      .expect({ run: 1 });
  });

  it.each(['/cookie', '/private', '/gone'])('never keeps %s', async (path) => {
    const first = await http.get(path).expect({ run: 1 });
    expect(first.headers.expires).toBeUndefined();
    await http.get(path).expect('X-Cache', 'MISS').expect({ run: 2 });
  });

  it('keeps neither errors nor streams', async () => {
    await http.get('/missing').expect(404);
    await http.get('/missing').expect(404);
    expect((await http.get('/written')).text).toBe('ab');
    expect((await http.get('/written')).text).toBe('ab');
    expect(app.get(Pages).runs).toBe(4);
  });

  it('keeps files up to a size', async () => {
    expect((await http.get('/stream').expect('X-Cache', 'MISS')).body).toEqual(Buffer.from('ab'));
    const { body, headers } = await http.get('/stream').expect('X-Cache', 'HIT');
    expect(body).toEqual(Buffer.from('ab'));
    expect(headers).toMatchObject({ 'content-type': 'application/octet-stream', 'content-length': '2' });
    for (let run = 0; run < 2; run++) await http.get('/long-stream').expect('X-Cache', 'MISS');
    expect(app.get(Pages).runs).toBe(3);
  });

  it('says of @NeverCache() that nobody may keep it', async () => {
    const { headers } = await http.get('/never');
    expect(headers['cache-control']).toBe('max-age=0, no-cache, no-store, must-revalidate, private');
    expect(headers.expires).toBe('Wed, 01 May 2024 12:00:00 GMT');
  });

  it('stands behind the guards', async () => {
    await http.get('/members').set('X-Member', 'yes').expect({ run: 1 });
    await http.get('/members').expect(403);
    await http.get('/members').set('X-Member', 'yes').expect('X-Cache', 'HIT');
  });

  it('neither serves nor keeps pages of requests with Authorization, unless told so', async () => {
    await http
      .get('/value')
      .set('Authorization', 'Bearer a')
      .expect('X-Cache', 'BYPASS')
      .expect('Cache-Control', 'private')
      .expect({ run: 1 });
    await http.get('/value').expect('X-Cache', 'MISS').expect({ run: 2 });
    await http.get('/value').set('Authorization', 'Bearer a').expect('X-Cache', 'BYPASS').expect({ run: 3 });
    await http.get('/shared').set('Authorization', 'Bearer a').expect('X-Cache', 'MISS').expect({ run: 4 });
    await http.get('/shared').expect('X-Cache', 'HIT').expect({ run: 4 });
  });

  it('tells hosts, paths and queries apart', async () => {
    await http.get('/value').set('Host', 'one.example').expect({ run: 1 });
    await http.get('/value').set('Host', 'two.example').expect({ run: 2 });
    await http.get('/value?a=1').set('Host', 'one.example').expect({ run: 3 });
    await http.get('/value?').set('Host', 'one.example').expect('X-Cache', 'HIT').expect({ run: 1 });
    await http
      .get('/value')
      .set('Host', 'two.example')
      .set('X-Forwarded-Host', 'one.example')
      .expect({ run: 2 });
  });

  it('looks at the listed query parameters only', async () => {
    await http.get('/listed?page=1&utm=x').expect({ run: 1 });
    await http.get('/listed?utm=y&page=1').expect('X-Cache', 'HIT').expect({ run: 1 });
    await http.get('/listed?page=2').expect({ run: 2 });
    await http.get('/listed?page=1&page=2').expect({ run: 3 });
  });

  it('lets a tag make a page stale', async () => {
    await http.get('/item/1').expect({ id: '1', run: 1 });
    await http.get('/item/2').expect({ id: '2', run: 2 });
    await app.get(Cache).invalidateTags('item:1');
    await http.get('/item/1').expect('X-Cache', 'MISS').expect({ id: '1', run: 3 });
    await http.get('/item/2').expect('X-Cache', 'HIT');
  });

  it('runs the handler once for concurrent misses', async () => {
    let open = () => {};
    gate.until = new Promise((resolve) => (open = resolve));
    const answers = Array.from({ length: 10 }, () => http.get('/slow').then(({ body }) => body as unknown));
    while (app.get(Pages).runs === 0) await new Promise(setImmediate);
    open();
    expect(new Set((await Promise.all(answers)).map((body) => JSON.stringify(body)))).toEqual(
      new Set(['{"run":1}']),
    );
  });

  it('gives each of concurrent visitors an answer of their own where the page may not be kept', async () => {
    let open = () => {};
    gate.until = new Promise((resolve) => (open = resolve));
    const answers = Array.from({ length: 5 }, () =>
      http.get('/slow-private').then(({ body }) => (body as { run: number }).run),
    );
    while (app.get(Pages).runs === 0) await new Promise(setImmediate);
    open();
    expect((await Promise.all(answers)).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
  });

  it('decorates every handler of a controller, and lets a handler say otherwise', async () => {
    await http
      .get('/class/a')
      .expect('Cache-Control', 'max-age=60')
      .expect('Vary', 'X-Class')
      .expect({ run: 1 });
    await http.get('/class/b').expect('Cache-Control', 'max-age=5').expect({ run: 2 });
    await app.get(Cache).clear();
    await http.get('/class/a').expect('X-Cache', 'HIT');
    await app.get<Cache>(getCacheToken('other')).clear();
    await http.get('/class/a').expect('X-Cache', 'MISS');
    await http.post('/class/a').expect('X-Cache', 'BYPASS').expect(201);
  });
});

describe('@CachePage()', () => {
  it('leaves to those around it the headers that they set on every answer', async () => {
    let count = 0;
    const number = (_: IncomingMessage, response: ServerResponse, next: () => void) => {
      response.setHeader('X-Request-Id', String(++count));
      next();
    };
    const app = await boot(App, new ExpressAdapter(), (booting) => booting.use(number));
    const http = supertest(app.getHttpServer());
    await http.get('/value').expect('X-Request-Id', '1');
    await http.get('/value').expect('X-Cache', 'HIT').expect('X-Request-Id', '2');
    await app.close();
  });

  it('refuses to start with an unknown cache', async () => {
    @Controller()
    class Wrong {
      @Get()
      @CachePage(60, { cache: 'pagse' })
      list() {}
    }
    @Module({ imports: [MiddlewareModule.forRoot(), CacheModule.forRoot()], controllers: [Wrong] })
    class WrongApp {}
    await expect(boot(WrongApp)).rejects.toThrow(
      '@CachePage() on Wrong.list: unknown cache "pagse". Choices are: default.',
    );
  });

  it('refuses to start with a timeout that is none', async () => {
    @Controller()
    class Wrong {
      @Get()
      @CachePage('soon')
      list() {}
    }
    @Module({ imports: [MiddlewareModule.forRoot(), CacheModule.forRoot()], controllers: [Wrong] })
    class WrongApp {}
    await expect(boot(WrongApp)).rejects.toThrow('@CachePage() on Wrong.list: "soon" is no duration.');
  });

  it('refuses to start where nobody tells of changes', async () => {
    @Controller()
    class Wrong {
      @Get()
      @CachePage(60, { invalidateOn: 'auto' })
      list() {}
    }
    @Module({ imports: [MiddlewareModule.forRoot(), CacheModule.forRoot()], controllers: [Wrong] })
    class WrongApp {}
    await expect(boot(WrongApp)).rejects.toThrow('Import CacheInvalidationModule.forRoot()');
  });

  it('refuses to start without the middleware that it stands on', async () => {
    @Module({
      imports: [CacheModule.forRoot({ caches: { default: memoryCache(), other: memoryCache() } })],
      controllers: [Pages, Whole],
    })
    class WrongApp {}
    await expect(boot(WrongApp)).rejects.toThrow(
      'Import MiddlewareModule.forRoot() from @nest-quintet/middleware.',
    );
  });
});
