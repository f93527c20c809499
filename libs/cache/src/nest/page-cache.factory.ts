import { ImproperlyConfiguredError, toSeconds } from '@nest-quintet/core';
import { Inject, Injectable, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { PageCache } from '../pages/page-cache.js';
import type { PageDeclaration } from '../pages/page-options.js';
import { DependencySource } from '../tags/dependency-source.js';
import { CacheRegistry } from './cache-registry.js';
import { MODULE_OPTIONS_TOKEN, type CacheModuleOptions } from './cache.module-definition.js';
import { findProvider } from './find-provider.js';

/** Makes page caches of declarations and the module's defaults. */
@Injectable()
export class PageCacheFactory {
  constructor(
    private readonly registry: CacheRegistry,
    private readonly modules: ModuleRef,
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: CacheModuleOptions,
  ) {}

  /**
   * Makes a page cache of what a decorator or a middleware was given.
   *
   * @param who Begins the messages, for example `@CachePage() on BooksController.list`.
   * @throws ImproperlyConfiguredError
   */
  make({ timeout, options }: PageDeclaration, who: string): PageCache {
    const defaults = this.options.pages ?? {};
    const { invalidateOn, tags } = options;
    const changing = Array.isArray(invalidateOn) ? this.#source(who).tagsOf(invalidateOn, who) : [];
    if (invalidateOn === 'auto') this.#source(who);
    const own =
      typeof tags === 'function' ? (tags as (request: object) => readonly string[]) : () => tags ?? [];
    return new PageCache({
      cache: this.registry.get(options.cache ?? defaults.cache, who),
      timeout: timeout === undefined || timeout === null ? undefined : toSeconds(timeout, who),
      defaultTimeout: toSeconds(defaults.timeout ?? 600, 'pages.timeout'),
      grace: options.grace === undefined ? undefined : toSeconds(options.grace, who),
      maxFileBytes: options.maxFileBytes ?? defaults.maxFileBytes ?? 1_048_576,
      isTagged: defaults.etag ?? false,
      keyPrefix: options.keyPrefix ?? defaults.keyPrefix ?? '',
      vary: options.vary ?? [],
      query: options.query,
      language: defaults.language,
      shareAuthorized: options.shareAuthorized ?? false,
      header: defaults.header === false ? undefined : (defaults.header ?? 'X-Cache'),
      tags: tags || changing.length > 0 ? (request) => [...changing, ...own(request)] : undefined,
      isTracked: invalidateOn === 'auto',
    });
  }

  #source(who: string): DependencySource {
    const source = findProvider(this.modules, DependencySource as unknown as Type<DependencySource>);
    if (source) return source;
    throw new ImproperlyConfiguredError(
      `${who}: invalidateOn needs to know of changes. Import CacheInvalidationModule.forRoot() from @nest-quintet/cache/invalidation.`,
    );
  }
}
