import { All, Controller, Inject, Module, Req, Res } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { MiddlewareModule } from '@nest-quintet/middleware';
import {
  type Session as SessionType,
  Session,
  type Engine,
  SessionMiddleware,
  SessionsModule,
  type SessionsModuleOptions,
} from '@nest-quintet/sessions';
import type { Request, Response } from 'express';

/** What the next request does in the view; returns the status that it answers with. */
export type View = (session: SessionType) => Promise<number>;

class Views {
  next: View | undefined;
}

@Controller()
class SiteController {
  constructor(@Inject(Views) private readonly views: Views) {}

  @All()
  async view(@Session() session: SessionType, @Req() _request: Request, @Res() response: Response) {
    response.status(await this.views.next!(session)).end();
  }
}

@Module({ controllers: [SiteController], providers: [Views] })
class SiteModule {}

/** A site with one view behind the session middleware. */
export interface Site {
  readonly app: INestApplication;
  visit(view: View): void;
}

export async function openSite(engine: Engine, options: Partial<SessionsModuleOptions>): Promise<Site> {
  const module = await Test.createTestingModule({
    imports: [
      SessionsModule.forRoot({ ...options, engine }),
      MiddlewareModule.forRoot({ middleware: [SessionMiddleware] }),
      SiteModule,
    ],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  return { app, visit: (view) => (app.get(Views, { strict: false }).next = view) };
}
