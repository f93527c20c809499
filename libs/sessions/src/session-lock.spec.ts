import { afterEach, describe, expect, it } from '@jest/globals';
import { type CanActivate, Controller, Get, Post, Query, UseGuards } from '@nestjs/common';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { memoryEngine } from './engines/memory.engine.js';
import { signedCookieEngine } from './engines/signed-cookie.engine.js';
import { Session } from './session.decorator.js';
import { Visitor } from './session-http.spec-support.js';
import { SessionLock } from './session-lock.decorator.js';
import { Sites, startSite } from './site.spec-support.js';

let running = 0;
let most = 0;
let gate: ReturnType<typeof makeDoor> | undefined;

/** Lets a test hold the handler that comes next. */
function makeDoor() {
  let enter!: () => void;
  let open!: () => void;
  const entered = new Promise<void>((resolve) => (enter = resolve));
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { entered, open, pass: () => (enter(), opened) };
}

let arrived: ReturnType<typeof makeDoor> | undefined;

/** Tells that a request has come as far as to the lock. */
class ArrivalGuard implements CanActivate {
  canActivate(): boolean {
    void arrived?.pass();
    return true;
  }
}

@Controller()
class TillController {
  @Post('count')
  @SessionLock()
  async count(@Session() session: Session) {
    most = Math.max(most, (running += 1));
    const before = session.get('count', 0);
    await new Promise((resolve) => setImmediate(resolve));
    session.set('count', before + 1);
    running -= 1;
  }

  @Post('hold')
  @SessionLock({ wait: '50ms' })
  async hold(@Session() session: Session, @Query('then') then?: string) {
    await gate!.pass();
    session.set('held', true);
    if (then === 'logout') await session.flush();
  }

  @Post('impatient')
  @SessionLock({ wait: '50ms' })
  impatient() {
    return 'served';
  }

  @Post('patient')
  @UseGuards(ArrivalGuard)
  @SessionLock({ wait: '20s' })
  patient(@Session() session: Session) {
    return { held: session.get('held', false) };
  }

  @Post('unlocked')
  unlocked(@Session() session: Session) {
    session.set('unlocked', true);
    return 'served';
  }

  @Get('session')
  session(@Session() session: Session) {
    return Object.fromEntries(session.entries());
  }
}

describe.each([
  ['Express', false, 'early'],
  ['Fastify', true, 'early'],
  ['Express', false, 'onDemand'],
] as const)('@SessionLock() on %s (fastify: %s), loaded %s', (_, fastify, load) => {
  const sites = new Sites();
  const start = async () => {
    const { url } = await sites.start(TillController, memoryEngine(), { fastify, load });
    const visitor = new Visitor(() => url);
    await visitor.post('/unlocked');
    return { visitor, url };
  };

  afterEach(async () => {
    await sites.close();
    gate = arrived = undefined;
    running = most = 0;
  });

  it('counts right where merging could not', async () => {
    const { visitor } = await start();
    const answers = await Promise.all(Array.from({ length: 20 }, () => visitor.post('/count')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect((await visitor.get('/session')).body).toMatchObject({ count: 20 });
    expect(most).toBe(1);
  });

  it('waits so long and no longer, and holds up nobody else', async () => {
    const { visitor, url } = await start();
    gate = makeDoor();
    const holding = visitor.post('/hold');
    await gate.entered;
    const refused = await visitor.post('/impatient');
    expect(refused).toMatchObject({ status: 409 });
    expect(refused.body).toMatchObject({
      message: 'Other requests of this visitor have kept the session for 0.05 seconds.',
    });
    expect(await visitor.post('/unlocked')).toMatchObject({ text: 'served' });
    expect(await new Visitor(() => url).post('/impatient')).toMatchObject({ text: 'served' });
    gate.open();
    expect(await holding).toMatchObject({ status: 201 });
    expect(await visitor.post('/impatient')).toMatchObject({ text: 'served' });
  });

  it('reads what the one before has written', async () => {
    const { visitor } = await start();
    gate = makeDoor();
    const holding = visitor.post('/hold');
    await gate.entered;
    arrived = makeDoor();
    const waiting = visitor.post('/patient');
    await arrived.entered;
    gate.open();
    await holding;
    expect((await waiting).body).toEqual({ held: true });
  });

  it('finds no session when the one before has logged out', async () => {
    const { visitor, url } = await start();
    const other = new Visitor(() => url, visitor.cookie);
    gate = makeDoor();
    const holding = visitor.post('/hold?then=logout');
    await gate.entered;
    arrived = makeDoor();
    const waiting = other.post('/patient');
    await arrived.entered;
    gate.open();
    await holding;
    // Guards may have let in whom the session no longer knows.
    if (load === 'early') expect(await waiting).toMatchObject({ status: 400 });
    else expect((await waiting).body).toEqual({ held: false });
    expect((await other.get('/session')).body).toEqual({});
  });
});

describe('@SessionLock()', () => {
  it('is refused at start-up where the server keeps nothing', async () => {
    const starting = startSite(TillController, signedCookieEngine(), { secret: 'secret' });
    await expect(starting).rejects.toThrow(ImproperlyConfiguredError);
    await expect(starting).rejects.toThrow(
      '@SessionLock() on TillController.count: the session engine keeps nothing on the server that could be locked.',
    );
  });
});
