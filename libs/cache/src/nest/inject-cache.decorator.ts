import { Inject } from '@nestjs/common';
import { getCacheToken } from './cache-tokens.js';

/**
 * Injects a cache by its alias.
 *
 * @example
 * constructor(@InjectCache('pages') private readonly pages: Cache) {}
 *
 * Django: `caches['pages']`.
 */
export function InjectCache(alias = 'default'): ParameterDecorator & PropertyDecorator {
  return Inject(getCacheToken(alias));
}
