import { ConfigurableModuleBuilder } from '@nestjs/common';

export interface CacheInvalidationModuleOptions {
  /** The aliases of the databases to watch. Default: all. */
  databases?: readonly string[];
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<CacheInvalidationModuleOptions>({ moduleName: 'QuintetCacheInvalidation' })
    .setClassMethodName('forRoot')
    .build();
