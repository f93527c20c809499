import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { SessionTooLargeError } from '../errors.js';
import { startApp } from '../session-http.spec-support.js';
import { resolveSettings } from '../settings.js';
import { SessionChanges } from '../session/session-changes.js';
import { signedCookieEngine } from './signed-cookie.engine.js';

const inAMinute = () => new Date(Date.now() + 60_000);

function attached(...secret: string[]) {
  const engine = signedCookieEngine();
  engine.attach(() => undefined, resolveSettings({ secret }));
  return engine;
}

describe('signedCookieEngine()', () => {
  it('keeps the whole session in its key, which tells nothing of it', async () => {
    const engine = attached('secret');
    const values = { name: 'Ann Example', at: new Date(5) };
    const { key } = await engine.create('', values, inAMinute());
    expect({ ...(await attached('secret').fetch(key))?.values }).toEqual(values);
    expect(Buffer.from(key, 'base64url').toString('latin1')).not.toContain('Ann');
    expect((await engine.create('', values, inAMinute())).key).not.toBe(key);
  });

  it('takes a change of any single character for an unknown session', async () => {
    const engine = attached('secret');
    const { key } = await engine.create('', { a: 1 }, inAMinute());
    for (let at = 0; at < key.length; at++) {
      const tampered = key.slice(0, at) + (key[at] === 'A' ? 'B' : 'A') + key.slice(at + 1);
      expect(await engine.fetch(tampered)).toBeUndefined();
    }
    for (const other of ['', 'garbage', `${key}=`, key.slice(0, -1)]) {
      expect(await engine.fetch(other)).toBeUndefined();
    }
  });

  it('opens with retired secrets and seals with the current one', async () => {
    const { key } = await attached('old').create('', { a: 1 }, inAMinute());
    const engine = attached('new', 'old');
    const stored = (await engine.fetch(key))!;
    expect(stored.values).toMatchObject({ a: 1 });
    const renewed = await engine.commit(stored, new SessionChanges(), inAMinute());
    expect(await attached('old').fetch(renewed.key)).toBeUndefined();
    expect(await attached('new').fetch(renewed.key)).toBeDefined();
  });

  it('ends a session on the server, whatever the browser keeps', async () => {
    const engine = attached('secret');
    const { key } = await engine.create('', { a: 1 }, new Date(Date.now() - 1));
    expect(await engine.fetch(key)).toBeUndefined();
  });

  it('refuses a session that no browser would keep', async () => {
    const engine = attached('secret');
    await expect(engine.create('', { text: 'x'.repeat(2900) }, inAMinute())).resolves.toBeDefined();
    await expect(engine.create('', { text: 'x'.repeat(4000) }, inAMinute())).rejects.toThrow(
      SessionTooLargeError,
    );
    await expect(engine.create('', { text: 'x'.repeat(4000) }, inAMinute())).rejects.toThrow(
      /^The session takes \d+ bytes of the 4087 that browsers keep in a cookie\./,
    );
  });

  it('needs a secret', () => {
    expect(() => attached()).toThrow(ImproperlyConfiguredError);
    expect(() => attached()).toThrow('signedCookieEngine(): there is no secret to encrypt with.');
  });
});

describe('an application on signedCookieEngine()', () => {
  it('keeps the values of a visitor, from login to logout', async () => {
    const { url, close } = await startApp(signedCookieEngine(), { secret: 'secret' });
    const agent = request.agent(url);
    await agent.get('/visits').expect(200, '1');
    await agent.get('/visits').expect(200, '2');
    await agent.post('/login').expect(201);
    await agent.get('/read').expect(200, { visits: 2, user: 'Ann' });
    const response = await agent.post('/logout').expect(201);
    expect(response.headers['set-cookie']).toEqual([expect.stringMatching(/^sessionid=; Max-Age=0/)]);
    await agent.get('/read').expect(200, {});
    await request(url).get('/read').set('Cookie', 'sessionid=garbage-of-a-visitor').expect(200, {});
    await close();
  });

  it('answers 500 for a session that is too large, and keeps the one before', async () => {
    const { url, close } = await startApp(signedCookieEngine(), { secret: 'secret' });
    const agent = request.agent(url);
    await agent.get('/visits').expect(200, '1');
    await agent
      .post('/write')
      .send({ text: 'x'.repeat(5000) })
      .expect(500);
    await agent.get('/read').expect(200, { visits: 1 });
    await close();
  });
});
