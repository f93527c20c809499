import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const ENTRY = /^[0-9a-f]{64}\.entry$/;
const LEFTOVER = /\.(?:part|lock)$/;

/** Milliseconds after which the lock of a process that died is anyone's; a write takes far less. */
const LOCK_AGE = 5_000;
const LOCK_PAUSE = 5;
const LOCK_ATTEMPTS = 2_000;

/** Files in one folder, each written as a whole or not at all, one writer at a time. */
export class FileStore {
  readonly #folder: string;
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @returns `undefined` where there is no such file. */
  async read(name: string): Promise<Buffer | undefined> {
    try {
      return await readFile(this.#path(name));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Writes beside the file, then renames: who reads meanwhile sees the old one, or the new one. */
  async write(name: string, bytes: Buffer): Promise<void> {
    const part = this.#path(`${randomBytes(12).toString('hex')}.part`);
    await this.#make(part, bytes);
    try {
      await rename(part, this.#path(name));
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.#path(name), { force: true });
  }

  /** Lists entries, and removes what a process that died has left behind. */
  async list(): Promise<string[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    await Promise.all(names.filter((name) => LEFTOVER.test(name)).map((name) => this.#removeOld(name)));
    return names.filter((name) => ENTRY.test(name));
  }

  /** Runs `work` while no other process, and nothing else in this one, writes the file. */
  async exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(name) ?? Promise.resolve()).then(() => this.#locked(name, work));
    const settled = turn.catch(() => undefined);
    this.#turns.set(name, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(name) === settled) this.#turns.delete(name);
    }
  }

  async #locked<T>(name: string, work: () => Promise<T>): Promise<T> {
    const lock = this.#path(`${name}.lock`);
    for (let attempt = 0; !(await this.#take(lock)); attempt++) {
      if (attempt >= LOCK_ATTEMPTS) throw new Error(`${lock} is held by another process.`);
      await this.#removeOld(`${name}.lock`);
      await wait(Math.random() * LOCK_PAUSE);
    }
    try {
      return await work();
    } finally {
      await rm(lock, { force: true });
    }
  }

  async #take(lock: string): Promise<boolean> {
    try {
      await this.#make(lock, Buffer.alloc(0));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  /** Makes a file that must not be there yet, and the folder when it is missing. */
  async #make(path: string, bytes: Buffer): Promise<void> {
    const make = async () => {
      const file = await open(path, 'wx', 0o600);
      try {
        await file.writeFile(bytes);
      } finally {
        await file.close();
      }
    };
    try {
      await make();
    } catch (error) {
      if (!isMissing(error)) throw error;
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await make();
    }
  }

  async #removeOld(name: string): Promise<void> {
    const path = this.#path(name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > LOCK_AGE) await rm(path, { force: true });
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
