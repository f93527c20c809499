import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { SessionData as ExpressSessionData } from 'express-session';
import { stopClock } from '../../../../test/support/clock.js';
import { SessionInterruptedError } from '../errors.js';
import type { Engine } from '../session/session-backend.js';
import { SessionChanges } from '../session/session-changes.js';
import { makeSessionKey } from '../session/session-key.js';
import { resolveSettings } from '../settings.js';
import type { SessionEngine } from './session-engine.js';

export interface EngineContract {
  /** Makes the engine under test, with nothing in it. */
  create: () => SessionEngine | Promise<SessionEngine>;
  /** Another process's engine on the same store; left out where there is none. */
  createSecond?: () => SessionEngine | Promise<SessionEngine>;
  /** Whether the store's own clock follows the test's. */
  hasFakeClock?: boolean;
  /** Whether the engine finds sessions by user. */
  hasIndex?: boolean;
}

/** Says what every engine does; each runs it in one line. */
export function describeEngine(
  name: string,
  { create, createSecond, hasFakeClock = true, hasIndex = false }: EngineContract,
): void {
  describe(`${name} (every engine)`, () => {
    let engine: SessionEngine & Partial<Pick<Engine, 'list' | 'revoke' | 'revokeAll'>>;

    beforeEach(async () => {
      engine = await create();
    });

    afterEach(() => {
      jest.useRealTimers();
    });

    it('knows nothing of a key that it did not make', async () => {
      expect(await engine.fetch(makeSessionKey())).toBeUndefined();
      await expect(engine.demand(makeSessionKey())).rejects.toThrow(SessionInterruptedError);
    });

    it('returns what it stored, with every kind of value', async () => {
      const values = {
        text: '日本 é \u0000',
        list: [1, { a: null }],
        at: new Date(5),
        big: 10n ** 20n,
        no: false,
      };
      const { key } = await engine.create(makeSessionKey(), values, inSeconds(60));
      expect({ ...(await engine.fetch(key))?.values }).toEqual(values);
    });

    it('keeps an empty session', async () => {
      const { key } = await engine.create(makeSessionKey(), {}, inSeconds(60));
      expect(await engine.fetch(key)).toMatchObject({ key, values: {} });
    });

    it('never puts a new session over another', async () => {
      const first = await engine.create(makeSessionKey(), { owner: 'first' }, inSeconds(60));
      const second = await engine.create(first.key, { owner: 'second' }, inSeconds(60));
      expect(second.key).not.toBe(first.key);
      expect((await engine.fetch(first.key))?.values).toMatchObject({ owner: 'first' });
      expect((await engine.fetch(second.key))?.values).toMatchObject({ owner: 'second' });
    });

    it('hands out values that the caller may change', async () => {
      const { key, values } = await engine.create(makeSessionKey(), { list: [1] }, inSeconds(60));
      (values.list as number[]).push(2);
      expect((await engine.fetch(key))?.values).toMatchObject({ list: [1] });
    });

    it('writes the changed keys alone, over what others wrote meanwhile', async () => {
      const base = await engine.create(makeSessionKey(), { a: 1, b: 1, c: 1 }, inSeconds(60));
      await engine.commit(base, changes({ a: 2 }), inSeconds(60));
      const last = await engine.commit(base, changes({ d: 4 }, ['b']), inSeconds(60));
      expect({ ...last.values }).toEqual({ a: 2, c: 1, d: 4 });
      expect({ ...(await engine.fetch(base.key))?.values }).toEqual({ a: 2, c: 1, d: 4 });
    });

    it('loses no update of many at the same time', async () => {
      const engines = [engine, ...(createSecond ? [await createSecond()] : [])];
      const base = await engine.create(makeSessionKey(), {}, inSeconds(60));
      const names = Array.from({ length: 20 }, (_, i) => `key${i}`);
      await Promise.all(
        names.map((name, i) =>
          engines[i % engines.length]!.commit(base, changes({ [name]: i }), inSeconds(60)),
        ),
      );
      expect(Object.keys((await engine.fetch(base.key))?.values ?? {}).sort()).toEqual([...names].sort());
    });

    it('drops everything when told to, whoever wrote it', async () => {
      const base = await engine.create(makeSessionKey(), { a: 1 }, inSeconds(60));
      await engine.commit(base, changes({ b: 2 }), inSeconds(60));
      const cleared = new SessionChanges();
      cleared.clear();
      await engine.commit(base, cleared, inSeconds(60));
      expect({ ...(await engine.fetch(base.key))?.values }).toEqual({});
    });

    it('never brings back a deleted session', async () => {
      const base = await engine.create(makeSessionKey(), { a: 1 }, inSeconds(60));
      await engine.drop(base.key);
      await expect(engine.commit(base, changes({ a: 2 }), inSeconds(60))).rejects.toThrow(
        SessionInterruptedError,
      );
      expect(await engine.fetch(base.key)).toBeUndefined();
    });

    it('deletes what is not there without complaint', async () => {
      await expect(engine.drop(makeSessionKey())).resolves.toBeUndefined();
    });

    it('does not return a session that has expired', async () => {
      const { key } = await engine.create(makeSessionKey(), { a: 1 }, inSeconds(-1));
      expect(await engine.fetch(key)).toBeUndefined();
    });

    if (hasFakeClock) {
      it('ends a session when its time has come, and not before', async () => {
        stopClock('2024-05-01T12:00:00Z');
        const { key } = await engine.create(makeSessionKey(), { a: 1 }, inSeconds(3600));
        stopClock('2024-05-01T12:59:59Z');
        expect(await engine.fetch(key)).toBeDefined();
        stopClock('2024-05-01T13:00:00Z');
        expect(await engine.fetch(key)).toBeUndefined();
      });

      it('extends the life of a session that is saved again', async () => {
        stopClock('2024-05-01T12:00:00Z');
        const base = await engine.create(makeSessionKey(), { a: 1 }, inSeconds(60));
        stopClock('2024-05-01T12:00:30Z');
        await engine.commit(base, new SessionChanges(), inSeconds(60));
        stopClock('2024-05-01T12:01:20Z');
        expect((await engine.fetch(base.key))?.values).toMatchObject({ a: 1 });
      });
    }

    it('tells a session that has ended from one that never was', async () => {
      const expired: unknown[] = [];
      await engine.fetch(makeSessionKey(), (session) => expired.push(session));
      const { key } = await engine.create(makeSessionKey(), { a: 1 }, inSeconds(60));
      await engine.fetch(key, (session) => expired.push(session));
      expect(expired).toEqual([]);
    });

    it('gives a lock to one at a time, in this process and in another', async () => {
      const engines = [engine, ...(createSecond ? [await createSecond()] : [])];
      const key = makeSessionKey();
      let inside = 0;
      let most = 0;
      await Promise.all(
        Array.from({ length: 8 }, async (_, i) => {
          const unlock = await engines[i % engines.length]!.lock(key, { wait: 20_000 });
          most = Math.max(most, (inside += 1));
          await new Promise((resolve) => setImmediate(resolve));
          inside -= 1;
          await unlock!();
        }),
      );
      expect(most).toBe(1);
    });

    it('waits for a lock so long and no longer, and not for that of another session', async () => {
      const key = makeSessionKey();
      const unlock = await engine.lock(key, { wait: 1000 });
      expect(await engine.lock(key, { wait: 30 })).toBeUndefined();
      if (createSecond) expect(await (await createSecond()).lock(key, { wait: 30 })).toBeUndefined();
      const other = await engine.lock(makeSessionKey(), { wait: 1000 });
      await other!();
      await unlock!();
      const again = await engine.lock(key, { wait: 1000 });
      await again!();
    });

    if (createSecond && hasFakeClock) {
      it('takes over the lock of a process that died', async () => {
        const key = makeSessionKey();
        const dead = await createSecond();
        stopClock('2024-05-01T12:00:00Z');
        const late = await dead.lock(key, { wait: 1000 });
        expect(await engine.lock(key, { wait: 30 })).toBeUndefined();
        stopClock('2024-05-01T12:01:00Z');
        const unlock = await engine.lock(key, { wait: 1000 });
        // Whoever comes back from the dead must not open the door.
        await late!();
        expect(await (await createSecond()).lock(key, { wait: 30 })).toBeUndefined();
        await unlock!();
      });
    }

    if (hasIndex) {
      it('finds the living sessions of a user, and ends them', async () => {
        await engine.attach(() => undefined, resolveSettings());
        const make = (userId: unknown, seconds = 60) =>
          engine.create(makeSessionKey(), { userId, page: seconds }, inSeconds(seconds));
        const [first, second, other] = [await make(7, 60), await make('7', 120), await make('77')];
        await make(7, -1);
        const found = (await engine.list!('7')).sort((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime());
        expect(found.map(({ values }) => ({ ...values }))).toEqual([
          { userId: 7, page: 60 },
          { userId: '7', page: 120 },
        ]);
        expect(JSON.stringify(found)).not.toContain(first.key);
        expect(await engine.revoke!(found[0]!.id)).toBe(true);
        expect(await engine.revoke!(found[0]!.id)).toBe(false);
        expect(await engine.fetch(first.key)).toBeUndefined();
        const third = await make(7);
        await engine.fetch(third.key);
        await engine.revokeAll!('7', second.key);
        expect(await engine.fetch(third.key)).toBeUndefined();
        expect(await engine.list!('7')).toHaveLength(1);
        expect(await engine.revokeAll!('7')).toBeGreaterThanOrEqual(1);
        expect(await engine.fetch(second.key)).toBeUndefined();
        await expect(engine.commit(second, changes({ a: 1 }), inSeconds(60))).rejects.toThrow(
          SessionInterruptedError,
        );
        expect(await engine.fetch(other.key)).toBeDefined();
      });

      it('follows a session from user to user', async () => {
        await engine.attach(() => undefined, resolveSettings());
        const base = await engine.create(makeSessionKey(), {}, inSeconds(60));
        await engine.commit(base, changes({ userId: 'Ann' }), inSeconds(60));
        expect(await engine.list!('Ann')).toHaveLength(1);
        await engine.commit(base, changes({ userId: 'Bob' }), inSeconds(60));
        expect(await engine.list!('Ann')).toEqual([]);
        expect(await engine.list!('Bob')).toHaveLength(1);
        await engine.commit(base, changes({}, ['userId']), inSeconds(60));
        expect(await engine.list!('Bob')).toEqual([]);
      });
    }

    it('takes and returns sessions as express-session does', async () => {
      const sid = makeSessionKey();
      await set(engine, sid, { cookie: { originalMaxAge: 60_000, expires: inSeconds(60) }, visits: 1 });
      await set(engine, sid, { cookie: { originalMaxAge: 60_000, expires: inSeconds(60) }, visits: 2 });
      expect(await get(engine, sid)).toMatchObject({
        visits: 2,
        cookie: { originalMaxAge: expect.any(Number) },
      });
      expect((await engine.fetch(sid))?.values).toEqual(Object.assign(Object.create(null), { visits: 2 }));
      await new Promise<void>((resolve) => engine.destroy(sid, () => resolve()));
      expect(await get(engine, sid)).toBeFalsy();
    });
  });
}

function inSeconds(seconds: number): Date {
  return new Date(Date.now() + seconds * 1000);
}

function changes(values: Record<string, unknown>, deleted: string[] = []): SessionChanges {
  const result = new SessionChanges();
  for (const key of deleted) result.delete(key);
  for (const [key, value] of Object.entries(values)) result.set(key, value);
  return result;
}

async function set(engine: SessionEngine, sid: string, session: object): Promise<void> {
  await promisify(engine.set.bind(engine))(sid, session as ExpressSessionData);
}

function get(engine: SessionEngine, sid: string): Promise<unknown> {
  return promisify(engine.get.bind(engine))(sid);
}
