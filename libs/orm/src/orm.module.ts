import {
  type DynamicModule,
  Global,
  Inject,
  type InjectionToken,
  Logger,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { SignalDispatcher, SignalsModule } from '@nest-quintet/signals';
import type { ReportError } from './adapter/report-error.js';
import type { DatabaseOptions } from './database/database-options.js';
import { Databases, defaultAlias } from './database/databases.js';
import { getDatabaseToken, getPrismaToken } from './database/inject-database.decorator.js';
import { PrismaDatabase } from './database/prisma-database.js';
import { type ManagerDefinition, managerProviders } from './manager/manager-providers.js';
import { OrmExceptionFilter } from './manager/orm-exception.filter.js';
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  type OrmModuleOptions,
} from './orm.module-definition.js';
import { describeRepeated } from './seeing/describe-repeated.js';
import { QueryLog } from './seeing/query-log.js';
import { tellStatements } from './seeing/statement-facts.js';
import { requestScope } from './seeing/request-scope.middleware.js';
import { connectionCreated } from './signals/database-signals.js';
import { modelSignals } from './signals/with-model-signals.js';

/** What `forRootAsync` must know before the factory has run: which providers there are. */
export type OrmModuleAsyncOptions = typeof ASYNC_OPTIONS_TYPE & {
  /** The aliases of the databases beside the default one. */
  aliases?: readonly string[];
};

/** Carries the managers of {@link OrmModule.forFeature}. */
@Module({})
class OrmFeatureModule {}

/**
 * Connects an application to its databases, at start-up; disconnects at shutdown, when open transactions have ended.
 *
 * @example
 * \@Module({
 *   imports: [
 *     OrmModule.forRoot({
 *       adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
 *       client: (adapter) => new PrismaClient({ adapter }),
 *       schema,
 *     }),
 *   ],
 * })
 * class AppModule {}
 *
 * Django: the `DATABASES` setting.
 */
@Global()
@Module({})
export class OrmModule
  extends ConfigurableModuleClass
  implements NestModule, OnModuleInit, OnApplicationShutdown
{
  constructor(
    private readonly databases: Databases,
    private readonly dispatcher: SignalDispatcher,
    private readonly queryLog: QueryLog,
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: OrmModuleOptions,
  ) {
    super();
  }

  configure(consumer: MiddlewareConsumer): void {
    if (this.options.queryLog) consumer.apply(requestScope).forRoutes('{*path}');
  }

  static override forRoot(options: OrmModuleOptions): DynamicModule {
    return withDatabases(super.forRoot(options), Object.keys(options.databases ?? {}));
  }

  static override forRootAsync({ aliases = [], ...options }: OrmModuleAsyncOptions): DynamicModule {
    return withDatabases(super.forRootAsync(options), aliases);
  }

  /**
   * Provides managers to the modules that import the result, by their class and for `@InjectManager()`; a model's
   * name stands for its plain manager.
   *
   * @example
   * \@Module({ imports: [OrmModule.forFeature([BookManager, 'Author'])], controllers: [BooksController] })
   * class BooksModule {}
   */
  static forFeature(managers: readonly ManagerDefinition[]): DynamicModule {
    const providers = managerProviders(managers);
    return { module: OrmFeatureModule, providers, exports: providers.map(tokenOf) };
  }

  async onModuleInit(): Promise<void> {
    for (const using of this.databases.aliases) {
      tellStatements(this.databases.get(using));
      await this.dispatcher.send(connectionCreated, using, { using, database: this.databases.get(using) });
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.queryLog.close();
    await this.databases.disconnect();
  }
}

function withDatabases(definition: DynamicModule, aliases: readonly string[]): DynamicModule {
  const providers: Provider[] = [
    { provide: Databases, inject: [MODULE_OPTIONS_TOKEN, SignalDispatcher], useFactory: connect },
    { provide: QueryLog, inject: [MODULE_OPTIONS_TOKEN, Databases], useFactory: openQueryLog },
    ...[defaultAlias, ...aliases].flatMap((alias) => providersOf(alias)),
  ];
  return {
    ...definition,
    imports: [...(definition.imports ?? []), SignalsModule],
    providers: [
      ...(definition.providers ?? []),
      ...providers,
      { provide: APP_FILTER, useClass: OrmExceptionFilter },
    ],
    exports: providers.map(tokenOf),
  };
}

function tokenOf(provider: Provider): InjectionToken {
  return typeof provider === 'function' ? provider : provider.provide;
}

function providersOf(alias: string): Provider[] {
  return [
    {
      provide: getDatabaseToken(alias),
      inject: [Databases],
      useFactory: (databases: Databases) => databases.get(alias),
    },
    {
      provide: getPrismaToken(alias),
      inject: [Databases],
      useFactory: (databases: Databases) => databases.get(alias).client,
    },
  ];
}

async function connect(
  { databases = {}, queryLog: _, ...options }: OrmModuleOptions,
  dispatcher: SignalDispatcher,
): Promise<Databases> {
  const all = Object.entries({ [defaultAlias]: options, ...databases });
  const connected = new Databases(all.map(([alias, each]) => open(alias, each, dispatcher)));
  await connected.connect();
  return connected;
}

function open(alias: string, options: DatabaseOptions, dispatcher: SignalDispatcher): PrismaDatabase {
  for (const option of ['adapter', 'client', 'schema'] as const) {
    if (options[option]) continue;
    throw new ImproperlyConfiguredError(
      `OrmModule: the database "${alias}" has no \`${option}\`; give it one.`,
    );
  }
  const extensions = [modelSignals(dispatcher, options), ...(options.extensions ?? [])];
  const database = new PrismaDatabase(alias, { report: reportToLogger, ...options, extensions });
  dispatcher.useTransactions(database, alias);
  return database;
}

/** The log of an application's queries; where it is not asked for it watches nothing, and keeps nothing. */
function openQueryLog({ queryLog = false }: OrmModuleOptions, databases: Databases): QueryLog {
  const log = new QueryLog(queryLog === true ? {} : queryLog || {});
  if (!queryLog) return log;
  for (const alias of databases.aliases) log.watch(databases.get(alias));
  const logger = new Logger('Orm');
  log.subscribe({ repeated: (repeated) => logger.warn(describeRepeated(repeated)) });
  return log;
}

const reportToLogger: ReportError = (error, during) => {
  new Logger('Orm').error(`An error occurred while ${during}`, error instanceof Error ? error.stack : error);
};
