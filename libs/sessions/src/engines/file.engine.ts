import { randomUUID } from 'node:crypto';
import {
  access,
  constants,
  link,
  mkdir,
  open,
  opendir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { SessionEngine, type SessionEngineOptions } from './session-engine.js';
import type { ClearOptions, Resolve } from '../session/session-backend.js';
import type { SessionSettings } from '../settings.js';
import type { SessionRecord } from './session-record.js';

export interface FileEngineOptions extends SessionEngineOptions {
  /** The folder, which is made where there is none. Every process that shares it shares the sessions. */
  path: string;
}

const PREFIX = 'session-';
const LOCK_SUFFIX = '.lock';

/** Milliseconds after which the lock of a process that died is anyone's. */
const LOCK_TIMEOUT = 10_000;

/** Keeps each session in a file, readable by this user alone, for one machine without a database. */
export class FileEngine extends SessionEngine {
  readonly #folder: string;

  constructor({ path, ...options }: FileEngineOptions) {
    super(options);
    this.#folder = resolve(path);
  }

  /** @throws ImproperlyConfiguredError when the folder cannot be written to. */
  override async attach(resolveToken: Resolve, settings: SessionSettings): Promise<void> {
    await super.attach(resolveToken, settings);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await access(this.#folder, constants.R_OK | constants.W_OK);
    } catch (cause) {
      throw new ImproperlyConfiguredError(
        `fileEngine(): "${this.#folder}" cannot be written to (${String((cause as NodeJS.ErrnoException).code)}). Give a folder that this user may write to.`,
        { cause },
      );
    }
  }

  protected override async read(id: string): Promise<SessionRecord | undefined> {
    const content = await orNothing('ENOENT', () => readFile(this.#file(id), 'utf8'));
    return content === undefined ? undefined : parse(content);
  }

  protected override async insert(id: string, record: SessionRecord): Promise<boolean> {
    const draft = await this.#draft(record);
    try {
      // Unlike a rename, a link does not replace what is there.
      return (await orNothing('EEXIST', () => link(draft, this.#file(id)).then(() => true))) ?? false;
    } finally {
      await rm(draft);
    }
  }

  protected override replace(id: string, expected: SessionRecord, record: SessionRecord): Promise<boolean> {
    return this.#locked(id, async () => {
      if ((await this.read(id))?.data !== expected.data) return false;
      // Readers see the old file or the new one, never half of it.
      await rename(await this.#draft(record), this.#file(id));
      return true;
    });
  }

  protected override remove(id: string): Promise<void> {
    return this.#locked(id, () => rm(this.#file(id), { force: true }));
  }

  override async clearExpired({ onProgress, batchSize = 1000 }: ClearOptions = {}): Promise<number> {
    const now = Date.now();
    let total = 0;
    for await (const { name } of await opendir(this.#folder)) {
      if (!name.startsWith(PREFIX) || name.endsWith(LOCK_SUFFIX)) continue;
      const id = name.slice(PREFIX.length);
      const record = await this.read(id);
      if (!record || record.expiresAt.getTime() > now) continue;
      await this.remove(id);
      total += 1;
      if (total % batchSize === 0) onProgress?.(total);
    }
    return total;
  }

  #file(id: string): string {
    return join(this.#folder, PREFIX + id);
  }

  async #draft({ data, expiresAt }: SessionRecord): Promise<string> {
    const file = join(this.#folder, `draft-${randomUUID()}`);
    await writeFile(file, `${expiresAt.toISOString()}\n${data}`, { mode: 0o600 });
    return file;
  }

  /** Lets one process at a time write a session. */
  async #locked<T>(id: string, write: () => Promise<T>): Promise<T> {
    const lock = this.#file(id) + LOCK_SUFFIX;
    let handle = await orNothing('EEXIST', () => open(lock, 'wx', 0o600));
    while (!handle) {
      await breakOld(lock);
      await sleep(1 + Math.random() * 5);
      handle = await orNothing('EEXIST', () => open(lock, 'wx', 0o600));
    }
    try {
      return await write();
    } finally {
      await handle.close();
      await rm(lock, { force: true });
    }
  }
}

async function breakOld(lock: string): Promise<void> {
  const found = await orNothing('ENOENT', () => stat(lock));
  if (found && Date.now() - found.mtimeMs > LOCK_TIMEOUT) await rm(lock, { force: true });
}

function parse(content: string): SessionRecord | undefined {
  const end = content.indexOf('\n');
  const expiresAt = new Date(content.slice(0, end));
  // Not a file of ours, or damaged: as worthless as an unknown key.
  return Number.isNaN(expiresAt.getTime()) ? undefined : { data: content.slice(end + 1), expiresAt };
}

async function orNothing<T>(code: string, attempt: () => Promise<T>): Promise<T | undefined> {
  try {
    return await attempt();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === code) return undefined;
    throw error;
  }
}

/**
 * Makes an engine that keeps each session in a file.
 *
 * @example
 * SessionsModule.forRoot({ engine: fileEngine({ path: '.data/sessions' }) })
 *
 * Django: `django.contrib.sessions.backends.file`, `SESSION_FILE_PATH`.
 */
export function fileEngine(options: FileEngineOptions): FileEngine {
  return new FileEngine(options);
}
