export type { CacheInvalidationModuleOptions } from './nest/cache-invalidation.module-definition.js';
export * from './nest/cache-invalidation.module.js';
export * from './nest/database-dependencies.js';
