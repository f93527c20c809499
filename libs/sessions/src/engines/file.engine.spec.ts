import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { describeOverHttp, startApp } from '../session-http.spec-support.js';
import { SessionChanges } from '../session/session-changes.js';
import { makeSessionKey } from '../session/session-key.js';
import { resolveSettings } from '../settings.js';
import { describeEngine } from './engine-contract.spec-support.js';
import { fileEngine, type FileEngine } from './file.engine.js';

const inAMinute = () => new Date(Date.now() + 60_000);

describe('fileEngine()', () => {
  let root: string;
  let path: string;
  let engine: FileEngine;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'quintet-sessions-'));
  });

  afterAll(() => rm(root, { recursive: true }));

  beforeEach(async () => {
    path = await mkdtemp(join(root, 'engine-'));
    engine = await open();
  });

  async function open(): Promise<FileEngine> {
    const opened = fileEngine({ path });
    await opened.attach(() => undefined, resolveSettings());
    return opened;
  }

  describeEngine('fileEngine()', { create: open, createSecond: open });

  describeOverHttp('fileEngine()', async () => {
    const shared = join(root, 'http');
    return Promise.all([startApp(fileEngine({ path: shared })), startApp(fileEngine({ path: shared }))]);
  });

  it('keeps a session in one file, for this user alone, named by the digest of its key', async () => {
    const { key } = await engine.create(makeSessionKey(), { a: 1 }, inAMinute());
    const files = await readdir(path);
    expect(files).toEqual([expect.stringMatching(/^session-[0-9a-f]{64}$/)]);
    expect(files[0]).not.toContain(key);
    expect((await stat(join(path, files[0]!))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(path, files[0]!), 'utf8')).toMatch(/\n\{"a":1\}$/);
  });

  it('never looks outside of its folder, whatever the visitor sends', async () => {
    await writeFile(join(root, 'secret'), `${inAMinute().toISOString()}\n{"admin":true}`);
    expect(await engine.fetch('../secret')).toBeUndefined();
    expect(await engine.fetch('../../../../etc/passwd')).toBeUndefined();
  });

  it('takes a damaged file for an unknown session', async () => {
    const { key } = await engine.create(makeSessionKey(), { a: 1 }, inAMinute());
    const [file] = await readdir(path);
    await writeFile(join(path, file!), 'damaged');
    expect(await engine.fetch(key)).toBeUndefined();
  });

  it('goes on after a process that died while it wrote', async () => {
    const base = await engine.create(makeSessionKey(), { a: 1 }, inAMinute());
    const [file] = await readdir(path);
    const lock = join(path, `${file}.lock`);
    await writeFile(lock, '');
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(lock, longAgo, longAgo);
    const changes = new SessionChanges();
    changes.set('a', 2);
    await expect(engine.commit(base, changes, inAMinute())).resolves.toMatchObject({ values: { a: 2 } });
    expect(await readdir(path)).toEqual([file]);
  });

  it('clears what has expired and leaves other files alone', async () => {
    await writeFile(join(path, 'README'), 'not a session');
    await engine.create(makeSessionKey(), {}, new Date(Date.now() - 1));
    await engine.create(makeSessionKey(), {}, inAMinute());
    expect(await engine.clearExpired()).toBe(1);
    expect(await readdir(path)).toHaveLength(2);
  });

  it('fails at start-up where there can be no folder', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');
    const attaching = fileEngine({ path: join(file, 'sessions') }).attach(() => undefined, resolveSettings());
    await expect(attaching).rejects.toThrow(ImproperlyConfiguredError);
    await expect(
      fileEngine({ path: join(file, 'sessions') }).attach(() => undefined, resolveSettings()),
    ).rejects.toThrow('cannot be written to (ENOTDIR). Give a folder that this user may write to.');
  });
});
