import type { Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Param,
  Post,
  Req,
  UseGuards,
} from '@nestjs/common';
import { CacheModule, CachePage } from '@nest-quintet/cache';
import { MiddlewareModule } from '@nest-quintet/middleware';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import expressSession from 'express-session';
import request from 'supertest';
import { MemoryEngine, memoryEngine } from './engines/memory.engine.js';
import { Session, type Session as SessionType } from './session.decorator.js';
import { SessionMiddleware } from './session.middleware.js';
import { SessionsModule } from './sessions.module.js';
import { describeOverHttp, makeGate, type SessionApp, startApp } from './session-http.spec-support.js';
import { Test } from '@nestjs/testing';

let current: SessionApp | undefined;

afterEach(async () => {
  await current?.close();
  current = undefined;
});

async function start(...options: Parameters<typeof startApp>): Promise<SessionApp> {
  return (current = await startApp(...options));
}

function cookieOf(response: request.Response): string | undefined {
  return (response.headers['set-cookie'] as unknown as string[] | undefined)?.[0];
}

describe.each([
  ['Express', false],
  ['Fastify', true],
])('SessionMiddleware on %s', (_, fastify) => {
  const startHere = (options: Parameters<typeof startApp>[1] = {}) =>
    start(memoryEngine(), { ...options, fastify });

  it('keeps values between the requests of one visitor, apart from those of another', async () => {
    const { url } = await startHere();
    const [ann, bob] = [request.agent(url), request.agent(url)];
    await ann.get('/visits').expect(200, '1');
    await ann.get('/visits').expect(200, '2');
    await bob.get('/visits').expect(200, '1');
    await ann.get('/read').expect(200, { visits: 2 });
  });

  it('sets the cookie of Django', async () => {
    const { url } = await startHere();
    const response = await request(url).get('/visits');
    expect(cookieOf(response)).toMatch(
      /^sessionid=[\w-]{43}; Max-Age=1209600; Path=\/; Expires=.* GMT; HttpOnly; SameSite=Lax$/,
    );
    expect(response.headers.vary).toMatch(/cookie/i);
  });

  it('sets none for a session that was only read, and varies by it', async () => {
    const { url } = await startHere();
    const response = await request(url).get('/read').expect(200, {});
    expect(cookieOf(response)).toBeUndefined();
    expect(response.headers.vary).toMatch(/cookie/i);
  });

  it('leaves a response alone whose handler does not look at the session', async () => {
    const { url } = await startHere();
    const agent = request.agent(url);
    await agent.get('/visits');
    const response = await agent.get('/passing-by').expect(200, 'ok');
    expect(cookieOf(response)).toBeUndefined();
    expect(response.headers.vary).toBeUndefined();
  });

  it('saves before a redirect leaves', async () => {
    const { url } = await startHere();
    await request.agent(url).get('/redirect').redirects(1).expect(200, { message: 'saved' });
  });

  it('does not save when the response is an error of the server', async () => {
    const { url } = await startHere();
    const agent = request.agent(url);
    await agent.get('/visits');
    const response = await agent.get('/set-and-fail').expect(500);
    expect(cookieOf(response)).toBeUndefined();
    expect(response.headers.vary).toMatch(/cookie/i);
    await agent.get('/read').expect(200, { visits: 1 });
    await agent.get('/set-and-not-found').expect(404);
    await agent.get('/read').expect(200, { visits: 99 });
  });

  it('changes the key at login and keeps the values', async () => {
    const { url, engine } = await startHere();
    const agent = request.agent(url);
    const before = cookieOf(await agent.get('/visits'))!;
    const after = cookieOf(await agent.post('/login').expect(201))!;
    expect(keyIn(after)).not.toBe(keyIn(before));
    await agent.get('/read').expect(200, { visits: 1, user: 'Ann' });
    expect(await engine.fetch(keyIn(before))).toBeUndefined();
  });

  it('removes the session and the cookie at logout', async () => {
    const { url, engine } = await startHere();
    const agent = request.agent(url);
    const key = keyIn(cookieOf(await agent.get('/visits'))!);
    const response = await agent.post('/logout');
    expect(cookieOf(response)).toBe(
      'sessionid=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax',
    );
    expect(await engine.fetch(key)).toBeUndefined();
  });

  it.each(['garbage', 'an-unknown-key-of-the-right-form-0123456789a', '"><script>', 'x'])(
    'gives a visitor with the cookie %j a session and a key of its own',
    async (cookie) => {
      const { url } = await startHere();
      const withCookie = { Cookie: `sessionid=${encodeURIComponent(cookie)}` };
      const read = await request(url).get('/read').set(withCookie).expect(200, {});
      expect(cookieOf(read)).toMatch(/^sessionid=; Max-Age=0/);
      const written = await request(url).get('/visits').set(withCookie).expect(200, '1');
      expect(keyIn(cookieOf(written)!)).toMatch(/^[\w-]{43}$/);
    },
  );

  it('answers 400 when another request logged the visitor out meanwhile', async () => {
    const { url, engine } = await startHere();
    const agent = request.agent(url);
    const key = keyIn(cookieOf(await agent.get('/visits'))!);
    const gate = makeGate();
    const slow = agent
      .post('/write-slowly')
      .send({ cart: 1 })
      .then((response) => response);
    await gate.entered;
    await agent.post('/logout');
    gate.open();
    const response = await slow;
    expect(response.status).toBe(400);
    expect(cookieOf(response)).toBeUndefined();
    expect(await engine.fetch(key)).toBeUndefined();
  });

  it('loses nothing of requests at the same time', async () => {
    const { url } = await startHere();
    const agent = request.agent(url);
    await agent.get('/visits');
    const gate = makeGate();
    const slow = agent
      .post('/write-slowly')
      .send({ slow: true })
      .then((response) => response);
    await gate.entered;
    await Promise.all(Array.from({ length: 10 }, (_, i) => agent.post('/write').send({ [`k${i}`]: i })));
    gate.open();
    await slow;
    const { body } = await agent.get('/read');
    expect(Object.keys(body as object)).toHaveLength(12);
  });

  it('answers 500 for a value that cannot be stored, and stores nothing', async () => {
    const { url } = await startHere();
    const agent = request.agent(url);
    const response = await agent.get('/unstorable').expect(500);
    expect(cookieOf(response)).toBeUndefined();
    await agent.get('/read').expect(200, {});
  });

  it('saves every request that has a session, where told to', async () => {
    const { url } = await startHere({ saveEveryRequest: true });
    const agent = request.agent(url);
    expect(cookieOf(await agent.get('/passing-by'))).toBeUndefined();
    await agent.get('/visits');
    const response = await agent.get('/passing-by');
    expect(cookieOf(response)).toMatch(/^sessionid=[\w-]{43}; Max-Age=1209600/);
    expect(response.headers.vary).toMatch(/cookie/i);
    const unknown = await request(url).get('/passing-by').set({ Cookie: 'sessionid=unknown-key-0123' });
    expect(cookieOf(unknown)).toMatch(/^sessionid=; Max-Age=0/);
  });

  it('ends the cookie with the browser session, where the session says so', async () => {
    const { url } = await startHere();
    expect(cookieOf(await request(url).get('/expiry'))).toMatch(
      /^sessionid=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
    );
  });

  it('signs the key where there is a secret, and takes no other', async () => {
    const { url } = await startHere({ secret: ['current', 'previous'] });
    const agent = request.agent(url);
    const cookie = cookieOf(await agent.get('/visits'))!;
    expect(decodeURIComponent(cookie)).toMatch(/^sessionid=s:[\w-]{43}\.[\w+/]{43};/);
    await agent.get('/visits').expect(200, '2');
    const bare = /s%3A([^.]*)/.exec(cookie)![1]!;
    await request(url)
      .get('/read')
      .set({ Cookie: `sessionid=${bare}` })
      .expect(200, {});
  });

  it('answers HEAD as it answers GET', async () => {
    const { url } = await startHere();
    const response = await request(url).head('/read').expect(200);
    expect(response.headers.vary).toMatch(/cookie/i);
  });

  it('answers 503 to whoever touches a session that cannot be read, and nobody else', async () => {
    const engine = new FailingEngine();
    const { url } = await start(engine, { fastify, timeout: '50ms' });
    const agent = request.agent(url);
    await agent.get('/visits').expect(200, '1');
    for (const failure of ['rejects', 'hangs'] as const) {
      engine.failure = failure;
      const { body } = await agent.get('/visits').expect(503);
      expect(body).toMatchObject({ statusCode: 503, message: 'Sessions are unavailable at the moment.' });
      await agent.get('/passing-by').expect(200, 'ok');
      await request(url).get('/read').expect(200, {});
      await request(url).get('/visits').expect(503);
    }
    engine.failure = undefined;
    await agent.get('/visits').expect(200, '2');
  });
});

describeOverHttp('memoryEngine()', async () => [await startApp(memoryEngine())]);

describeOverHttp('an express-session store', async () => [await startApp(new expressSession.MemoryStore())]);

describe('SessionMiddleware and a page cache', () => {
  class UserGuard implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      const request = context.switchToHttp().getRequest<{ session: SessionType; user: unknown }>();
      request.user = request.session.get('user', 'nobody');
      return true;
    }
  }

  @Controller()
  class PagesController {
    @Get('greeting')
    @UseGuards(UserGuard)
    @CachePage(60)
    greeting(@Req() { user }: { user: string }) {
      return `Hello ${user}`;
    }

    @Post('user/:name')
    logIn(@Session() session: SessionType, @Param('name') name: string) {
      session.set('user', name);
    }
  }

  it('keeps the pages of visitors apart, even where only a guard looks at the session', async () => {
    const module = await Test.createTestingModule({
      imports: [
        CacheModule.forRoot(),
        SessionsModule.forRoot({ engine: memoryEngine() }),
        MiddlewareModule.forRoot({ middleware: [SessionMiddleware] }),
      ],
      controllers: [PagesController],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    const server = app.getHttpServer() as Server;
    const [ann, bob] = [request.agent(server), request.agent(server)];
    await ann.post('/user/Ann');
    await bob.post('/user/Bob');
    await ann.get('/greeting').expect(200, 'Hello Ann').expect('X-Cache', 'MISS');
    await ann.get('/greeting').expect(200, 'Hello Ann').expect('X-Cache', 'HIT');
    await bob.get('/greeting').expect(200, 'Hello Bob');
    await request(server).get('/greeting').expect(200, 'Hello nobody');
    await app.close();
  });
});

describe('SessionsModule', () => {
  it('takes any express-session store for an engine', async () => {
    const { url } = await start(new expressSession.MemoryStore(), {
      cookieName: 'connect.sid',
      secret: 'secret',
    });
    const agent = request.agent(url);
    expect(cookieOf(await agent.get('/visits'))).toMatch(/^connect\.sid=s%3A/);
    await agent.get('/visits').expect(200, '2');
  });

  it('takes its options from other providers', async () => {
    const module = await Test.createTestingModule({
      imports: [
        SessionsModule.forRootAsync({
          useFactory: async () => ({ engine: memoryEngine(), cookieName: 'sid' }),
        }),
      ],
    }).compile();
    await expect(module.init()).resolves.toBeDefined();
    await module.close();
  });

  it('fails at start-up without an engine', async () => {
    const module = Test.createTestingModule({ imports: [SessionsModule.forRoot({} as never)] });
    await expect(module.compile()).rejects.toThrow(ImproperlyConfiguredError);
  });
});

/** Sessions in memory, until the memory fails. */
class FailingEngine extends MemoryEngine {
  failure: 'rejects' | 'hangs' | undefined;

  protected override async read(id: string) {
    await this.#fail();
    return super.read(id);
  }

  protected override async insert(...args: Parameters<MemoryEngine['insert']>) {
    await this.#fail();
    return super.insert(...args);
  }

  async #fail(): Promise<void> {
    if (this.failure === 'rejects') throw new Error('connect ECONNREFUSED');
    if (this.failure === 'hangs') await new Promise(() => {});
  }
}

function keyIn(cookie: string): string {
  return /=([^;]*)/.exec(cookie)![1]!;
}
