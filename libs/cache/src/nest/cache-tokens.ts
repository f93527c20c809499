import { Cache } from '../cache.js';

/** The alias of the cache that is meant when none is named. */
export const DEFAULT_ALIAS = 'default';

/** Every alias that somebody asked a token for: what the module checks against what is configured. */
const wanted = new Set<string>();

/**
 * Returns the injection token of a cache; the default cache's is `Cache` itself.
 *
 * @example
 * const pages = app.get<Cache>(getCacheToken('pages'));
 */
export function getCacheToken(alias = DEFAULT_ALIAS): typeof Cache | string {
  if (alias === DEFAULT_ALIAS) return Cache;
  wanted.add(alias);
  return tokenOf(alias);
}

export function tokenOf(alias: string): typeof Cache | string {
  return alias === DEFAULT_ALIAS ? Cache : `QuintetCache:${alias}`;
}

/** Lists the aliases that were asked for so far. */
export function wantedAliases(): readonly string[] {
  return [...wanted];
}
