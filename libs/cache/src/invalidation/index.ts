export type { CacheInvalidationModuleOptions } from './cache-invalidation.module-definition.js';
export * from './cache-invalidation.module.js';
export * from './database-dependencies.js';
