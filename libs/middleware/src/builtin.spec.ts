import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, type INestApplication, Logger, Post, Render, Req } from '@nestjs/common';
import {
  BodyLimitMiddleware,
  currentLanguage,
  CsrfMiddleware,
  csrfToken,
  FrameOptions,
  FrameOptionsExempt,
  FrameOptionsMiddleware,
  HttpResponse,
  LocaleMiddleware,
  LoginRequiredMiddleware,
  LoginNotRequired,
  messages,
  MessagesMiddleware,
  requestId,
  RequestIdMiddleware,
  RequestLogMiddleware,
  SecurityMiddleware,
} from './index.js';
import { layer, platforms, type RunningApp, startApp } from './testing.spec-support.js';

@Controller()
class SiteController {
  @Get('page') page() {
    return 'page';
  }
  @Get('nonce') nonce(@Req() request: any) {
    return request.cspNonce;
  }
  @Get('framed') @FrameOptionsExempt() framed() {
    return 'framed';
  }
  @Get('own') @FrameOptions('SAMEORIGIN') own() {
    return 'own';
  }
  @Get('language') language(@Req() request: any) {
    return `${request.language} ${currentLanguage()}`;
  }
  @Get('id') id(@Req() request: any) {
    return `${requestId()} ${request.id}`;
  }
  @Get('form') form(@Req() request: any) {
    return csrfToken(request);
  }
  @Post('form') submit() {
    return 'submitted';
  }
  @Get('tell') tell(@Req() request: any) {
    messages(request).add('warning', 'look out');
    return HttpResponse.redirect('/told');
  }
  @Get('told') told(@Req() request: any) {
    return [...messages(request)].map(String).join();
  }
  @Get('rendered') @Render('page') rendered() {
    return {};
  }
  @Get('open') @LoginNotRequired() open() {
    return 'open';
  }
}

/** One visitor's session, as plain as express-session's. */
const session: Record<string, unknown> = {};
const Session = layer('Session', (request, next) => {
  request.expose('session', session);
  return next();
});

describe.each(platforms)('the middleware that come along, on %s', (_name, makeAdapter) => {
  let running: RunningApp;
  afterEach(() => running.app.close());
  const start = async (...middleware: any[]) => {
    running = await startApp(makeAdapter, { middleware, controllers: [SiteController] });
  };
  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(running.url + path, { redirect: 'manual', ...init });
    return { status: response.status, headers: response.headers, body: await response.text() };
  };

  it('puts a nonce of its own into the policy of each page', async () => {
    await start({
      use: SecurityMiddleware,
      options: { secureCsp: { 'default-src': ["'self'"], 'script-src': ["'self'", "'nonce'"] } },
    });
    const [one, other] = [await get('/nonce'), await get('/nonce')];
    expect(one.headers.get('content-security-policy')).toBe(
      `default-src 'self';script-src 'self' 'nonce-${one.body}'`,
    );
    expect(other.body).not.toBe(one.body);
  });

  it('lets a route choose its frames', async () => {
    await start(FrameOptionsMiddleware);
    expect((await get('/page')).headers.get('x-frame-options')).toBe('DENY');
    expect((await get('/framed')).headers.get('x-frame-options')).toBeNull();
    expect((await get('/own')).headers.get('x-frame-options')).toBe('SAMEORIGIN');
  });

  it('takes the language from the path', async () => {
    await start({ use: LocaleMiddleware, options: { languages: ['en', 'pt-BR'], pathPrefix: true } });
    const translated = await get('/pt-br/language?a=1');
    expect([translated.body, translated.headers.get('content-language')]).toEqual(['pt-BR pt-BR', 'pt-BR']);
    expect(translated.headers.get('vary')).toBeNull();
    expect((await get('/language')).body).toBe('en en');
    expect((await get('/pt-br')).status).toBe(404);
  });

  it('gives every request an id and believes nobody unasked', async () => {
    await start(RequestIdMiddleware);
    const { body, headers } = await get('/id', { headers: { 'X-Request-Id': 'mine' } });
    const id = headers.get('x-request-id')!;
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toBe(`${id} ${id}`);
    await running.app.close();
    await start({ use: RequestIdMiddleware, options: { trustIncoming: true } });
    expect((await get('/id', { headers: { 'X-Request-Id': 'mine' } })).body).toBe('mine mine');
    expect((await get('/id', { headers: { 'X-Request-Id': 'no good' } })).body).not.toContain('no good');
  });

  it('logs one line per request', async () => {
    await start(RequestIdMiddleware, RequestLogMiddleware);
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const { headers } = await get('/page?secret=1');
    await get('/nowhere');
    expect(log.mock.calls).toEqual([
      [
        {
          method: 'GET',
          path: '/page',
          status: 200,
          bytes: 4,
          ms: expect.any(Number),
          requestId: headers.get('x-request-id'),
        },
      ],
    ]);
    expect(warn.mock.calls).toMatchObject([[{ path: '/nowhere', status: 404 }]]);
    jest.restoreAllMocks();
  });

  it('keeps the secret of forms in the session when told to', async () => {
    for (const key of Object.keys(session)) delete session[key];
    await start(Session, { use: CsrfMiddleware, options: { csrfUseSessions: true } });
    const post = (token: string) => get('/form', { method: 'POST', headers: { 'X-CSRFToken': token } });
    expect((await post('a'.repeat(32))).status).toBe(403);
    const form = await get('/form');
    expect(form.headers.get('set-cookie')).toBeNull();
    expect(session['_csrftoken']).toMatch(/^\w{32}$/);
    expect((await post(form.body)).body).toBe('submitted');
    expect((await get('/form')).body).not.toBe(form.body);
  });

  it('refuses a form through the exception filters', async () => {
    await start(CsrfMiddleware);
    const { status, body } = await get('/form', { method: 'POST' });
    expect([status, JSON.parse(body).message]).toEqual([403, 'CSRF verification failed. Request aborted.']);
  });

  it('tells messages after a redirect, once, from the session', async () => {
    await start(Session, MessagesMiddleware);
    expect((await get('/tell')).status).toBe(302);
    expect((await get('/told')).body).toBe('look out');
    expect((await get('/told')).body).toBe('');
  });

  it('drops the oldest messages that a cookie has no room for, and those that were tampered with', async () => {
    const Many = layer('Many', (request, next) => {
      if (request.path === '/page')
        for (let at = 0; at < 80; at++) messages(request).add('info', `message ${at}`);
      return next();
    });
    await start({ use: MessagesMiddleware, options: { messageStorage: 'cookie', secret: 'a secret' } }, Many);
    const cookie = (await get('/page')).headers.getSetCookie()[0]!.split(';')[0]!;
    const told = (await get('/told', { headers: { Cookie: cookie } })).body;
    expect(told).toMatch(/message 79$/);
    expect(told).not.toContain('message 0,');
    expect((await get('/told', { headers: { Cookie: cookie.replace('.', 'x.') } })).body).toBe('');
  });

  it('keeps the oldest messages in a cookie and the rest in the session', async () => {
    const Many = layer('Many', (request, next) => {
      if (request.path === '/page')
        for (let at = 0; at < 80; at++) messages(request).add('info', `message ${at}`);
      return next();
    });
    const options = { messageStorage: 'fallback', secret: 'a secret' };
    await start(Session, { use: MessagesMiddleware, options }, Many);
    const cookie = (await get('/page')).headers.getSetCookie()[0]!.split(';')[0]!;
    expect(cookie.length).toBeGreaterThan(1_500);
    expect(JSON.stringify(session)).toContain('message 79');
    expect(JSON.stringify(session)).not.toContain('message 0"');
    const told = (await get('/told', { headers: { Cookie: cookie } })).body;
    expect(told.split(',')).toEqual(Array.from({ length: 80 }, (_, at) => `message ${at}`));
    expect((await get('/told')).body).toBe('');
  });

  it('says that there is no session to keep messages in', async () => {
    await start(MessagesMiddleware);
    expect((await get('/tell')).status).toBe(500);
  });

  it('asks visitors to log in, except where it is open', async () => {
    await start({
      use: LoginRequiredMiddleware,
      options: {
        loginUrl: '/in?x=1',
        isAuthenticated: (request: any) => request.headers['x-user'] === 'ada',
      },
    });
    expect((await get('/page?a=b')).headers.get('location')).toBe('/in?x=1&next=/page%3Fa%3Db');
    expect((await get('/open')).body).toBe('open');
    expect((await get('/page', { headers: { 'X-User': 'ada' } })).body).toBe('page');
    expect((await get('/nowhere')).status).toBe(404);
  });

  it('refuses a body that is too long, whether it says so or not', async () => {
    await start({ use: BodyLimitMiddleware, options: { dataUploadMaxMemorySize: 10 } });
    const post = async (length: number, asStream: boolean) => {
      const json = `["${'x'.repeat(length - 4)}"]`;
      const body = asStream ? new Blob([json]).stream() : json;
      const headers = { 'Content-Type': 'application/json' };
      return (await get('/form', { method: 'POST', body, headers, duplex: 'half' })).status;
    };
    for (const asStream of [false, true]) {
      expect(await post(10, asStream)).toBe(201);
      expect(await post(11, asStream)).toBe(413);
    }
  });

  it('gives templates the token of forms and the messages', async () => {
    const template = (context: any) =>
      `${[...context.messages].map(String).join()} ${context.csrfToken?.().length}`;
    const withTemplates = (app: INestApplication) => {
      const instance = app.getHttpAdapter().getInstance();
      if (instance.decorateReply !== undefined) {
        instance.decorateReply('viewAsync', (_name: string, context: object) =>
          Promise.resolve(template(context)),
        );
        return;
      }
      instance.set('view', function View(this: any, name: string) {
        this.path = name;
        this.render = (context: object, done: (error: null, html: string) => void) =>
          done(null, template(context));
      });
    };
    const middleware = [Session, CsrfMiddleware, MessagesMiddleware];
    running = await startApp(makeAdapter, { middleware, controllers: [SiteController] }, withTemplates);
    await get('/tell');
    const page = await get('/rendered');
    expect(page.body).toBe('look out 64');
    expect(page.headers.get('set-cookie')).toMatch(/^csrftoken=/);
  });
});
