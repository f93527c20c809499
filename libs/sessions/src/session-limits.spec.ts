import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Post } from '@nestjs/common';
import request from 'supertest';
import { stopClock } from '../../../test/support/clock.js';
import { memoryEngine } from './engines/memory.engine.js';
import { signedCookieEngine } from './engines/signed-cookie.engine.js';
import { Session } from './session.decorator.js';
import { Visitor } from './session-http.spec-support.js';
import { Sites } from './site.spec-support.js';

@Controller()
class DeskController {
  @Post('login')
  async login(@Session() session: Session) {
    await session.cycleKey();
    session.set('user', 'Ann');
  }

  @Get('user')
  user(@Session() session: Session) {
    return session.get('user', 'nobody');
  }

  @Get('passing-by')
  passingBy() {
    return 'ok';
  }

  @Post('note')
  note(@Session() session: Session) {
    session.set('note', Date.now());
  }

  @Post('clear')
  clear(@Session() session: Session) {
    session.clear();
    session.set('user', 'Ann');
  }
}

const MINUTE = 60_000;

function later(minutes: number): void {
  jest.setSystemTime(Date.now() + minutes * MINUTE);
}

function maxAge({ headers }: request.Response): number | undefined {
  const age = /Max-Age=(\d+)/.exec(String(headers['set-cookie']))?.[1];
  return age === undefined ? undefined : Number(age);
}

describe.each([
  ['memoryEngine()', () => memoryEngine()],
  ['signedCookieEngine()', () => signedCookieEngine()],
])('the limits of a session with %s', (_, makeEngine) => {
  const sites = new Sites();
  const start = async (options: object) => {
    const { url } = await sites.start(DeskController, makeEngine(), { secret: 'secret', ...options });
    return new Visitor(() => url);
  };

  beforeEach(() => {
    stopClock('2024-05-01T12:00:00Z');
  });

  afterEach(async () => {
    jest.useRealTimers();
    await sites.close();
  });

  it('ends one that is not used for the idle limit', async () => {
    const visitor = await start({ idleTimeout: '30m' });
    expect(maxAge(await visitor.post('/login'))).toBe(1800);
    later(29);
    expect(await visitor.get('/user')).toMatchObject({ text: 'Ann' });
    later(31);
    expect(await visitor.get('/user')).toMatchObject({ text: 'nobody' });
  });

  it('keeps one that is used, however little is changed', async () => {
    const visitor = await start({ idleTimeout: '30m' });
    await visitor.post('/login');
    for (let minute = 0; minute < 120; minute += 20) {
      later(20);
      expect(await visitor.get('/passing-by')).toMatchObject({ status: 200 });
    }
    expect(await visitor.get('/user')).toMatchObject({ text: 'Ann' });
  });

  it('extends it once in a tenth of the limit, and not with every request', async () => {
    const visitor = await start({ idleTimeout: '30m' });
    await visitor.post('/login');
    later(2);
    expect(maxAge(await visitor.get('/user'))).toBeUndefined();
    later(2);
    expect(maxAge(await visitor.get('/user'))).toBe(1800);
    expect(maxAge(await visitor.get('/user'))).toBeUndefined();
  });

  it('ends one at the absolute limit, however much it is used', async () => {
    const visitor = await start({ absoluteTimeout: '2h', saveEveryRequest: true });
    expect(maxAge(await visitor.post('/login'))).toBe(7200);
    for (const path of ['/note', '/login', '/clear']) {
      later(39);
      await visitor.post(path);
      expect(await visitor.get('/user')).toMatchObject({ text: 'Ann' });
    }
    expect(maxAge(await visitor.get('/user'))).toBe(180);
    later(3);
    expect(await visitor.get('/user')).toMatchObject({ text: 'nobody' });
  });

  it('holds sessions from before to a limit that was lowered', async () => {
    const before = await start({ absoluteTimeout: '10h' });
    await before.post('/login');
    const after = await start({ absoluteTimeout: '1h' });
    after.cookie = before.cookie;
    later(61);
    expect(await before.get('/user')).toMatchObject({ text: 'Ann' });
    expect(await after.get('/user')).toMatchObject({ text: 'nobody' });
  });
});
