import { execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';

const nobody = 65_534;

/**
 * Tells which user servers run as: PostgreSQL and Memcached refuse root.
 *
 * @returns {import('./server-kind.js').RunAs}
 */
export function runAs() {
  if (process.getuid?.() !== 0) return {};
  return { uid: idOf('-u') ?? nobody, gid: idOf('-g') ?? nobody };
}

/**
 * Gives a folder to that user.
 *
 * @param {string} folder
 * @param {import('./server-kind.js').RunAs} user
 */
export function giveTo(folder, user) {
  if ('uid' in user) chownSync(folder, user.uid, user.gid);
}

/** @param {'-u' | '-g'} flag */
function idOf(flag) {
  try {
    return Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return undefined;
  }
}
