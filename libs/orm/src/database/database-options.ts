import type { Duration } from '@nest-quintet/core';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { ReportError } from '../adapter/report-error.js';
import type { SchemaMetadata } from '../metadata/schema.js';
import type { BulkSignals } from '../signals/write-options.js';
import type { PrismaClientLike } from '../transactions/prisma-client.js';
import type { Database } from './database.js';

/** Adds to a client what the library does with it, such as sending model signals. */
export type ClientExtension = (client: PrismaClientLike, database: Database) => PrismaClientLike;

export interface TransactionDefaults {
  /** How long a transaction may wait for a free connection. Default `'30s'`. */
  maxWait?: Duration;
  /** How long a transaction may stay open before it is rolled back. Default: as long as it takes. */
  timeout?: Duration;
}

/** How one database is reached. */
export interface DatabaseOptions {
  /** Any Prisma driver adapter, such as `new PrismaPg({ connectionString })`. */
  adapter: SqlDriverAdapterFactory;

  /** Makes the Prisma client on the adapter that it is given, which is not the bare one. */
  client: (adapter: SqlDriverAdapterFactory) => PrismaClientLike;

  /** What the generator wrote. */
  schema: SchemaMetadata;

  transactions?: TransactionDefaults;

  /** Whether `createMany` and `updateMany` send the signals of each row; for all models or by model. Default `'none'`. */
  bulkSignals?: BulkSignals | Readonly<Record<string, BulkSignals>>;

  /**
   * Whether rows are looked at before `create()`, `save()` and what is made of them writes them. A manager may say
   * otherwise of its own. Default `false`, as in Django.
   */
  validateOnSave?: boolean;

  /** Hears of failures that no caller can be told of, such as an observer's. Default: the standard error stream. */
  report?: ReportError;

  /** Wraps the client, first to last. */
  extensions?: readonly ClientExtension[];
}
