import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Header, Injectable, Logger, Module, Post, Res, type Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { factChannel } from '@nest-quintet/core';
import { type HttpRequest, MiddlewareModule, type NextResponse, Pipeline } from '@nest-quintet/middleware';
import {
  captureRequest,
  type PanelView,
  Recorder,
  type StatementFact,
  ToolbarModule,
  type ToolbarOptions,
  ToolbarPanel,
} from './index.js';

const XSS = '</script><img src=x onerror=alert(1)>"\'&';
const statements = factChannel<StatementFact>('statement');

function send(sql: string, parameters: readonly unknown[] = [], more: Partial<StatementFact> = {}): void {
  const startedAt = performance.now();
  statements.tell({ database: 'default', sql, parameters, startedAt, milliseconds: 1, rows: 1, ...more });
}

@Controller()
class Site {
  @Get('page')
  @Header('Content-Type', 'text/html; charset=utf-8')
  page() {
    send('SELECT "id", "name" FROM "Book" WHERE "name" = $1', [XSS]);
    new Logger('Site').log(`looked for ${XSS}`);
    return `<!doctype html><html><body><p>Books</p></BODY></html>`;
  }

  @Get('data') data() {
    for (let id = 0; id < 4; id++)
      send('SELECT "name" FROM "Publisher" WHERE "id" = $1', [id], { from: 'Site.data', model: 'Publisher' });
    return { ok: true };
  }

  @Get('many') many() {
    for (let id = 0; id < 10_000; id++)
      send(`SELECT "name" FROM "Book" WHERE "id" = $1 -- ${'x'.repeat(500)}`, [id]);
    return { ok: true };
  }

  @Post('login') login() {
    send('INSERT INTO "User" ("email", "password") VALUES ($1,$2)', ['ada@example.com', 'hunter2']);
    send('SELECT "id", "password" FROM "User" WHERE "email" = $1 LIMIT $2', ['ada@example.com', 20]);
    return { ok: true };
  }

  @Get('plan') plan() {
    send('SELECT 1', [], { explain: async () => 'Result (cost=0.00)' });
    return { ok: true };
  }

  @Get('large') large() {
    const explain = async () => 'Result';
    send('SELECT $1', ['x'.repeat(10)], { explain });
    send('SELECT $1', ['x'.repeat(1_000_000)], { explain });
    return { ok: true };
  }

  @Get('stream') stream(@Res() response: any) {
    const raw = response.raw ?? response;
    response.hijack?.();
    raw.setHeader('Content-Type', 'text/html');
    raw.write('<body>');
    raw.end('</body>');
  }
}

@Injectable()
class Outer {
  async handle(_request: HttpRequest, next: NextResponse) {
    const response = await next();
    response.headers.set('Content-Security-Policy', "script-src 'nonce-abc'");
    return response;
  }
}

@Injectable()
class BrokenPanel extends ToolbarPanel {
  readonly id = 'broken';
  readonly title = 'Broken';
  override readonly channels = ['statement'];
  override keep(): object | undefined {
    throw new Error('keep');
  }
  summary(_view: PanelView<object>): string {
    throw new Error('summary');
  }
  content(_view: PanelView<object>): [] {
    throw new Error('content');
  }
}

const platforms: [string, () => AbstractHttpAdapter][] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
];

describe.each(platforms)('ToolbarModule on %s', (_name, makeAdapter) => {
  let app: Awaited<ReturnType<typeof make>>;
  afterEach(() => app.close());

  const make = async (options: ToolbarOptions, middleware: Type[] = [Outer]) => {
    @Module({
      imports: [
        MiddlewareModule.forRoot({ middleware: middleware as never }),
        ToolbarModule.forRoot(options),
      ],
      controllers: [Site],
    })
    class AppModule {}
    const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
    const made = module.createNestApplication(makeAdapter() as never, { logger: false });
    await made.listen(0, '127.0.0.1');
    return made;
  };
  const start = async (options: ToolbarOptions = {}) => void (app = await make(options));
  const get = async (path: string, init: RequestInit = {}) => {
    const response = await fetch((await app.getUrl()) + path, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const html = { headers: { Accept: 'text/html' } };
  const panel = async (id: string, name: string) =>
    (await get(`/__debug__/api/requests/${id}/panels/${name}`)).text;

  it('puts the bar before the end of a page, with the nonce of its policy and nothing unescaped', async () => {
    await start();
    const { text, headers } = await get('/page', html);
    expect(text).toMatch(
      /<quintet-toolbar data-state="[^"]*"><\/quintet-toolbar><script [^>]* nonce="abc"><\/script><\/BODY>/,
    );
    expect(text).not.toContain('onerror');
    expect(headers.get('x-debug-id')).toMatch(/^[0-9a-f]{16}$/);
    expect(headers.get('server-timing')).toMatch(/^total;dur=.*query;dur=1\.0;desc="1"/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(Number(headers.get('content-length'))).toBe(Buffer.byteLength(text));
  });

  it('leaves streams, data and what is no page alone, but says where to look', async () => {
    await start();
    expect((await get('/stream', html)).text).toBe('<body></body>');
    const { text, headers } = await get('/data');
    expect(text).toBe('{"ok":true}');
    expect(headers.get('x-debug-id')).toBeTruthy();
    expect((await get('/page')).text).not.toContain('quintet');
  });

  it('stands around everything else', async () => {
    await start();
    expect(app.get(Pipeline).order).toEqual(['ToolbarMiddleware', 'Outer']);
  });

  it('lists requests, narrowed to those that are asked for, the last one first', async () => {
    await start({ keep: 3 });
    for (const path of ['/data', '/page', '/nowhere', '/data']) await get(path);
    const list = async (query = '') => JSON.parse((await get(`/__debug__/api/requests${query}`)).text);
    expect((await list()).map(({ url, status, queries }: any) => [url, status, queries])).toEqual([
      ['/data', 200, 4],
      ['/nowhere', 404, 0],
      ['/page', 200, 1],
    ]);
    expect((await list('?status=4')).map(({ url }: any) => url)).toEqual(['/nowhere']);
    expect((await list('?minQueries=2&path=dat')).map(({ url }: any) => url)).toEqual(['/data']);
    expect((await list('?minMs=100000')).length).toBe(0);
    expect((await get('/__debug__/')).text).toContain('<quintet-requests>');
    for (const name of ['page.js', 'toolbar.js'])
      expect((await get(`/__debug__/client/${name}`)).status).toBe(200);
    for (const path of ['client/tsconfig.json', 'client/..%2fpackage.json', 'api/requests/none', 'elsewhere'])
      expect((await get(`/__debug__/${path}`)).status).toBe(404);
  });

  it('shows each statement, finds N+1, and gives every text as a text', async () => {
    await start();
    const id = (await get('/data')).headers.get('x-debug-id')!;
    const { content } = JSON.parse(await panel(id, 'sql'));
    expect(content[0]).toEqual({
      kind: 'note',
      isWarning: true,
      text: expect.stringContaining(
        "N+1: one statement for each row 4 times, from Site.data. Load them with what refers to them, for example selectRelated('publisher').",
      ),
    });
    expect(content[1].rows).toHaveLength(4);
    const page = (await get('/page')).headers.get('x-debug-id')!;
    expect(JSON.parse(await panel(page, 'sql')).content[0].rows[0][4].text).toBe(XSS);
    expect(JSON.parse(await panel(page, 'log')).content[0].rows[0]).toEqual([
      'log',
      'Site',
      { text: `looked for ${XSS}`, isCode: true },
    ]);
    expect((await get(`/__debug__/api/requests/${page}/panels/sql`)).headers.get('content-type')).toContain(
      'application/json',
    );
  });

  it('masks secrets in parameters, headers, cookies, addresses and settings', async () => {
    await start({
      settings: {
        databaseUrl: 'postgres://shop:hunter2@localhost/shop',
        secretKeys: ['hunter2'],
        mail: { apiKey: 'hunter2', from: 'shop' },
      },
    });
    const { headers } = await get('/login?token=hunter2&page=2', {
      method: 'POST',
      headers: {
        Authorization: 'Bearer hunter2',
        Cookie: 'sessionid=hunter2; theme=hunter2',
        'X-Api-Key': 'hunter2',
      },
    });
    const id = headers.get('x-debug-id')!;
    let all = (await get('/__debug__/api/requests')).text;
    for (const { id: name } of app.get(Recorder).panels) all += await panel(id, name);
    expect(all).not.toContain('hunter2');
    expect(all).toContain('ada@example.com');
    expect(all).toContain('page=2');
    expect(all).toContain('shop');
  });

  it('explains a statement of this very request, for its own page alone', async () => {
    await start();
    const id = (await get('/plan')).headers.get('x-debug-id')!;
    const ask = (headers: Record<string, string>, path = 'explain/0', method = 'POST') =>
      get(`/__debug__/api/requests/${id}/panels/sql/${path}`, { method, headers });
    const own = { 'X-Quintet-Toolbar': '1' };
    expect(JSON.parse((await ask(own)).text).content[0].text).toBe('Result (cost=0.00)');
    expect((await ask({})).status).toBe(403);
    expect((await ask(own, 'explain/0', 'GET')).status).toBe(405);
    for (const path of ['explain/1', 'explain/x', 'constructor/0', 'drop/0'])
      expect((await ask(own, path)).status).toBe(404);
  });

  it('is seen by allowed addresses alone, whatever a request says of itself', async () => {
    await start({ allow: ['10.1.2.3'] });
    const pretending = {
      Accept: 'text/html',
      'X-Forwarded-For': '10.1.2.3',
      'X-Real-IP': '10.1.2.3',
      Forwarded: 'for=10.1.2.3',
    };
    const { text, headers } = await get('/page', { headers: pretending });
    expect([text.includes('quintet'), headers.has('x-debug-id'), headers.has('server-timing')]).toEqual([
      false,
      false,
      false,
    ]);
    expect((await get('/__debug__/', { headers: pretending })).status).toBe(404);
    expect((await get('/__debug__/api/requests', { headers: pretending })).status).toBe(404);
  });

  it('believes a proxy that it trusts', async () => {
    await start({ allow: ['10.1.2.3'], trustedProxies: ['127.0.0.1'] });
    const through = (forwarded: string) => get('/data', { headers: { 'X-Forwarded-For': forwarded } });
    expect((await through('10.1.2.3')).headers.has('x-debug-id')).toBe(true);
    expect((await through('10.1.2.3, 10.9.9.9')).headers.has('x-debug-id')).toBe(false);
  });

  it('keeps within its bytes, and says what it has not kept', async () => {
    await start({ keepBytes: 2_000_000 });
    const id = (await get('/many')).headers.get('x-debug-id')!;
    for (let count = 0; count < 6; count++) await get('/many');
    expect(app.get(Recorder).store.bytes).toBeLessThanOrEqual(2_000_000);
    const [record] = app.get(Recorder).store.newestFirst;
    expect(record!.count('sql')).toBe(10_000);
    const { content } = JSON.parse(await panel(record!.id, 'sql'));
    expect(content[0].text).toMatch(/^\d+ more were not kept/);
    expect((await get(`/__debug__/api/requests/${id}`)).status).toBe(404);
  });

  it('counts what it holds to explain a statement', async () => {
    await start({ keepBytes: 400_000 });
    const { record } = await captureRequest(app, () => get('/large'));
    expect([record.count('sql'), record.kept('sql').length]).toEqual([2, 1]);
  });

  it('goes on where a panel fails', async () => {
    await start({ panels: [BrokenPanel] });
    const { status, headers } = await get('/page', html);
    expect(status).toBe(200);
    expect(await panel(headers.get('x-debug-id')!, 'broken')).toContain('This panel has failed');
  });

  it('tells tests what one request did', async () => {
    await start();
    const captured = await captureRequest(app, () => get('/data'));
    expect([captured.status, captured.statements.length, captured.result.text]).toEqual([
      200,
      4,
      '{"ok":true}',
    ]);
    expect(captured.panel('sql').summary).toMatch(/^4 queries, .* 4 alike$/);
    await expect(captureRequest(app, async () => undefined)).rejects.toThrow(
      'captureRequest() saw no request',
    );
  });

  it('is not there where it is off, nor in production unless that is said in so many words', async () => {
    await start({ enabled: false });
    expect((await get('/page', html)).text).not.toContain('quintet');
    expect(app.get(Pipeline).order).toEqual(['Outer']);
    await app.close();
    const before = process.env.NODE_ENV;
    process.env.NODE_ENV = 'production';
    try {
      await start({ enabled: true });
      expect(app.get(Pipeline).order).toEqual(['Outer']);
      await app.close();
      await start({ enabledInProduction: true });
      expect(app.get(Pipeline).order).toEqual(['ToolbarMiddleware', 'Outer']);
    } finally {
      process.env.NODE_ENV = before;
    }
  });

  it('is not for pages that a stranger points at this machine', async () => {
    await start();
    const { port } = app.getHttpServer().address();
    const { request } = await import('node:http');
    const ask = (host: string) =>
      new Promise<number>((resolve, reject) => {
        request(
          { port, host: '127.0.0.1', path: '/__debug__/api/requests', headers: { Host: host } },
          (response) => {
            response.resume();
            resolve(response.statusCode!);
          },
        )
          .on('error', reject)
          .end();
      });
    expect(await ask('evil.example')).toBe(404);
    expect(await ask(`localhost:${port}`)).toBe(200);
  });
});
