import { Global, Module, type DynamicModule } from '@nestjs/common';
import { DependencySource } from '../../tags/dependency-source.js';
import {
  ConfigurableModuleClass,
  type CacheInvalidationModuleOptions,
} from './cache-invalidation.module-definition.js';
import { DatabaseDependencies } from './database-dependencies.js';

/**
 * Makes what was cached stale as soon as the rows that it was made from change.
 *
 * Everything that passes through `OrmModule` counts: QuerySets, Prisma calls, nested writes, cascades and raw SQL.
 * With caches in Redis the changes of one process are seen by all; memory caches are those of their process.
 *
 * @example
 * \@Module({ imports: [OrmModule.forRoot(…), CacheModule.forRoot(…), CacheInvalidationModule.forRoot()] })
 * class AppModule {}
 *
 * \@CachePage('15m', { invalidateOn: 'auto' })
 */
@Global()
@Module({
  providers: [DatabaseDependencies, { provide: DependencySource, useExisting: DatabaseDependencies }],
  exports: [DependencySource],
})
export class CacheInvalidationModule extends ConfigurableModuleClass {
  static override forRoot(options: CacheInvalidationModuleOptions = {}): DynamicModule {
    return super.forRoot(options);
  }
}
