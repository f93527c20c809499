import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer, request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Post, Res, StreamableFile } from '@nestjs/common';
import { contextKey, requestContext } from '@nest-quintet/core';
import { SignalsModule } from '@nest-quintet/signals';
import {
  gotRequestException,
  HttpResponse,
  requestFinished,
  requestStarted,
  SecurityMiddleware,
} from './index.js';
import { layer, platforms, type RunningApp, startApp } from './testing.spec-support.js';

const slot = contextKey<string>('protocol');
/** Far more than the buffers of two sockets take. */
const CHUNKS = 512;
const seenInStream: (string | undefined)[] = [];
let release: () => void = () => undefined;
let arrived: () => void = () => undefined;

@Controller()
class ProtocolController {
  @Get('quick') quick() {
    return 'quick';
  }
  @Post('echo') echo(@Body() body: unknown) {
    return body;
  }
  @Get('slow') async slow() {
    await new Promise<void>((resolve) => {
      release = resolve;
      arrived();
    });
    return 'slow';
  }
  @Get('never') never(@Res() response: any) {
    if (response.hijack) response.hijack();
  }
  @Get('big') big() {
    return new StreamableFile(
      Readable.from(
        (async function* () {
          for (let at = 0; at < CHUNKS; at++) {
            seenInStream.push(requestContext.get(slot));
            yield Buffer.alloc(64 * 1024, 'x');
          }
        })(),
      ),
    );
  }
  @Get('header') header() {
    return 'with a header';
  }
  @Get('crash') crash() {
    throw new Error('boom');
  }
}

/** A client that writes whatever it is told and collects what comes back. */
class RawClient {
  text = '';
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setEncoding('latin1');
    this.socket.on('data', (chunk) => (this.text += String(chunk)));
    this.socket.on('error', () => undefined);
  }

  write(text: string): void {
    this.socket.write(text);
  }

  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text)) await once(this.socket, 'data');
    return this.text;
  }
}

/** Opens another server on a platform, as functions as a service and Fastify's own second addresses do. */
async function sideDoor(instance: any): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((request, response) =>
    instance.routing === undefined ? instance(request, response) : instance.routing(request, response),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

describe.each(platforms)('the pipeline on %s', (_name, makeAdapter) => {
  let running: RunningApp;
  let port: number;
  const outs: string[] = [];

  const Outer = layer('Outer', async (request, next) => {
    request.context.set(slot, 'alive');
    const response = await next();
    outs.push(`${request.path} ${response.status}`);
    response.headers.set('X-Outer', '1');
    return response;
  });
  const Inner = layer('Inner', async (request, next) => {
    const response = await next();
    if (request.path === '/header') response.headers.set('X-Broken', 'a\r\nb');
    return response;
  });

  beforeEach(async () => {
    outs.length = seenInStream.length = 0;
    running = await startApp(makeAdapter, {
      middleware: [Outer, Inner],
      controllers: [ProtocolController],
      imports: [SignalsModule.forRoot()],
      abandonAfter: 0.02,
    });
    port = (running.app.getHttpServer().address() as AddressInfo).port;
  });
  afterEach(async () => {
    running.app.getHttpServer().closeAllConnections();
    await running.app.close();
  });

  const client = () => new RawClient(port);

  it('answers pipelined requests of one connection in order', async () => {
    const raw = client();
    raw.write(
      'GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /quick HTTP/1.1\r\nHost: a\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    while (outs.length < 2) await wait(1);
    release();
    const text = await raw.until(/404/);
    expect(text.match(/HTTP\/1\.1 (\d+)/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 404']);
    expect(text.indexOf('slow')).toBeLessThan(text.indexOf('quick'));
    expect(text.match(/x-outer: 1/gi)).toHaveLength(3);
    raw.socket.destroy();
  });

  it('takes a request of HTTP/1.0 without a host for one to its own address', async () => {
    const app = await startApp(makeAdapter, {
      middleware: [SecurityMiddleware],
      controllers: [ProtocolController],
    });
    const old = new RawClient((app.app.getHttpServer().address() as AddressInfo).port);
    old.write('GET /quick HTTP/1.0\r\n\r\n');
    await once(old.socket, 'close');
    expect(old.text).toMatch(/^HTTP\/1\.1 200/);
    await app.app.close();
  });

  it('closes the connection of HTTP/1.0 and keeps that of HTTP/1.1', async () => {
    const old = client();
    old.write('GET /quick HTTP/1.0\r\n\r\n');
    await once(old.socket, 'close');
    expect(old.text).toMatch(/^HTTP\/1\.1 200/);
    expect(old.text).toMatch(/quick$/);
    const kept = client();
    kept.write('GET /quick HTTP/1.1\r\nHost: a\r\n\r\n');
    await kept.until(/quick$/);
    kept.write('GET /quick HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await once(kept.socket, 'close');
    expect(kept.text.match(/quick/g)).toHaveLength(2);
  });

  it('asks for the body with 100 Continue', async () => {
    const raw = client();
    raw.write(
      'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 7\r\nExpect: 100-continue\r\n\r\n',
    );
    await raw.until(/100 Continue/);
    raw.write('{"a":1}');
    expect(await raw.until(/\{"a":1\}$/)).toMatch(/x-outer: 1/i);
    raw.socket.destroy();
  });

  it('leaves an upgrade to those who listen to it', async () => {
    running.app.getHttpServer().on('upgrade', (_request: unknown, socket: Socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: test\r\nConnection: Upgrade\r\n\r\nhello');
    });
    const raw = client();
    raw.write('GET /quick HTTP/1.1\r\nHost: a\r\nUpgrade: test\r\nConnection: Upgrade\r\n\r\n');
    expect(await raw.until(/hello/)).toMatch(/101 Switching/);
    expect(outs).toEqual([]);
  });

  it('answers HEAD for every kind of body without one', async () => {
    for (const path of ['/quick', '/big', '/nowhere']) {
      const response = await fetch(running.url + path, { method: 'HEAD' });
      expect([await response.text(), response.headers.get('x-outer')]).toEqual(['', '1']);
    }
  });

  it('refuses a header that breaks the answer, with an answer', async () => {
    const response = await fetch(`${running.url}/header`);
    expect(response.status).toBe(500);
    expect(response.headers.get('x-broken')).toBeNull();
  });

  it('waits for a handler whose client has gone', async () => {
    const raw = client();
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    raw.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    await arrival;
    raw.socket.destroy();
    release();
    while (outs.length === 0) await wait(1);
    expect(['/slow 200', '/slow 499']).toContain(outs[0]);
  });

  it('lets a middleware go on when the client has gone and nobody answers', async () => {
    const raw = client();
    raw.write('GET /never HTTP/1.1\r\nHost: a\r\n\r\nGET /never HTTP/1.1\r\nHost: a\r\n\r\n');
    await wait(20);
    raw.socket.destroy();
    while (outs.length < 2) await wait(1);
    expect(outs).toEqual(['/never 499', '/never 499']);
  });

  it('sends a large stream to a slow reader without collecting it, in its context to the end', async () => {
    const request = httpRequest({ port, host: '127.0.0.1', path: '/big' }).end();
    const [response] = (await once(request, 'response')) as [Readable];
    await wait(60);
    // What the sockets' buffers take is far less than the whole.
    expect(seenInStream.length).toBeLessThan(CHUNKS);
    let length = 0;
    for await (const chunk of response) length += (chunk as Buffer).length;
    expect(length).toBe(CHUNKS * 64 * 1024);
    expect(new Set(seenInStream)).toEqual(new Set(['alive']));
    expect(seenInStream).toHaveLength(CHUNKS);
  });

  it('stops reading a stream when its client has gone', async () => {
    const request = httpRequest({ port, host: '127.0.0.1', path: '/big' }).end();
    const [response] = (await once(request, 'response')) as [Readable];
    response.on('error', () => undefined);
    request.on('error', () => undefined);
    request.destroy();
    await wait(50);
    const read = seenInStream.length;
    await wait(30);
    expect(seenInStream.length).toBe(read);
    expect(read).toBeLessThan(CHUNKS);
  });

  it('sends the request signals', async () => {
    const told: string[] = [];
    const connections = [
      requestStarted.connect(({ request }) => void told.push(`started ${request.path}`)),
      requestFinished.connect(({ request }) => void told.push(`finished ${request.path}`)),
      gotRequestException.connect(
        ({ request, error }) => void told.push(`error ${request.path} ${(error as Error).message}`),
      ),
    ];
    await fetch(`${running.url}/quick`).then((response) => response.text());
    await fetch(`${running.url}/crash`).then((response) => response.text());
    await fetch(`${running.url}/nowhere`).then((response) => response.text());
    while (told.filter((line) => line.startsWith('finished')).length < 3) await wait(1);
    for (const connection of connections) connection[Symbol.dispose]();
    expect(told.sort()).toEqual([
      'error /crash boom',
      'finished /crash',
      'finished /nowhere',
      'finished /quick',
      'started /crash',
      'started /nowhere',
      'started /quick',
    ]);
  });

  it("serves what comes in past the application's own server", async () => {
    await using other = await sideDoor(running.app.getHttpAdapter().getInstance());
    const response = await fetch(`${other.url}/quick`);
    expect([await response.text(), response.headers.get('x-outer')]).toEqual(['quick', '1']);
  });

  it('routes a URL that a middleware has changed', async () => {
    const Rewrite = layer('Rewrite', (request, next) => {
      if (request.path === '/old') request.url = '/quick';
      return next();
    });
    const rewriting = await startApp(makeAdapter, {
      middleware: [Rewrite],
      controllers: [ProtocolController],
    });
    await using other = await sideDoor(rewriting.app.getHttpAdapter().getInstance());
    try {
      expect(await (await fetch(`${rewriting.url}/old`)).text()).toBe('quick');
      expect(await (await fetch(`${other.url}/old`)).text()).toBe('quick');
    } finally {
      await rewriting.app.close();
    }
  });

  it('lets a middleware answer with a stream of its own', async () => {
    const Streams = layer('Streams', () =>
      HttpResponse.stream(Readable.from([Buffer.from('a'), Buffer.from('b')])),
    );
    const other = await startApp(makeAdapter, { middleware: [Streams], controllers: [] });
    try {
      expect(await (await fetch(other.url)).text()).toBe('ab');
    } finally {
      await other.app.close();
    }
  });
});
