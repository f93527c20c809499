import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Post,
  Req,
  Session as NestSession,
  UseGuards,
} from '@nestjs/common';
import request from 'supertest';
import { CountingEngine } from './counting-engine.spec-support.js';
import { Session } from './session.decorator.js';
import { Sites } from './site.spec-support.js';

type WithSession = { session: Session };

class AwaitingGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { session } = context.switchToHttp().getRequest<WithSession>();
    await session.load();
    return session.get('visits') !== undefined;
  }
}

@Controller()
class PagesController {
  @Get('passing-by')
  passingBy() {
    return 'ok';
  }

  @Post('visits')
  visit(@Session() session: Session) {
    session.set('visits', session.get('visits', 0) + 1);
    return String(session.get('visits'));
  }

  @Get('visits')
  visits(@NestSession() session: Session) {
    return String(session.get('visits', 0));
  }

  @Get('guarded')
  @UseGuards(AwaitingGuard)
  guarded() {
    return 'let in';
  }

  @Get('awaiting')
  async awaiting(@Req() { session }: WithSession) {
    await Promise.all([session.load(), session.load()]);
    await session.load();
    return String(session.get('visits', 0));
  }

  @Get('hasty')
  hasty(@Req() { session }: WithSession) {
    return String(session.get('visits', 0));
  }
}

describe.each([
  ['Express', false],
  ['Fastify', true],
])("SessionsModule with load: 'onDemand' on %s", (_, fastify) => {
  const sites = new Sites();
  const start = async (options = {}) => {
    const engine = new CountingEngine();
    const { url } = await sites.start(PagesController, engine, { fastify, load: 'onDemand', ...options });
    const agent = request.agent(url);
    await agent.post('/visits').expect(201, '1');
    engine.takeOperations();
    return { agent, engine, url };
  };

  afterEach(() => sites.close());

  it('asks the store for handlers that declare @Session() alone', async () => {
    const { agent, engine } = await start();
    const passing = await agent.get('/passing-by').expect(200, 'ok');
    expect(passing.headers).not.toHaveProperty('vary');
    expect(passing.headers).not.toHaveProperty('set-cookie');
    expect(engine.takeOperations()).toEqual([]);
    await agent.get('/visits').expect(200, '1');
    expect(engine.takeOperations()).toEqual(['read']);
    await agent.post('/visits').expect(201, '2');
    expect(engine.takeOperations()).toEqual(['read', 'replace']);
  });

  it('asks the store for code that awaits session.load()', async () => {
    const { agent, engine } = await start();
    await agent.get('/guarded').expect(200, 'let in');
    await agent.get('/awaiting').expect(200, '1');
    expect(engine.takeOperations()).toEqual(['read', 'read']);
  });

  it('refuses to guess what is in a session that was not loaded, for new visitors too', async () => {
    const { agent, url, engine } = await start();
    await agent.get('/hasty').expect(500);
    await request(url).get('/hasty').expect(500);
    expect(engine.takeOperations()).toEqual([]);
    await agent.get('/visits').expect(200, '1');
  });

  it('saves every request that has a session, where told to', async () => {
    const { agent, engine } = await start({ saveEveryRequest: true });
    const response = await agent.get('/passing-by').expect(200, 'ok');
    expect(response.headers).toHaveProperty('set-cookie');
    expect(engine.takeOperations()).toEqual(['read', 'replace']);
  });

  it('reads before guards run unless told otherwise', async () => {
    const { agent, engine } = await start({ load: 'early' });
    await agent.get('/hasty').expect(200, '1');
    await agent.get('/passing-by').expect(200, 'ok');
    expect(engine.takeOperations()).toEqual(['read', 'read']);
  });
});
