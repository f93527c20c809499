import { EventEmitter, once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import {
  Controller,
  Get,
  type INestApplication,
  Inject,
  Module,
  NotFoundException,
  Res,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type HttpRequest,
  type HttpResponse,
  type Middleware,
  MiddlewareModule,
} from '@nest-quintet/middleware';
import { Database, OrmModule, type PrismaDatabase, type SchemaMetadata } from '@nest-quintet/orm';
import { SignalDispatcher } from '@nest-quintet/signals';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { Response } from 'express';
import { makeError } from '../middleware/python-errors.js';
import { PrismaClient } from './generated/prisma/client.js';

/** What the views and the middleware of the site write down, and what they wait for. */
export class SiteLog {
  write: (line: string) => void = () => {};
  readonly #reading = new EventEmitter();

  /** Resolves when the client reads on. */
  async wanted(): Promise<void> {
    await once(this.#reading, 'on');
  }

  /** Reads on, as a test client does that takes a stream piece by piece. */
  want(): void {
    this.#reading.emit('on');
  }
}

class Logging implements Middleware {
  constructor(@Inject(SiteLog) private readonly log: SiteLog) {}

  async handle(_request: HttpRequest, next: () => Promise<HttpResponse>): Promise<HttpResponse> {
    this.log.write('middleware before');
    const response = await next();
    this.log.write(`middleware after status ${response.status}`);
    return response;
  }
}

@Controller()
class Views {
  constructor(
    @Inject(SiteLog) private readonly log: SiteLog,
    @Inject(Database) private readonly database: Database,
  ) {}

  @Get('ok')
  ok(): string {
    this.log.write('view');
    return 'ok';
  }

  @Get('404')
  notFound(): never {
    this.log.write('view');
    throw new NotFoundException();
  }

  @Get('boom')
  boom(): never {
    this.log.write('view');
    throw makeError('RuntimeError');
  }

  @Get('save')
  async save(): Promise<string> {
    this.log.write('view');
    await (this.database.client as PrismaClient).tag.create({ data: { label: 'saved' } });
    return 'saved';
  }

  @Get('stream')
  stream(@Res() response: Response): void {
    this.log.write('view');
    response.flushHeaders();
    Readable.from(this.#chunks()).pipe(response);
  }

  async *#chunks(): AsyncIterable<string> {
    for (const n of [0, 1]) {
      await this.log.wanted();
      this.log.write(`chunk ${n}`);
      yield `c${n}`;
    }
    await this.log.wanted();
  }
}

export interface Site {
  readonly dispatcher: SignalDispatcher;
  readonly database: PrismaDatabase;
  readonly log: SiteLog;
  /** Sends a request; resolves when the head of the response is there. */
  get(path: string): Promise<IncomingMessage>;
  close(): Promise<void>;
}

/** Opens the application that the cases describe: its models, its views, and one middleware that logs. */
export async function openSite(adapter: SqlDriverAdapterFactory, schema: SchemaMetadata): Promise<Site> {
  @Module({
    imports: [
      OrmModule.forRoot({
        adapter,
        client: (wrapped) => new PrismaClient({ adapter: wrapped }),
        schema,
        report: () => {},
      }),
      MiddlewareModule.forRoot({ middleware: [Logging] }),
    ],
    controllers: [Views],
    providers: [SiteLog],
    exports: [SiteLog],
  })
  class SiteModule {}
  const app: INestApplication = await NestFactory.create(SiteModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const dispatcher = app.get(SignalDispatcher);
  dispatcher.useLogger({ error: () => {} });
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    dispatcher,
    database: app.get<PrismaDatabase>(Database),
    log: app.get(SiteLog),
    get: (path) => get(port, path),
    close: () => app.close(),
  };
}

function get(port: number, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, agent: false }, resolve).on('error', reject).end();
  });
}
