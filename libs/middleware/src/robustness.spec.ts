import { connect, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext, runInThisContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Post, Res, StreamableFile, type Type } from '@nestjs/common';
import { type HttpResponse, type Middleware, type NextResponse } from './index.js';
import { platforms, type RunningApp, startApp } from './testing.spec-support.js';

const isLong = process.env.QUINTET_LONG === '1';
const REQUESTS = isLong ? 20_000 : 1_000;
const AT_ONCE = 50;
/** More than the listeners that an emitter may have before Node warns. */
const LAYERS = 12;

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;
// What tests see as the process is a copy of it, which is told neither of warnings nor of rejections.
const worker = runInThisContext('process') as NodeJS.Process;

const counts = { in: 0, out: 0 };

/** Fails now and then, and counts those that are in it. */
function shaky(name: string): Type<Middleware> {
  class Shaky implements Middleware {
    async handle(_request: unknown, next: NextResponse): Promise<HttpResponse> {
      counts.in += 1;
      try {
        if (Math.random() < 0.05) throw new Error('before');
        const response = await next();
        if (Math.random() < 0.05) throw new Error('after');
        return response;
      } finally {
        counts.out += 1;
      }
    }
  }
  Object.defineProperty(Shaky, 'name', { value: name });
  return Shaky;
}

@Controller()
class RobustController {
  @Get('value') async value() {
    await wait(Math.random() * 5);
    return { ok: true };
  }
  @Get('throws') throws() {
    throw new Error('handler');
  }
  @Get('stream') stream() {
    return new StreamableFile(Readable.from(Array.from({ length: 20 }, () => Buffer.alloc(32 * 1024, 'x'))));
  }
  @Get('chunks') chunks(@Res() response: any) {
    const raw = response.raw ?? response;
    if (response.hijack) response.hijack();
    raw.write('a');
    setTimeout(() => raw.end('b'), Math.random() * 5);
  }
  @Get('never') never(@Res() response: any) {
    if (response.hijack) response.hijack();
  }
  @Post('body') body(@Body() body: unknown) {
    return body ?? {};
  }
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
const halfBody =
  'POST /body HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"half":';
const pipelined = get('/value').replace('close', 'keep-alive') + get('/stream');

/** One visit by a client that may be rude; resolves when its connection is over. */
function visit(port: number): Promise<void> {
  const kinds = [
    get('/value'),
    get('/throws'),
    get('/stream'),
    get('/chunks'),
    get('/nowhere'),
    pipelined,
    halfBody,
  ];
  const isImpatient = Math.random() < 0.3;
  // Nobody answers these but our own patience.
  const text =
    isImpatient && Math.random() < 0.2 ? get('/never') : kinds[Math.floor(Math.random() * kinds.length)]!;
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('error', () => undefined).on('close', () => resolve());
    const isSlow = Math.random() < 0.2;
    if (isSlow) setTimeout(() => socket.resume(), 10);
    else socket.resume();
    if (isImpatient || text === halfBody) setTimeout(() => socket.destroy(), Math.random() * 10);
  });
}

async function visits(port: number, count: number): Promise<void> {
  let left = count;
  const visitor = async () => {
    while (left-- > 0) await visit(port);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, visitor));
}

async function usedHeap(): Promise<number> {
  for (let pass = 0; pass < 4; pass++) {
    await wait(20);
    collect();
  }
  return process.memoryUsage().heapUsed;
}

describe.each(platforms)('the pipeline on %s under rude clients', (_name, makeAdapter) => {
  let running: RunningApp;
  const warnings: string[] = [];
  const rejections: unknown[] = [];
  const onWarning = (warning: Error) => {
    if (warning.name !== 'ExperimentalWarning') warnings.push(String(warning.stack));
  };
  const onRejection = (reason: unknown) => void rejections.push(reason);

  beforeAll(async () => {
    counts.in = counts.out = 0;
    worker.on('warning', onWarning);
    worker.on('unhandledRejection', onRejection);
    running = await startApp(makeAdapter, {
      middleware: Array.from({ length: LAYERS }, (_, at) => shaky(`Shaky${at}`)),
      controllers: [RobustController],
      abandonAfter: 0.05,
    });
  });
  afterAll(async () => {
    worker.off('warning', onWarning);
    worker.off('unhandledRejection', onRejection);
    running.app.getHttpServer().closeAllConnections();
    await running.app.close();
  });

  it(
    `leaves nothing behind after ${REQUESTS} of their requests`,
    async () => {
      const { port } = running.app.getHttpServer().address() as AddressInfo;
      await visits(port, REQUESTS / 4);
      const before = await usedHeap();
      await visits(port, (REQUESTS * 3) / 4);
      for (let patience = 200; counts.out < counts.in && patience > 0; patience--) await wait(10);
      const after = await usedHeap();

      expect(counts.out).toBe(counts.in);
      expect(warnings).toEqual([]);
      expect(rejections).toEqual([]);
      const perRequest = (after - before) / ((REQUESTS * 3) / 4);
      process.stdout.write(`heap kept per request: ${perRequest.toFixed(0)} bytes\n`);
      // A response that stays would be several kilobytes.
      if (isLong) expect(perRequest).toBeLessThan(200);

      const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(`${running.url}/value`)));
      expect(answers.every(({ status }) => status === 200 || status === 500)).toBe(true);
    },
    10 * 60_000,
  );
});
