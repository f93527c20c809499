import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, HttpException, NotFoundException, Res, type Type } from '@nestjs/common';
import fc from 'fast-check';
import { HttpResponse, type Middleware } from '../index.js';
import { platforms, type RunningApp, startApp } from '../testing.spec-support.js';

/** What a layer does; the handler is the innermost. */
type Act =
  | 'pass'
  | 'short-circuit'
  | 'throw before'
  | 'throw after'
  | 'refuse'
  | 'replace'
  | 'stream'
  | 'wrap'
  | 'header';
type View = 'value' | 'stream' | 'throw' | 'refuse' | 'by hand';
interface Answer {
  status: number;
  body: string;
  headers: Record<string, string>;
}

const ERROR = '{"statusCode":500,"message":"Internal server error"}';
const REFUSAL = '{"message":"no","error":"Not Found","statusCode":404}';

// ---- the model: Django's semantics in forty lines ----------------------------------------------------------------
function model(acts: readonly Act[], view: View, log: string[]): Answer {
  const failed = (): Answer => ({ status: 500, body: ERROR, headers: {} });
  const refused = (): Answer => ({ status: 404, body: REFUSAL, headers: {} });

  const enter = (at: number): Answer => {
    if (at === acts.length) {
      log.push('view');
      if (view === 'throw') return failed();
      if (view === 'refuse') return refused();
      return { status: 200, body: view === 'stream' ? 'abc' : 'view', headers: {} };
    }
    const act = acts[at]!;
    log.push(`${at} in`);
    if (act === 'short-circuit') return { status: 203, body: `short ${at}`, headers: {} };
    if (act === 'throw before') return failed();
    if (act === 'refuse') return refused();
    const answer = enter(at + 1);
    log.push(`${at} out ${answer.status}`);
    switch (act) {
      case 'throw after':
        return failed();
      case 'replace':
        return { status: 202, body: `replaced ${at}`, headers: {} };
      case 'stream':
        return { status: 200, body: `stream ${at}`, headers: {} };
      case 'wrap':
        return { ...answer, body: `<${answer.body}>` };
      case 'header':
        return { ...answer, headers: { ...answer.headers, [`x-${at}`]: 'set' } };
      default:
        return answer;
    }
  };
  return enter(0);
}
// -------------------------------------------------------------------------------------------------------------------

/** The list of one run; the application has eight places that do what the run says. */
let acts: readonly Act[] = [];
let view: View = 'value';
let log: string[] = [];

function place(at: number): Type<Middleware> {
  class Place implements Middleware {
    async handle(_request: unknown, next: () => Promise<HttpResponse>): Promise<HttpResponse> {
      const act = acts[at];
      if (act === undefined) return next();
      log.push(`${at} in`);
      if (act === 'short-circuit') return HttpResponse.text(`short ${at}`, { status: 203 });
      if (act === 'throw before') throw new Error('before');
      if (act === 'refuse') throw new NotFoundException('no');
      const response = await next();
      log.push(`${at} out ${response.status}`);
      if (act === 'throw after') throw new Error('after');
      if (act === 'replace') return HttpResponse.text(`replaced ${at}`, { status: 202 });
      if (act === 'stream')
        return HttpResponse.stream(Readable.from([Buffer.from('stream '), Buffer.from(String(at))]));
      if (act === 'wrap') wrap(response);
      if (act === 'header') response.headers.set(`X-${at}`, 'set');
      return response;
    }
  }
  return Place;
}

function wrap(response: HttpResponse): void {
  const { body } = response;
  if (!(body instanceof Readable)) {
    response.body = `<${response.text}>`;
    return;
  }
  response.body = Readable.from(
    (async function* () {
      yield '<';
      yield* body;
      yield '>';
    })(),
  );
}

@Controller()
class ViewController {
  @Get() view(): unknown {
    log.push('view');
    switch (view) {
      case 'throw':
        throw new Error('view');
      case 'refuse':
        throw new HttpException({ message: 'no', error: 'Not Found', statusCode: 404 }, 404);
      case 'stream':
        return HttpResponse.stream(Readable.from(['a', 'b', 'c'].map((text) => Buffer.from(text))));
      default:
        return HttpResponse.text('view');
    }
  }
  @Get('by-hand') byHand(@Res() response: any) {
    log.push('view');
    if (response.hijack) response.hijack();
    (response.raw ?? response).end('view');
  }
}

const anyActs = fc.array(
  fc.constantFrom<Act>(
    'pass',
    'short-circuit',
    'throw before',
    'throw after',
    'refuse',
    'replace',
    'stream',
    'wrap',
    'header',
  ),
  { maxLength: 8 },
);
const anyView = fc.constantFrom<View>('value', 'stream', 'throw', 'refuse', 'by hand');
const RUNS = process.env.QUINTET_LONG === '1' ? 5_000 : 1_000;

describe.each(platforms)("lists of middleware on %s, beside a model of Django's", (_name, makeAdapter) => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp(makeAdapter, {
      middleware: Array.from({ length: 8 }, (_, at) => place(at)),
      controllers: [ViewController],
    });
  });
  afterAll(() => running.app.close());

  it(`answer the same in ${RUNS} runs`, async () => {
    await fc.assert(
      fc.asyncProperty(anyActs, anyView, async (someActs, someView) => {
        [acts, view, log] = [someActs, someView, []];
        const response = await fetch(running.url + (someView === 'by hand' ? '/by-hand' : '/'));
        const observed = {
          status: response.status,
          body: await response.text(),
          log,
          headers: marks(response.headers),
        };
        const expectedLog: string[] = [];
        const expected = model(someActs, someView, expectedLog);
        expect(observed).toEqual({ ...expected, log: expectedLog });
      }),
      { numRuns: RUNS },
    );
  });
});

function marks(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => /^x-\d$/.test(name)));
}
