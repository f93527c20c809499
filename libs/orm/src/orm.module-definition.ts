import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { DatabaseOptions } from './database/database-options.js';
import type { QueryLogOptions } from './seeing/query-log.js';

/** The default database, and those that are reached by an alias. */
export interface OrmModuleOptions extends DatabaseOptions {
  /** Further databases by their alias, such as `{ replica: { … } }`. */
  databases?: Readonly<Record<string, DatabaseOptions>>;
  /**
   * Whether to keep what each request sends, for `QueryLog`, and to warn of statements that come again and again; for
   * development. Default `false`.
   */
  queryLog?: boolean | QueryLogOptions;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<OrmModuleOptions>({ moduleName: 'Orm' })
    .setClassMethodName('forRoot')
    .build();
