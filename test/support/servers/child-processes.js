import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Lists the children of a process.
 *
 * @param {number} parent
 * @returns {number[]}
 */
export function childrenOf(parent) {
  const table = process.platform === 'linux' ? fromProc() : fromPs();
  return table.filter(([, ppid]) => ppid === parent).map(([pid]) => pid);
}

/**
 * Reads what Linux tells by itself: a slim image has no `ps`.
 *
 * @returns {[pid: number, ppid: number][]}
 */
function fromProc() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // "pid (command) state ppid …", and the command may hold anything.
        const [, , ppid] = /^.*\) (\S) (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
        return [[Number(name), Number(ppid)]];
      } catch {
        // It ended in between.
        return [];
      }
    });
}

/** @returns {[pid: number, ppid: number][]} */
function fromPs() {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => /** @type {[number, number]} */ (line.trim().split(/\s+/).map(Number)));
}
