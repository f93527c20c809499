import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  Controller,
  ForbiddenException,
  Get,
  Header,
  Injectable,
  Module,
  Param,
  UseGuards,
  type CallHandler,
  type CanActivate,
  type DynamicModule,
  type ExecutionContext,
  type INestApplication,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  HttpResponse,
  MiddlewareModule,
  type HttpRequest,
  type Middleware,
  type NextResponse,
} from '@nest-quintet/middleware';
import type { IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { map } from 'rxjs';
import supertest from 'supertest';
import { stopClock } from '../../../../test/support/clock.js';
import { describeWith } from '../../../../test/support/servers.js';
import { Cache, CacheControl, CacheModule, CachePage, memoryCache, type CacheFactory } from '../index.js';
import { redisCache } from '../redis/index.js';

/** What happened, in its order. */
let told: string[] = [];

/** Lets a test hold a handler back, or have it fail. */
const handler = { until: Promise.resolve(), fails: false };

@Injectable()
class MembersOnly implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    told.push('guard');
    const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
    if (headers['x-member'] === 'no') throw new ForbiddenException();
    return true;
  }
}

@Injectable()
class Wrapping implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    told.push('interceptor');
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}

@Injectable()
class Doorkeeper implements Middleware {
  async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const response = await next();
    if (response.status === 200) response.headers.set('X-Seen', response.bytes.length);
    return response;
  }

  processView(context: ExecutionContext): HttpResponse | undefined {
    told.push('processView');
    const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
    return headers['x-turned-away'] ? HttpResponse.text('No.', { status: 403 }) : undefined;
  }
}

@Controller()
@CachePage(60)
class Whole {
  runs = 0;

  @Get('guarded')
  @UseGuards(MembersOnly)
  guarded() {
    return { run: ++this.runs };
  }

  @Get('headed')
  @Header('X-Made', 'by Nest')
  headed() {
    return { run: ++this.runs };
  }
}

@Controller()
class Aging {
  runs = 0;

  @Get('aging/:id')
  @CachePage(60, { grace: '1m', tags: ({ params }) => [`item:${params['id']}`] })
  async aging(@Param('id') id: string) {
    const run = ++this.runs;
    await handler.until;
    if (handler.fails) throw new Error(`No ${id} to be had.`);
    return { run };
  }

  @Get('revalidated')
  @CachePage(60)
  @CacheControl({ staleWhileRevalidate: 30 })
  async revalidated() {
    const run = ++this.runs;
    await handler.until;
    return { run };
  }

  @Get('dated')
  @CachePage(60)
  @Header('Last-Modified', 'Mon, 01 Apr 2024 00:00:00 GMT')
  dated() {
    return { run: ++this.runs };
  }
}

function appWith(cache: CacheFactory, middleware: Type<Middleware>[]): Type | DynamicModule {
  @Module({
    imports: [
      CacheModule.forRoot({ caches: { default: cache }, pages: { etag: true } }),
      MiddlewareModule.forRoot({ middleware }),
    ],
    controllers: [Whole, Aging],
    providers: [{ provide: APP_INTERCEPTOR, useClass: Wrapping }],
  })
  class App {}
  return App;
}

const adapters: [string, () => ExpressAdapter | FastifyAdapter][] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
];

async function boot(
  cache: CacheFactory,
  adapter: ExpressAdapter | FastifyAdapter,
  middleware: Type<Middleware>[] = [],
): Promise<INestApplication> {
  const module = appWith(cache, middleware) as Type;
  const app = await NestFactory.create(module, adapter, { logger: false, abortOnError: false });
  return app.listen(0, '127.0.0.1').then(() => app);
}

describe.each(adapters)('A page hit on %s', (_, makeAdapter) => {
  let app: INestApplication;
  let http: ReturnType<typeof supertest>;

  async function start(...middleware: Type<Middleware>[]): Promise<void> {
    app = await boot(memoryCache(), makeAdapter(), middleware);
    http = supertest(app.getHttpServer());
  }

  beforeEach(() => {
    stopClock('2024-05-01T12:00:00Z');
    told = [];
    handler.until = Promise.resolve();
    handler.fails = false;
  });

  afterEach(async () => {
    await app.close();
    jest.useRealTimers();
  });

  it('stands behind the guards of the handler, though the controller is decorated', async () => {
    await start();
    await http.get('/guarded').expect('X-Cache', 'MISS');
    await http.get('/guarded').expect('X-Cache', 'HIT');
    await http.get('/guarded').set('X-Member', 'no').expect(403);
    expect(told).toEqual(['guard', 'interceptor', 'guard', 'guard']);
  });

  it('stands in front of the interceptors, of whose work it is made', async () => {
    await start();
    const { body } = await http.get('/guarded').expect('X-Cache', 'MISS');
    expect(body).toEqual({ data: { run: 1 } });
    await http
      .get('/guarded')
      .expect('X-Cache', 'HIT')
      .expect(body as object);
  });

  it('stands behind what middleware do after the guards', async () => {
    await start(Doorkeeper);
    await http.get('/guarded').expect('X-Cache', 'MISS');
    await http.get('/guarded').set('X-Turned-Away', 'yes').expect(403);
    await http.get('/guarded').expect('X-Cache', 'HIT');
    expect(told.join()).toBe('guard,processView,interceptor,guard,processView,guard,processView');
  });

  it('is seen by the middleware around it, which may change it', async () => {
    await start(Doorkeeper);
    await http.get('/headed').expect('X-Cache', 'MISS');
    const { headers, body } = await http.get('/headed').expect('X-Cache', 'HIT');
    expect(body).toEqual({ data: { run: 1 } });
    expect(headers).toMatchObject({ 'x-seen': '18', 'x-made': 'by Nest', 'content-length': '18', age: '0' });
  });

  it('is 304 for whoever has the same page already', async () => {
    await start();
    const { headers } = await http.get('/headed').expect(200);
    expect(headers.etag).toMatch(/"/);
    const same = await http.get('/headed').set('If-None-Match', String(headers.etag)).expect(304);
    expect(same.headers).toMatchObject({ etag: headers.etag, 'x-cache': 'HIT' });
    expect(same.headers['cache-control']).toBe('max-age=60');
    expect(same.headers['content-type']).toBeUndefined();
    await http.get('/headed').set('If-None-Match', '"another"').expect(200).expect('X-Cache', 'HIT');
    expect(app.get(Whole).runs).toBe(1);
  });

  it('is 304 for whoever has what is not older', async () => {
    await start();
    await http.get('/dated').expect(200);
    const ask = (since: string) => http.get('/dated').set('If-Modified-Since', since);
    await ask('Mon, 01 Apr 2024 00:00:00 GMT').expect(304);
    await ask('Sun, 31 Mar 2024 00:00:00 GMT').expect(200).expect('X-Cache', 'HIT');
    await ask('yesterday').expect(200).expect('X-Cache', 'HIT');
  });

  it('is stale for the others while one makes another page', async () => {
    await start();
    await http.get('/aging/1').expect('X-Cache', 'MISS');
    jest.setSystemTime(Date.now() + 61_000);
    let open = () => {};
    handler.until = new Promise((resolve) => (open = resolve));
    const maker = http.get('/aging/1').then((answer) => answer);
    await until(() => app.get(Aging).runs === 2);
    const others = await Promise.all([http.get('/aging/1'), http.get('/aging/1')]);
    open();
    const made = await maker;
    expect(others.map(({ headers, body }) => [headers['x-cache'], body])).toEqual(
      Array.from({ length: 2 }, () => ['STALE', { data: { run: 1 } }]),
    );
    expect([made.headers['x-cache'], made.body]).toEqual(['MISS', { data: { run: 2 } }]);
    await http
      .get('/aging/1')
      .expect('X-Cache', 'HIT')
      .expect({ data: { run: 2 } });
  });

  it('is stale where the handler fails, until the grace is over', async () => {
    await start();
    await http.get('/aging/1').expect('X-Cache', 'MISS');
    handler.fails = true;
    jest.setSystemTime(Date.now() + 61_000);
    const { headers, body } = await http.get('/aging/1').expect(200).expect('X-Cache', 'STALE');
    expect(body).toEqual({ data: { run: 1 } });
    expect(headers.age).toBe('61');
    jest.setSystemTime(Date.now() + 60_000);
    await http.get('/aging/1').expect(500);
  });

  it('is never what was invalidated, whatever the grace', async () => {
    await start();
    await http.get('/aging/1').expect('X-Cache', 'MISS');
    jest.setSystemTime(Date.now() + 61_000);
    await app.get(Cache).invalidateTags('item:1');
    handler.fails = true;
    await http.get('/aging/1').expect(500);
  });

  it('takes its grace from stale-while-revalidate where none is given', async () => {
    await start();
    await http.get('/revalidated').expect('X-Cache', 'MISS');
    jest.setSystemTime(Date.now() + 89_000);
    let open = () => {};
    handler.until = new Promise((resolve) => (open = resolve));
    const maker = http.get('/revalidated').then((answer) => answer);
    await until(() => app.get(Aging).runs === 2);
    await http
      .get('/revalidated')
      .expect('X-Cache', 'STALE')
      .expect({ data: { run: 1 } });
    open();
    expect((await maker).headers['x-cache']).toBe('MISS');
    jest.setSystemTime(Date.now() + 91_000);
    await http.get('/revalidated').expect('X-Cache', 'MISS');
  });
});

describeWith(['redis'], 'A page hit in Redis', (servers) => {
  it.each(adapters)('takes one round trip on %s, tags included', async (_, makeAdapter) => {
    const line = await countTrips(new URL(servers.redis.url));
    const url = `redis://127.0.0.1:${line.port}${new URL(servers.redis.url).pathname}`;
    const app = await boot(
      redisCache({ url, operationTimeout: '5s', namespace: `trips:${_}:` }),
      makeAdapter(),
    );
    const http = supertest(app.getHttpServer());
    for (const path of ['/headed', '/aging/1']) {
      for (const outcome of ['MISS', 'HIT']) await http.get(path).expect('X-Cache', outcome);
      const before = line.trips;
      await http.get(path).expect('X-Cache', 'HIT');
      expect([path, line.trips - before]).toEqual([path, 1]);
    }
    await app.close();
    line.server.close();
  });
});

/** Passes on what a client and Redis tell each other, and counts how often it was the client's turn. */
async function countTrips(target: URL): Promise<{ server: Server; port: number; trips: number }> {
  const server = createServer((client) => {
    let isAnswered = true;
    const redis = connect(Number(target.port), target.hostname);
    client.on('data', (chunk) => {
      if (isAnswered) line.trips++;
      isAnswered = false;
      redis.write(chunk);
    });
    redis.on('data', (chunk) => {
      isAnswered = true;
      client.write(chunk);
    });
    client.on('close', () => redis.destroy()).on('error', () => {});
    redis.on('close', () => client.destroy()).on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const line = { server, port: (server.address() as AddressInfo).port, trips: 0 };
  return line;
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}
