import {
  Body,
  Controller,
  Get,
  HttpCode,
  type INestApplication,
  InternalServerErrorException,
  NotFoundException,
  Post,
  Redirect,
} from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { Store } from 'express-session';
import { MiddlewareModule } from '@nest-quintet/middleware';
import type { SessionEngine } from './engines/session-engine.js';
import { Session } from './session.decorator.js';
import { SessionMiddleware } from './session.middleware.js';
import { Sessions } from './sessions.service.js';
import { SessionsModule } from './sessions.module.js';
import type { SessionSettingsOptions } from './settings.js';

/** Lets a test hold a request in its handler. */
export interface Gate {
  entered: Promise<void>;
  open(): void;
}

let gate: { enter(): void; left: Promise<void> } | undefined;

export function makeGate(): Gate {
  let enter!: () => void;
  let open!: () => void;
  const entered = new Promise<void>((resolve) => (enter = resolve));
  const left = new Promise<void>((resolve) => (open = resolve));
  gate = { enter, left };
  return { entered, open };
}

@Controller()
class SessionController {
  @Get('passing-by')
  passingBy() {
    return 'ok';
  }

  @Get('visits')
  visits(@Session() session: Session) {
    session.set('visits', session.get('visits', 0) + 1);
    return session.get('visits');
  }

  @Get('read')
  read(@Session() session: Session) {
    return Object.fromEntries(session.entries());
  }

  @Post('write')
  @HttpCode(200)
  write(@Session() session: Session, @Body() values: Record<string, unknown>) {
    session.update(values);
  }

  @Post('write-slowly')
  @HttpCode(200)
  async writeSlowly(@Session() session: Session, @Body() values: Record<string, unknown>) {
    session.keys();
    gate!.enter();
    await gate!.left;
    session.update(values);
  }

  @Get('redirect')
  @Redirect('/read')
  redirect(@Session() session: Session) {
    session.set('message', 'saved');
  }

  @Post('login')
  async login(@Session() session: Session) {
    await session.cycleKey();
    session.set('user', 'Ann');
  }

  @Post('logout')
  async logout(@Session() session: Session) {
    await session.flush();
  }

  @Get('set-and-fail')
  fail(@Session() session: Session) {
    session.set('visits', 99);
    throw new InternalServerErrorException();
  }

  @Get('set-and-not-found')
  notFound(@Session() session: Session) {
    session.set('visits', 99);
    throw new NotFoundException();
  }

  @Get('unstorable')
  unstorable(@Session() session: Session) {
    session.set('map', new Map());
  }

  @Get('expiry')
  expiry(@Session() session: Session) {
    session.setExpiry(0);
  }
}

export interface SessionApp {
  app: INestApplication;
  url: string;
  engine: SessionEngine;
  close(): Promise<void>;
}

/** Starts a real application with one session engine; on Fastify where told so. */
export async function startApp(
  engine: SessionEngine | Store,
  options: SessionSettingsOptions & { fastify?: boolean } = {},
): Promise<SessionApp> {
  const { fastify = false, ...settings } = options;
  const builder = Test.createTestingModule({
    imports: [
      SessionsModule.forRoot({ engine, ...settings }),
      MiddlewareModule.forRoot({ middleware: [SessionMiddleware] }),
    ],
    controllers: [SessionController],
  });
  const module = await builder.compile();
  const app = fastify
    ? module.createNestApplication(new FastifyAdapter(), { logger: false })
    : module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  return {
    app,
    url: (await app.getUrl()).replace('[::1]', '127.0.0.1'),
    engine: app.get(Sessions).engine,
    close: () => app.close(),
  };
}
