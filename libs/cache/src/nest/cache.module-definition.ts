import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { PageDefaults } from '../pages/page-options.js';
import type { CacheFactory } from '../create-cache.js';
import { memoryCache } from '../backends/memory.cache.js';

export interface CacheModuleOptions {
  /** The caches by alias; one of them is `default`. Django: `CACHES`. */
  caches: Readonly<Record<string, CacheFactory>>;
  /** What holds for every `@CachePage()` that does not say otherwise. */
  pages?: PageDefaults;
}

export const DEFAULT_OPTIONS: CacheModuleOptions = { caches: { default: memoryCache() } };

/** What must be known before the options are. */
export interface CacheModuleExtras {
  /** Whether every module can inject the caches. Default `true`. */
  isGlobal?: boolean;
  /** With `forRootAsync()`: the aliases that `useFactory` is going to configure. Default `['default']`. */
  aliases?: readonly string[];
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<CacheModuleOptions>({ moduleName: 'QuintetCache' })
    .setClassMethodName('forRoot')
    .setExtras<CacheModuleExtras>({}, (definition) => definition)
    .build();
