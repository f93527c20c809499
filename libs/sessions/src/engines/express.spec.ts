import { describe, expect, it } from '@jest/globals';
import express, { type Request } from 'express';
import expressSession from 'express-session';
import request from 'supertest';
import { memoryEngine } from './memory.engine.js';

type Loose = Request & { session: Record<string, any> & Request['session'] };

function createApp(engine = memoryEngine()) {
  const app = express();
  app.use(
    expressSession({
      store: engine,
      secret: 'secret',
      resave: false,
      saveUninitialized: false,
      rolling: true,
      cookie: { maxAge: 60_000 },
    }),
  );
  app.get('/visits', (req, res) => {
    const { session } = req as Loose;
    session.visits = ((session.visits as number | undefined) ?? 0) + 1;
    res.json(session.visits);
  });
  app.get('/touch', (req, res) => res.json((req as Loose).session.visits ?? null));
  app.post('/login', (req, res, next) => {
    req.session.regenerate((error) => {
      if (error) return next(error);
      (req as Loose).session.user = 'Ann';
      req.session.save(() => res.json((req as Loose).session));
    });
  });
  app.post('/logout', (req, res) => req.session.destroy(() => res.end()));
  return app;
}

describe('an engine in a plain Express application with express-session', () => {
  it('keeps values between requests', async () => {
    const agent = request.agent(createApp());
    await agent.get('/visits').expect(200, '1');
    await agent.get('/visits').expect(200, '2');
    await agent.get('/touch').expect(200, '2');
  });

  it('changes the key on regenerate() and forgets on destroy()', async () => {
    const agent = request.agent(createApp());
    const first = await agent.get('/visits');
    const login = await agent.post('/login').expect(200);
    expect(login.body).toMatchObject({ user: 'Ann', cookie: { originalMaxAge: 60_000 } });
    expect(login.headers['set-cookie']).not.toEqual(first.headers['set-cookie']);
    await agent.post('/logout').expect(200);
    await agent.get('/touch').expect(200, 'null');
  });

  it('shares its sessions with a Nest application on the same engine', async () => {
    const engine = memoryEngine();
    const agent = request.agent(createApp(engine));
    const response = await agent.get('/visits');
    const [, key] = /=s%3A([^.]+)\./.exec(response.headers['set-cookie']![0]!)!;
    expect((await engine.fetch(key!))?.values).toMatchObject({ visits: 1 });
  });
});
