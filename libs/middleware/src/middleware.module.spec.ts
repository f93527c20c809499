import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  BadRequestException,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Inject,
  Injectable,
  Logger,
  Module,
  Param,
  ParseIntPipe,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { factChannel, ImproperlyConfiguredError } from '@nest-quintet/core';
import {
  HttpResponse,
  type LayerFact,
  type Middleware,
  MiddlewareModule,
  MiddlewareNotUsed,
  MiddlewareOptions,
  type NextResponse,
  type HttpRequest,
  Pipeline,
} from './index.js';
import { layer, platforms, type RunningApp, startApp } from './testing.spec-support.js';

const log: string[] = [];

class DomainError extends Error {}

@Catch(DomainError)
class DomainFilter implements ExceptionFilter {
  catch(_error: DomainError, host: any) {
    log.push('domain filter');
    host.switchToHttp().getResponse().status(409).send({ domain: true });
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {}

@Catch(ForbiddenException)
@Injectable()
class ScopedFilter implements ExceptionFilter {
  constructor(@Inject(PerRequest) readonly own: PerRequest) {}
  catch(_error: unknown, host: any) {
    log.push('scoped filter');
    host
      .switchToHttp()
      .getResponse()
      .status(403)
      .send({ scoped: this.own instanceof PerRequest });
  }
}

class Refuse implements CanActivate {
  canActivate(): boolean {
    log.push('guard');
    throw new ForbiddenException();
  }
}

class Break {
  intercept(_context: ExecutionContext, _next: CallHandler): never {
    throw new DomainError('interceptor');
  }
}

@Controller()
@UseFilters(new DomainFilter())
class RoutesController {
  @Get('fine') fine() {
    log.push('handler');
    return 'fine';
  }
  @Get('domain') domain() {
    throw new DomainError();
  }
  @Get('broken') broken() {
    throw new Error('broken');
  }
  @Get('guarded') @UseGuards(new Refuse()) guarded() {}
  @Get('scoped') @UseGuards(new Refuse()) @UseFilters(ScopedFilter) scoped() {}
  @Get('intercepted') @UseInterceptors(new Break()) intercepted() {}
  @Get('number/:id') number(@Param('id', ParseIntPipe) id: number) {
    return { id };
  }
}

/** A middleware that writes down what it sees, and answers where it is told to. */
const watching = (
  name: string,
  answers: Partial<Record<'view' | 'exception', () => HttpResponse | void>> = {},
) =>
  layer(
    name,
    async (_request, next) => {
      log.push(`${name} in`);
      const response = await next();
      log.push(`${name} out ${response.status}`);
      return response;
    },
    {
      processView: (context) => {
        log.push(`${name} view ${context.getHandler().name}`);
        return answers.view?.();
      },
      processException: (error) => {
        log.push(`${name} exception ${(error as Error).constructor.name}`);
        return answers.exception?.();
      },
    },
  );

describe.each(platforms)('MiddlewareModule on %s', (_name, makeAdapter) => {
  let running: RunningApp | undefined;
  afterEach(async () => {
    log.length = 0;
    await running?.app.close();
    running = undefined;
    jest.restoreAllMocks();
  });
  const providers = [PerRequest];
  const start = async (middleware: any[], more: object = {}) =>
    (running = await startApp(makeAdapter, {
      middleware,
      controllers: [RoutesController],
      providers,
      ...more,
    }));
  const get = async (path: string, init?: RequestInit) => {
    log.length = 0;
    const response = await fetch(running!.url + path, init);
    return { status: response.status, body: await response.text(), headers: response.headers };
  };

  it('runs processView() after the guards, outermost first, before the handler', async () => {
    await start([watching('A'), watching('B')]);
    await get('/fine');
    expect(log).toEqual(['A in', 'B in', 'A view fine', 'B view fine', 'handler', 'B out 200', 'A out 200']);
    await get('/guarded');
    expect(log.filter((line) => line.includes('view'))).toEqual([]);
  });

  it('answers from processView() in place of the handler', async () => {
    await start([
      watching('A'),
      watching('B', { view: () => HttpResponse.text('viewed', { status: 202 }) }),
      watching('C'),
    ]);
    const response = await get('/fine');
    expect([response.status, response.body]).toEqual([202, 'viewed']);
    expect(log).toEqual([
      'A in',
      'B in',
      'C in',
      'A view fine',
      'B view fine',
      'C out 202',
      'B out 202',
      'A out 202',
    ]);
  });

  it.each([
    ['/domain', 'DomainError'],
    ['/broken', 'Error'],
    ['/guarded', 'ForbiddenException'],
    ['/intercepted', 'DomainError'],
    ['/number/x', 'BadRequestException'],
  ])('shows what %s throws to processException(), innermost first', async (path, error) => {
    await start([
      watching('A', { exception: () => HttpResponse.text('rescued', { status: 299 }) }),
      watching('B'),
    ]);
    const response = await get(path);
    expect([response.status, response.body]).toEqual([299, 'rescued']);
    expect(log.filter((line) => line.includes('exception'))).toEqual([
      `B exception ${error}`,
      `A exception ${error}`,
    ]);
    expect(log).not.toContain('domain filter');
  });

  it.each([
    ['/domain', 409, '{"domain":true}'],
    ['/broken', 500, '{"statusCode":500,"message":"Internal server error"}'],
    ['/guarded', 403, '{"message":"Forbidden","statusCode":403}'],
    ['/scoped', 403, '{"scoped":true}'],
    ['/intercepted', 409, '{"domain":true}'],
  ])(
    'leaves %s to the filter that Nest would have chosen when nobody answers',
    async (path, status, body) => {
      await start([]);
      const bare = await get(path);
      await running!.app.close();
      await start([watching('A')]);
      const response = await get(path);
      expect([response.status, response.body]).toEqual([status, body]);
      expect([bare.status, bare.body]).toEqual([status, body]);
      expect(log.filter((line) => line.startsWith('A exception'))).toHaveLength(1);
    },
  );

  it('answers what processException() itself throws', async () => {
    const Fails = watching('Fails', {
      exception: () => {
        throw new BadRequestException('from the hook');
      },
    });
    await start([Fails]);
    expect((await get('/broken')).status).toBe(400);
  });

  it('gives a middleware its options and whatever the importing module can inject', async () => {
    @Injectable()
    class Greeter {
      readonly word = 'hello';
    }
    @Injectable()
    class Greeting implements Middleware {
      constructor(
        @Inject(Greeter) private readonly greeter: Greeter,
        @MiddlewareOptions() private readonly options: { name: string } = { name: 'nobody' },
      ) {}
      async handle(_request: HttpRequest, next: NextResponse) {
        const response = await next();
        response.headers.append('X-Greeting', `${this.greeter.word} ${this.options.name}`);
        return response;
      }
    }
    @Module({
      imports: [
        MiddlewareModule.forRoot({
          middleware: [
            { use: Greeting, options: { name: 'ada' } },
            Greeting,
            { use: Greeting, options: { name: 'bo' } },
          ],
        }),
      ],
      providers: [Greeter, PerRequest],
      controllers: [RoutesController],
    })
    class AppModule {}
    const { Test } = await import('@nestjs/testing');
    const module = await Test.createTestingModule({ imports: [AppModule], providers }).compile();
    const app = module.createNestApplication(makeAdapter() as never, { logger: false });
    await app.listen(0, '127.0.0.1');
    running = { app, url: await app.getUrl() };
    expect((await get('/nowhere')).headers.get('x-greeting')).toBe('hello bo, hello nobody, hello ada');
  });

  it('runs an entry only for the requests that it is for', async () => {
    const Marks = layer('Marks', async (request, next) => {
      const response = await next();
      response.headers.set('X-Marked', request.path);
      return response;
    });
    await start([{ use: Marks, include: ['number/:id', { path: 'fine', method: 'POST' }], exclude: [/9$/] }]);
    const marked = async (path: string, init?: RequestInit) =>
      (await get(path, init)).headers.get('x-marked');
    expect(await marked('/number/1')).toBe('/number/1');
    expect(await marked('/number/9')).toBeNull();
    expect(await marked('/fine')).toBeNull();
    expect(await marked('/fine', { method: 'POST' })).toBe('/fine');
  });

  it('leaves out what does not want to be used, and says so', async () => {
    const debug = jest.spyOn(Logger.prototype, 'debug').mockImplementation(() => undefined);
    class NotBuilt {
      constructor() {
        throw new MiddlewareNotUsed('no key is set');
      }
      handle(_request: HttpRequest, next: NextResponse) {
        return next();
      }
    }
    class NotStarted {
      onModuleInit() {
        throw new MiddlewareNotUsed();
      }
      handle(_request: HttpRequest, next: NextResponse) {
        return next();
      }
    }
    await start([NotBuilt, NotStarted, watching('A')]);
    expect(running!.app.get(Pipeline).order).toEqual(['A']);
    expect(debug.mock.calls.flat()).toEqual([
      'NotStarted is not used.',
      'NotBuilt is not used: no key is set',
    ]);
  });

  it('tells whoever watches which middleware a request has passed', async () => {
    const facts: LayerFact[] = [];
    using _ = factChannel<LayerFact>('middleware').watch((fact) => facts.push(fact));
    const Answers = layer('Answers', async () => HttpResponse.text('no', { status: 403 }));
    await start([watching('A'), Answers, watching('B')]);
    await get('/');
    expect(facts.map(({ name, status }) => `${name} ${status}`)).toEqual(['Answers 403', 'A 403']);
    const [inner, outer] = facts as [LayerFact, LayerFact];
    expect(inner.innerFrom).toBeUndefined();
    const times = [outer.startedAt, outer.innerFrom, inner.startedAt, inner.endedAt, outer.innerUntil];
    expect(times).toEqual([...times].sort((left, right) => left! - right!));
  });

  it('lets a middleware begin and end with the application', async () => {
    const calls: string[] = [];
    class Connected {
      onModuleInit() {
        calls.push('begin');
      }
      onModuleDestroy() {
        calls.push('end');
      }
      onApplicationShutdown(signal?: string) {
        calls.push(`gone ${signal}`);
      }
      handle(_request: HttpRequest, next: NextResponse) {
        return next();
      }
    }
    await start([Connected]);
    await running!.app.close();
    running = undefined;
    expect(calls).toEqual(['begin', 'end', 'gone undefined']);
  });

  it('puts the middleware of a feature where it asks to stand', async () => {
    const [A, B, C, D, E, F] = ['A', 'B', 'C', 'D', 'E', 'F'].map((name) => watching(name)) as any[];
    await start([A, B], {
      imports: [
        MiddlewareModule.forFeature([C], { before: B }),
        MiddlewareModule.forFeature([D], { after: A }),
        MiddlewareModule.forFeature([E]),
        MiddlewareModule.forFeature([F], { outermost: true }),
      ],
    });
    expect(running!.app.get(Pipeline).order).toEqual(['F', 'A', 'D', 'C', 'B', 'E']);
  });

  it('refuses a feature that names a class that is not there', async () => {
    const [A, B, C] = ['A', 'B', 'C'].map((name) => watching(name)) as any[];
    await expect(start([A], { imports: [MiddlewareModule.forFeature([B], { before: C })] })).rejects.toThrow(
      new ImproperlyConfiguredError(
        'MiddlewareModule.forFeature() names C, which is not in the list. Choices are: A.',
      ),
    );
    running = undefined;
  });

  it('refuses a second list', async () => {
    const second = MiddlewareModule.forRoot({ middleware: [watching('B')] });
    await expect(start([watching('A')], { imports: [second] })).rejects.toThrow(/imported more than once/);
    running = undefined;
  });

  it('lets a middleware refuse its place', async () => {
    class Picky {
      handle(_request: HttpRequest, next: NextResponse) {
        return next();
      }
      checkOrder(order: readonly { name: string }[]) {
        if (order[0]!.name !== 'Picky') throw new ImproperlyConfiguredError('Picky must come first.');
      }
    }
    await expect(start([watching('A'), Picky])).rejects.toThrow('Picky must come first.');
    running = undefined;
  });

  it('refuses a hook that is no method, as it would be found too late', async () => {
    class Late {
      processView = () => undefined;
      handle(_request: HttpRequest, next: NextResponse) {
        return next();
      }
    }
    await expect(start([Late])).rejects.toThrow(/Late has processView as a field: declare it as a method/);
    running = undefined;
  });

  it('refuses a route pattern that it cannot read', async () => {
    await expect(start([{ use: watching('A'), include: ['/a/*'] }])).rejects.toThrow(
      /A: "\/a\/\*" is no route pattern/,
    );
    running = undefined;
  });
});
