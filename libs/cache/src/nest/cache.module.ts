import { CACHE_MANAGER, Cache as NestCache } from '@nestjs/cache-manager';
import { ImproperlyConfiguredError, choices } from '@nest-quintet/core';
import {
  Logger,
  Module,
  Scope,
  type DynamicModule,
  type NestModule,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { DiscoveryModule, ModuleRef } from '@nestjs/core';
import type { Cache } from '../cache.js';
import { CacheStatistics } from '../statistics/cache-statistics.js';
import { createCacheManager } from '../cache-manager/create-cache-manager.js';
import { PageCacheFactory } from './page-cache.factory.js';
import { PageHooksExplorer } from './page-hooks.explorer.js';
import { PageLayersExplorer } from './page-layers.explorer.js';
import { PageLayers } from './page-layers.js';
import { PageVisits } from './page-visits.js';
import { findProvider } from './find-provider.js';
import { CacheRegistry } from './cache-registry.js';
import { DEFAULT_ALIAS, tokenOf, wantedAliases } from './cache-tokens.js';
import {
  ConfigurableModuleClass,
  DEFAULT_OPTIONS,
  MODULE_OPTIONS_TOKEN,
  type ASYNC_OPTIONS_TYPE,
  type CacheModuleExtras,
  type CacheModuleOptions,
} from './cache.module-definition.js';

/**
 * Provides the configured caches: `Cache` and `CACHE_MANAGER` for the default one, `@InjectCache(alias)` for each.
 *
 * @example
 * CacheModule.forRoot({
 *   caches: { default: redisCache({ url, keyPrefix: 'shop' }), local: memoryCache({ maxEntries: 1_000 }) },
 * })
 *
 * @throws ImproperlyConfiguredError at start-up, when an alias is asked for that is not configured.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [PageCacheFactory, PageHooksExplorer, PageLayersExplorer, PageLayers, PageVisits],
  exports: [PageCacheFactory, PageLayers, PageVisits],
})
export class CacheModule
  extends ConfigurableModuleClass
  implements NestModule, OnModuleInit, OnApplicationShutdown
{
  constructor(
    private readonly registry: CacheRegistry,
    private readonly modules: ModuleRef,
    private readonly hooks: PageHooksExplorer,
  ) {
    super();
  }

  onModuleInit(): void {
    this.registry.attach((token) => findProvider(this.modules, token as never));
  }

  static override forRoot(options: Partial<CacheModuleOptions> & CacheModuleExtras = {}): DynamicModule {
    const complete = { ...DEFAULT_OPTIONS, ...options };
    return withCaches(super.forRoot(complete), Object.keys(complete.caches), options);
  }

  /**
   * Configures the caches from other providers.
   *
   * @example
   * CacheModule.forRootAsync({
   *   aliases: ['default', 'pages'],
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ caches: { default: …, pages: … } }),
   * })
   */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return withCaches(super.forRootAsync(options), options.aliases ?? [DEFAULT_ALIAS], options);
  }

  /** Prepares the routes; Nest calls it before it registers them. */
  configure(): void {
    this.hooks.explore();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.registry.close();
  }
}

function withCaches(
  definition: DynamicModule,
  aliases: readonly string[],
  { isGlobal = true }: CacheModuleExtras,
): DynamicModule {
  if (!aliases.includes(DEFAULT_ALIAS)) {
    throw new ImproperlyConfiguredError(
      `CacheModule: there is no cache named "${DEFAULT_ALIAS}". Add one to caches, for example memoryCache().`,
    );
  }
  const registry: Provider = {
    provide: CacheRegistry,
    inject: [MODULE_OPTIONS_TOKEN],
    useFactory: ({ caches }: CacheModuleOptions) => new CacheRegistry(caches, new Logger('Cache')),
  };
  const providers: Provider[] = [
    registry,
    ...aliases.map((alias) => cacheProvider(alias)),
    ...wantedAliases()
      .filter((alias) => !aliases.includes(alias))
      .map((alias) => unknownProvider(alias)),
    {
      provide: CACHE_MANAGER,
      inject: [tokenOf(DEFAULT_ALIAS)],
      useFactory: (cache: Cache) => createCacheManager(cache),
    },
    { provide: NestCache, useExisting: CACHE_MANAGER },
    {
      provide: CacheStatistics,
      inject: [CacheRegistry],
      useFactory: (caches: CacheRegistry) => new CacheStatistics(caches),
    },
  ];
  return {
    ...definition,
    global: isGlobal,
    providers: [...(definition.providers ?? []), ...providers],
    exports: providers.map((provider) => (provider as { provide: symbol }).provide),
  };
}

function cacheProvider(alias: string): Provider {
  return {
    provide: tokenOf(alias),
    inject: [CacheRegistry],
    useFactory: (registry: CacheRegistry) => registry.get(alias, 'CacheModule'),
  };
}

/** Transient, so that it is made, and throws, for whoever injects it and for nobody else. */
function unknownProvider(alias: string): Provider {
  return {
    provide: tokenOf(alias),
    scope: Scope.TRANSIENT,
    inject: [CacheRegistry],
    useFactory: (registry: CacheRegistry) => {
      throw new ImproperlyConfiguredError(
        `@InjectCache(): unknown cache "${alias}". ${choices(registry.aliases)}`,
      );
    },
  };
}
