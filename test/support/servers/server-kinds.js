import { memcached } from './memcached.js';
import { postgres } from './postgres.js';
import { redis } from './redis.js';

/** @type {Readonly<Record<string, import('./server-kind.js').ServerKind>>} */
export const serverKinds = { postgres, redis, memcached };

/**
 * Says how to get a server that is neither installed nor given by its variable.
 *
 * @param {import('./server-kind.js').ServerKind} kind
 * @returns {string | undefined} `redis-server (apt-get install redis-server)`; undefined where nothing is missing.
 */
export function missing(kind) {
  return process.env[kind.variable] ? undefined : notInstalled(kind);
}

/**
 * Says how to get a server that is not installed, for those who have to start one.
 *
 * @param {import('./server-kind.js').ServerKind} kind
 * @returns {string | undefined}
 */
export function notInstalled(kind) {
  return kind.isInstalled() ? undefined : `${kind.command} (${kind.remedy})`;
}
