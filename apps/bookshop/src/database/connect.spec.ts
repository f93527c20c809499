import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { connectDatabase } from './connect.js';
import { lockFolder } from './folder-lock.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'bookshop-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('connectDatabase()', () => {
  it('keeps what was written in the folder', async () => {
    const first = await connectDatabase({ dataFolder: folder });
    const writing = await first.adapter.connect();
    await writing.executeScript('CREATE TABLE kept (id int)');
    await first.close();

    const second = await connectDatabase({ dataFolder: folder });
    const reading = await second.adapter.connect();
    const { rows } = await reading.queryRaw({
      sql: 'SELECT count(*)::int FROM kept',
      args: [],
      argTypes: [],
    });
    await second.close();
    expect(rows).toEqual([[0]]);
  });

  it('begins again where the first start was interrupted', async () => {
    await mkdir(join(folder, 'pglite'));
    await writeFile(join(folder, 'pglite', 'PG_VERSION'), 'half');
    await writeFile(join(folder, 'pglite.incomplete'), '');
    const connection = await connectDatabase({ dataFolder: folder });
    await connection.close();
    expect(connection.kind).toBe('pglite');
  });

  it.each([
    [{ dataFolder: '/dev/null/data' }, /^DATA_FOLDER: cannot keep files in \/dev\/null\/data \(ENOTDIR\)\. /],
    [
      { dataFolder: '.data', databaseUrl: 'postgresql://nobody@127.0.0.1:1/shop' },
      /^DATABASE_URL: nothing answers at 127\.0\.0\.1:1\. /,
    ],
  ])('says in one sentence what is wrong with %j', async (settings, message) => {
    const attempt = connectDatabase(settings);
    await expect(attempt).rejects.toThrow(ImproperlyConfiguredError);
    await expect(attempt).rejects.toThrow(message);
  });
});

describe('lockFolder()', () => {
  /** Runs a process that says when it lives, and lives until it is killed. */
  async function startProcess(): Promise<ChildProcess> {
    const child = spawn(process.execPath, ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1e6)']);
    await once(child.stdout, 'data');
    return child;
  }

  async function endProcess(child: ChildProcess): Promise<void> {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  const lockOf = (holder: object) => writeFile(join(folder, 'process.lock'), JSON.stringify(holder));

  it('gives a folder to one holder at a time', () => {
    const unlock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(/is in use by process \d+/);
    unlock();
    lockFolder(folder)();
  });

  it('refuses a folder that another living process holds', async () => {
    const child = await startProcess();
    await lockOf({ pid: child.pid });
    expect(() => lockFolder(folder)).toThrow(`DATA_FOLDER: ${folder} is in use by process ${child.pid}.`);
    await endProcess(child);
    lockFolder(folder)();
  });

  it('takes a folder whose holder has died and left its number to another', async () => {
    const child = await startProcess();
    await lockOf({ pid: child.pid, began: 'long ago' });
    lockFolder(folder)();
    await endProcess(child);
  });

  it('takes a folder whose lock was cut off in writing', async () => {
    await writeFile(join(folder, 'process.lock'), '{"pi');
    lockFolder(folder)();
  });
});
