import {
  Body,
  Controller,
  Get,
  HttpCode,
  InternalServerErrorException,
  NotFoundException,
  Post,
  Redirect,
} from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { Store } from 'express-session';
import type { Engine } from './session/session-backend.js';
import { Session } from './session.decorator.js';
import { type Site, type SiteOptions, startSite } from './site.spec-support.js';

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

export type SessionApp = Site;
export type AppOptions = SiteOptions;

/** Starts a real application with one session engine; on Fastify where told so. */
export function startApp(engine: Engine | Store, options: AppOptions = {}): Promise<SessionApp> {
  return startSite(SessionController, engine, options);
}

/** Says what an application does on every engine, over HTTP; `processes` starts one or two of them on one store. */
export function describeOverHttp(name: string, processes: () => Promise<SessionApp[]>): void {
  describe(`an application on ${name}`, () => {
    let apps: SessionApp[];
    /** The processes in turn, as a load balancer would choose. */
    const next = () => {
      apps.push(apps.shift()!);
      return apps[0]!.url;
    };

    beforeAll(async () => {
      apps = await processes();
    }, 60_000);

    afterAll(() => Promise.all(apps.map((app) => app.close())));

    it('keeps the values of a visitor, from login to logout', async () => {
      const visitor = new Visitor(next);
      expect(await visitor.get('/visits')).toMatchObject({ status: 200, text: '1' });
      expect(await visitor.get('/visits')).toMatchObject({ status: 200, text: '2' });
      const before = visitor.cookie;
      await visitor.post('/login');
      expect(visitor.cookie).not.toBe(before);
      expect((await visitor.get('/read')).body).toEqual({ visits: 2, user: 'Ann' });
      const old = new Visitor(next, before);
      expect((await old.get('/read')).body).toEqual({});
      await visitor.post('/logout');
      expect(visitor.cookie).toBe('sessionid=');
      expect((await visitor.get('/read')).body).toEqual({});
    });

    it('loses no update of many visitors with many requests at the same time', async () => {
      const visitors = Array.from({ length: 5 }, () => new Visitor(next));
      await Promise.all(visitors.map((visitor) => visitor.post('/write', { first: true })));
      const answers = await Promise.all(
        visitors.flatMap((visitor) =>
          Array.from({ length: 12 }, (_, i) => visitor.post('/write', { [`key${i}`]: i })),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      for (const visitor of visitors) {
        expect(Object.keys((await visitor.get('/read')).body as object)).toHaveLength(13);
      }
    });

    it('never brings back a session whose visitor logged out during a slow request', async () => {
      const visitor = new Visitor(next);
      await visitor.get('/visits');
      const loggedIn = new Visitor(next, visitor.cookie);
      const gate = makeGate();
      const slow = visitor.post('/write-slowly', { cart: 1 });
      await gate.entered;
      await loggedIn.post('/logout');
      gate.open();
      expect(await slow).toMatchObject({ status: 400 });
      expect((await visitor.get('/read')).body).toEqual({});
    });
  });
}

/** A browser that may have several requests under way. */
export class Visitor {
  constructor(
    private readonly url: () => string,
    public cookie?: string,
  ) {}

  get(path: string): Promise<request.Response> {
    return this.#send(request(this.url()).get(path));
  }

  post(path: string, body: object = {}): Promise<request.Response> {
    return this.#send(request(this.url()).post(path).send(body));
  }

  delete(path: string): Promise<request.Response> {
    return this.#send(request(this.url()).delete(path));
  }

  async #send(sent: request.Test): Promise<request.Response> {
    if (this.cookie !== undefined) void sent.set('Cookie', this.cookie);
    const response = await sent;
    const [set] = (response.headers['set-cookie'] as unknown as string[] | undefined) ?? [];
    if (set !== undefined) this.cookie = set.split(';')[0];
    return response;
  }
}

/** Asks until the answer has the status, as the client of a server that is coming back does. */
export async function eventually(
  ask: () => Promise<request.Response>,
  status: number,
): Promise<request.Response> {
  for (;;) {
    const response = await ask();
    if (response.status === status) return response;
  }
}
