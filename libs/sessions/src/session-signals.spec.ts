import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Injectable, Post } from '@nestjs/common';
import { Receiver, SignalsModule } from '@nest-quintet/signals';
import { stopClock } from '../../../test/support/clock.js';
import { memoryEngine } from './engines/memory.engine.js';
import { Session } from './session.decorator.js';
import { Visitor } from './session-http.spec-support.js';
import { sessionCreated, sessionExpired, sessionFlushed, type SessionSignal } from './session-signals.js';
import { Sites } from './site.spec-support.js';

const heard: [signal: string, payload: SessionSignal][] = [];

function note(signal: string, { sessionKey, values, userId }: SessionSignal): void {
  heard.push([signal, { sessionKey, values: { ...values }, userId }]);
}

@Injectable()
class Journal {
  @Receiver(sessionCreated)
  created(payload: SessionSignal) {
    note('created', payload);
  }

  @Receiver(sessionFlushed)
  flushed(payload: SessionSignal) {
    note('flushed', payload);
    throw new Error('the journal is full');
  }

  @Receiver(sessionExpired)
  expired(payload: SessionSignal) {
    note('expired', payload);
  }
}

@Controller()
class DeskController {
  @Post('login')
  async login(@Session() session: Session) {
    await session.cycleKey();
    session.set('userId', 7);
  }

  @Post('logout')
  async logout(@Session() session: Session) {
    await session.flush();
  }

  @Get('user')
  user(@Session() session: Session) {
    return { id: session.get('userId') };
  }
}

describe.each(['early', 'onDemand'] as const)('the signals of sessions, loaded %s', (load) => {
  const sites = new Sites();
  let visitor: Visitor;

  beforeEach(async () => {
    stopClock('2024-05-01T12:00:00Z');
    const { url } = await sites.start(DeskController, memoryEngine(), {
      load,
      imports: [SignalsModule.forRoot(), { module: class JournalModule {}, providers: [Journal] }],
    });
    visitor = new Visitor(() => url);
  });

  afterEach(async () => {
    jest.useRealTimers();
    heard.length = 0;
    await sites.close();
  });

  it('tell of a session that begins, and not of another key of it', async () => {
    await visitor.post('/login');
    const first = visitor.cookie;
    await visitor.post('/login');
    expect(visitor.cookie).not.toBe(first);
    expect(heard.map(([signal]) => signal)).toEqual(['created']);
    expect(first).toContain(heard[0]![1].sessionKey);
  });

  it('tell of a logout whose it was, and a receiver that fails does not prevent it', async () => {
    await visitor.post('/login');
    expect(await visitor.post('/logout')).toMatchObject({ status: 201 });
    expect(heard).toEqual([
      ['created', expect.anything()],
      ['flushed', { sessionKey: expect.any(String), values: { userId: 7 }, userId: '7' }],
    ]);
    expect((await visitor.get('/user')).body).toEqual({});
  });

  it('tell of a session that has ended when its visitor comes back', async () => {
    await visitor.post('/login');
    jest.setSystemTime(new Date('2024-05-20T12:00:00Z'));
    await visitor.get('/user');
    expect(heard.slice(1)).toEqual([['expired', expect.objectContaining({ userId: '7' })]]);
  });

  it('say nothing of keys that were never given out', async () => {
    visitor.cookie = 'sessionid=an-unknown-key-of-the-right-form-0123456789a';
    await visitor.get('/user');
    expect(heard).toEqual([]);
  });
});
