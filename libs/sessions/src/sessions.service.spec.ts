import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Delete, Get, Inject, Logger, Param, Post } from '@nestjs/common';
import { WebSocket, WebSocketServer } from 'ws';
import { memoryEngine } from './engines/memory.engine.js';
import { signedCookieEngine } from './engines/signed-cookie.engine.js';
import { SessionIndexError } from './errors.js';
import { Session } from './session.decorator.js';
import { Visitor } from './session-http.spec-support.js';
import { makeSessionKey } from './session/session-key.js';
import { Sessions } from './sessions.service.js';
import { Sites } from './site.spec-support.js';

@Controller()
class DevicesController {
  constructor(@Inject(Sessions) private readonly sessions: Sessions) {}

  @Post('login/:user/:device')
  async login(@Session() session: Session, @Param() { user, device }: { user: string; device: string }) {
    await session.cycleKey();
    session.update({ user, device });
  }

  @Get('devices')
  async devices(@Session() session: Session) {
    const found = await this.sessions.list(session.get('user', ''));
    return found.map(({ id, values }) => ({ id, device: values['device'] }));
  }

  @Delete('devices/:id')
  revoke(@Param('id') id: string) {
    return this.sessions.revoke(id);
  }

  @Post('log-out-elsewhere')
  elsewhere(@Session() session: Session) {
    return this.sessions.revokeAll(session.get('user', ''), { except: session });
  }

  @Post('password')
  everywhere(@Session() session: Session) {
    return this.sessions.revokeAll(session.get('user', ''));
  }

  @Get('user')
  user(@Session() session: Session) {
    return session.get('user', 'nobody');
  }
}

const sites = new Sites();

afterEach(async () => {
  jest.restoreAllMocks();
  jest.useRealTimers();
  await sites.close();
});

describe('Sessions of a user', () => {
  const start = async (userId: 'user' | ((values: Record<string, unknown>) => unknown) = 'user') => {
    const { url } = await sites.start(DevicesController, memoryEngine(), { userId });
    const visit = async (user: string, device: string) => {
      const visitor = new Visitor(() => url);
      await visitor.post(`/login/${user}/${device}`);
      return visitor;
    };
    return {
      phone: await visit('Ann', 'phone'),
      desk: await visit('Ann', 'desk'),
      bob: await visit('Bob', 'desk'),
    };
  };

  it('are told without their keys, and end one by one', async () => {
    const { phone, desk } = await start();
    const { body } = await phone.get('/devices');
    const devices = body as { id: string; device: string }[];
    expect(devices.map(({ device }) => device).sort()).toEqual(['desk', 'phone']);
    const other = devices.find(({ device }) => device === 'desk')!;
    expect(desk.cookie).not.toContain(other.id);
    await phone.delete(`/devices/${other.id}`);
    expect(await desk.get('/user')).toMatchObject({ text: 'nobody' });
    expect(await phone.get('/user')).toMatchObject({ text: 'Ann' });
  });

  it.each([['user' as const], [({ user }: Record<string, unknown>) => user]])(
    'end everywhere else, then everywhere, and for nobody else (%p)',
    async (userId) => {
      const { phone, desk, bob } = await start(userId);
      expect(await phone.post('/log-out-elsewhere')).toMatchObject({ text: '1' });
      expect(await desk.get('/user')).toMatchObject({ text: 'nobody' });
      expect(await phone.get('/user')).toMatchObject({ text: 'Ann' });
      await phone.post('/password');
      expect(await phone.get('/user')).toMatchObject({ text: 'nobody' });
      expect(await bob.get('/user')).toMatchObject({ text: 'Bob' });
    },
  );

  it('are not to be found where the server keeps nothing', async () => {
    const { sessions } = await sites.start(DevicesController, signedCookieEngine(), { secret: 'secret' });
    await expect(sessions.list('Ann')).rejects.toThrow(SessionIndexError);
    await expect(sessions.revokeAll('Ann')).rejects.toThrow(
      'sessions.revokeAll(): the session engine cannot find sessions by user. Use prismaEngine(), cachedDbEngine() or memoryEngine().',
    );
  });
});

describe('Sessions.fromHandshake()', () => {
  it('reads the session of the visitor who opens a WebSocket, and writes to it', async () => {
    const { app, url, sessions } = await sites.start(DevicesController, memoryEngine(), { secret: 'secret' });
    const sockets = new WebSocketServer({ server: app.getHttpServer() as Server });
    sockets.on('connection', (socket, handshake: IncomingMessage) => {
      void sessions.fromHandshake(handshake).then(async (session) => {
        const user = session.get('user', 'nobody');
        if (user !== 'nobody') {
          session.set('user', `${user} on a socket`);
          await session.save();
        }
        socket.send(user);
      });
    });
    const visitor = new Visitor(() => url);
    await visitor.post('/login/Ann/desk');
    const ask = async (cookie?: string) => {
      const socket = new WebSocket(url.replace('http', 'ws'), { headers: cookie ? { cookie } : {} });
      const [message] = (await once(socket, 'message')) as [Buffer];
      socket.close();
      return message.toString();
    };
    expect(await ask(visitor.cookie)).toBe('Ann');
    expect(await ask()).toBe('nobody');
    expect(await ask(visitor.cookie!.replace('s%3A', 's%3AA'))).toBe('nobody');
    expect(await visitor.get('/user')).toMatchObject({ text: 'Ann on a socket' });
    for (const client of sockets.clients) client.terminate();
    sockets.close();
  });
});

describe('Sessions.clearExpired()', () => {
  const fill = async (engine: ReturnType<typeof memoryEngine>, count: number) => {
    for (let n = 0; n < count; n++) await engine.create(makeSessionKey(), {}, new Date(Date.now() - 1));
    await engine.create(makeSessionKey(), {}, new Date(Date.now() + 60_000));
  };

  it('removes a batch at a time and tells how far it is', async () => {
    const engine = memoryEngine();
    const { sessions } = await sites.start(DevicesController, engine);
    await fill(engine, 25);
    const progress: number[] = [];
    const removed = await sessions.clearExpired({
      batchSize: 10,
      onProgress: (soFar) => progress.push(soFar),
    });
    expect(removed).toBe(25);
    expect(progress).toEqual([10, 20]);
    expect(await sessions.clearExpired()).toBe(0);
  });

  it('runs by itself as often as it is told to, goes on after a failure, and ends with the application', async () => {
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const engine = memoryEngine();
    const { app } = await sites.start(DevicesController, engine, { clearExpiredEvery: '10ms' });
    const failing = jest.spyOn(engine, 'clearExpired').mockRejectedValueOnce(new Error('no table'));
    await fill(engine, 3);
    const told = () => log.mock.calls.some(([message]) => message === 'Removed 3 expired sessions.');
    while (!told()) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(error).toHaveBeenCalledWith('Expired sessions could not be removed: no table.');
    await app.close();
    const calls = failing.mock.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(failing.mock.calls.length).toBe(calls);
  });
});
