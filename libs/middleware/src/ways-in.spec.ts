import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { MiddlewareModule } from './index.js';
import { layer, platforms, type RunningApp, startApp } from './testing.spec-support.js';

@Controller()
class HomeController {
  @Get() home() {
    return { home: true };
  }
}

const Marks = layer('Marks', async (_request, next) => {
  const response = await next();
  response.headers.set(
    'X-Marked',
    `${response.status} ${response.isStreaming ? 'stream' : response.bytes.length}`,
  );
  return response;
});

describe('the ways into the pipeline', () => {
  let running: Pick<RunningApp, 'app'> | undefined;
  afterEach(async () => {
    await running?.app.close();
    running = undefined;
  });

  it.each(platforms)('serves an application made by NestFactory on %s', async (_name, makeAdapter) => {
    @Module({ imports: [MiddlewareModule.forRoot({ middleware: [Marks] })], controllers: [HomeController] })
    class AppModule {}
    const app = await NestFactory.create(AppModule, makeAdapter(), { logger: false });
    running = { app };
    app.setGlobalPrefix('api');
    app.enableCors();
    await app.listen(0, '127.0.0.1');
    const response = await fetch(`${await app.getUrl()}/api`, {
      headers: { Origin: 'https://other.example' },
    });
    expect([response.headers.get('x-marked'), response.headers.get('access-control-allow-origin')]).toEqual([
      '200 13',
      '*',
    ]);
    expect((await fetch(`${await app.getUrl()}/nowhere`)).headers.get('x-marked')).toMatch(/^404/);
  });

  it.each(platforms)('takes its list from a factory on %s', async (_name, makeAdapter) => {
    @Injectable()
    class Settings {
      readonly marks = true;
    }
    @Module({ providers: [Settings], exports: [Settings] })
    class SettingsModule {}
    const module = await Test.createTestingModule({
      imports: [
        MiddlewareModule.forRootAsync({
          imports: [SettingsModule],
          inject: [Settings],
          useFactory: ({ marks }: Settings) => ({ middleware: marks ? [Marks] : [] }),
        }),
      ],
      controllers: [HomeController],
    }).compile();
    const app = module.createNestApplication(makeAdapter() as never, { logger: false });
    running = { app };
    await app.listen(0, '127.0.0.1');
    expect((await fetch(await app.getUrl())).headers.get('x-marked')).toBe('200 13');
  });

  it('sees static files as streams', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'static-'));
    writeFileSync(join(folder, 'page.txt'), 'a file');
    const app = await startApp(
      () => new ExpressAdapter(),
      { middleware: [Marks] },
      (nest) => (nest as NestExpressApplication).useStaticAssets(folder),
    );
    running = app;
    const response = await fetch(`${app.url}/page.txt`);
    expect([await response.text(), response.headers.get('x-marked')]).toEqual(['a file', '200 stream']);
    // fetch() says "no-cache" with it, and Express takes that for a wish.
    const request = httpRequest(`${app.url}/page.txt`, {
      headers: { 'If-None-Match': response.headers.get('etag')! },
    }).end();
    const [cached] = (await once(request, 'response')) as [IncomingMessage];
    cached.resume();
    expect([cached.statusCode, cached.headers['x-marked']]).toEqual([304, '304 0']);
    rmSync(folder, { recursive: true });
  });

  it('serves HTTP/2', async () => {
    running = await startApp(() => new FastifyAdapter({ http2: true } as object), {
      middleware: [Marks],
      controllers: [HomeController],
    });
    const { port } = running.app.getHttpServer().address() as AddressInfo;
    const session = connect(`http://127.0.0.1:${port}`);
    const stream = session.request({ ':path': '/' });
    const [headers] = (await once(stream, 'response')) as [Record<string, string>];
    let body = '';
    for await (const chunk of stream) body += String(chunk);
    session.close();
    expect([headers[':status'], headers['x-marked'], body]).toEqual([200, '200 13', '{"home":true}']);
  });

  it('stands aside in an application without HTTP', async () => {
    @Module({ imports: [MiddlewareModule.forRoot({ middleware: [Marks] })] })
    class WorkerModule {}
    const context = await NestFactory.createApplicationContext(WorkerModule, { logger: false });
    await context.close();
  });

  it.each(platforms)(
    'leaves the server of %s as it was when the application ends',
    async (_name, makeAdapter) => {
      const { app } = await startApp(makeAdapter, { middleware: [Marks] });
      const server = app.getHttpServer();
      const during = server.listeners('request');
      await app.close();
      expect(server.listeners('request')).not.toEqual(during);
      expect(server.listeners('request')).toHaveLength(1);
    },
  );
});
