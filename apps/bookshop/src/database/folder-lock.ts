import { execFileSync } from 'node:child_process';
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ImproperlyConfiguredError } from '@nest-quintet/core';

interface Holder {
  readonly pid: number;
  /** When the process began, as the system tells: numbers of processes are given again. */
  readonly began: string | undefined;
}

/** Folders that this process holds: a number alone would not tell it from an earlier process of the same number. */
const held = new Set<string>();

/**
 * Takes a folder for this process alone, until the returned function is called or the process ends.
 *
 * @throws ImproperlyConfiguredError when another process has it.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'process.lock');
  const holder = readHolder(path);
  if (held.has(path) || (holder && isAlive(holder))) {
    throw new ImproperlyConfiguredError(
      `DATA_FOLDER: ${folder} is in use by process ${holder?.pid ?? process.pid}. Stop that process, or set DATA_FOLDER to another folder.`,
    );
  }
  if (holder) unlinkSync(path);
  take(path, folder);
  held.add(path);
  return () => {
    if (held.delete(path)) unlinkSync(path);
  };
}

function take(path: string, folder: string): void {
  const self: Holder = { pid: process.pid, began: beginningOf(process.pid) };
  try {
    writeFileSync(path, JSON.stringify(self), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new ImproperlyConfiguredError(
      `DATA_FOLDER: another process took ${folder} at the same moment. Start one process only, or set DATA_FOLDER to another folder.`,
    );
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // A process that was killed while it wrote leaves a part of the text.
    if (error instanceof SyntaxError) return { pid: 0, began: undefined };
    throw error;
  }
}

function isAlive({ pid, began }: Holder): boolean {
  if (pid === 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return began === undefined || began === beginningOf(pid);
}

/** Tells processes of one number apart; `undefined` where the system has no means for it. */
function beginningOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      // The name of the program, in parentheses, may itself hold spaces.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
    }
    return process.platform === 'win32'
      ? undefined
      : execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
