import { ImproperlyConfiguredError, toMilliseconds } from '@nest-quintet/core';
import type { SqlResultSet } from '@prisma/driver-adapter-utils';
import type { ObservedAdapter } from '../adapter/observed-adapter.js';
import { ObservedAdapterFactory } from '../adapter/observed-adapter-factory.js';
import { reportToConsole } from '../adapter/report-error.js';
import { sqlQuery } from '../adapter/sql-query.js';
import { StatementObservers } from '../adapter/statement-observers.js';
import type { SchemaMetadata } from '../metadata/schema.js';
import { adoptClient, type PrismaClientLike } from '../transactions/prisma-client.js';
import { Transactions } from '../transactions/transactions.js';
import { type CursorConnection, throughCursor } from './through-cursor.js';
import { connectionProblem } from './connection-problem.js';
import { databaseError } from './database-error-code.js';
import type { DatabaseOptions } from './database-options.js';
import { Database, type AtomicOptions, type DatabaseObserver, type Dialect } from './database.js';

/** Node's timers count no further: about 24 days. */
const longestTimeout = 2 ** 31 - 1;

/** How long transactions under way may hold up the end of the application. */
const farewellMilliseconds = 10_000;

/** What surely does nothing but read; anything else waits for inner blocks to end. */
const readingStatement = /^\s*(?:select|values|table|fetch)\b/i;

/** A database behind a Prisma client, whose driver adapter it shares. */
export class PrismaDatabase extends Database {
  readonly dialect: Dialect;
  readonly schema: SchemaMetadata;
  readonly client: PrismaClientLike;
  override readonly validateOnSave: boolean;
  readonly #adapter: ObservedAdapterFactory;
  readonly #observers: StatementObservers;
  readonly #transactions: Transactions;

  constructor(
    readonly alias: string,
    {
      adapter,
      client,
      schema,
      transactions = {},
      validateOnSave = false,
      report = reportToConsole,
      extensions = [],
    }: DatabaseOptions,
  ) {
    super();
    this.schema = schema;
    this.validateOnSave = validateOnSave;
    this.dialect = dialectOf(alias, adapter.provider);
    this.#observers = new StatementObservers(alias, this.dialect, schema, report);
    this.#transactions = new Transactions(
      {
        maxWait: toMilliseconds(transactions.maxWait ?? '30s', 'transactions.maxWait'),
        timeout:
          transactions.timeout === undefined
            ? longestTimeout
            : toMilliseconds(transactions.timeout, 'transactions.timeout'),
      },
      report,
      () => this.#observers.flow(),
      (send) => (this.#observers.needsCallSite ? this.#observers.fromHere(send) : send()),
    );
    this.#adapter = new ObservedAdapterFactory(adapter, this.#observers, this.#transactions);
    const plain = client(this.#adapter);
    this.#transactions.beginWith(adoptClient(plain, this.#transactions));
    this.client = extensions.reduce((extended, extend) => extend(extended, this), plain);
  }

  /**
   * Opens the connection, and makes sure that the database answers.
   *
   * @throws ImproperlyConfiguredError when it does not.
   */
  async connect(): Promise<void> {
    try {
      await this.client.$connect();
      await this.query('SELECT 1', []);
    } catch (error) {
      throw new ImproperlyConfiguredError(
        `Database "${this.alias}" cannot be reached: ${connectionProblem(error)}; check the address that its adapter was given.`,
        { cause: error },
      );
    }
  }

  /** Closes the connection when every open transaction has ended; one that goes on for ten seconds is rolled back. */
  async disconnect(): Promise<void> {
    await within(farewellMilliseconds, this.#transactions.settled());
    await this.client.$disconnect();
    await this.#adapter.connected?.dispose();
  }

  async query(sql: string, parameters: readonly unknown[]): Promise<SqlResultSet> {
    const query = sqlQuery(sql, parameters);
    const isRead = readingStatement.test(sql);
    const block = isRead ? this.#transactions.open : this.#transactions.current;
    try {
      if (!block) return await (await this.#connected()).queryRaw(query);
      const send = () => block.transaction.driver.queryRaw(query);
      return await (isRead ? block.read(send) : block.write(send));
    } catch (error) {
      throw databaseError(error);
    }
  }

  async execute(sql: string, parameters: readonly unknown[]): Promise<number> {
    const query = sqlQuery(sql, parameters);
    const block = this.#transactions.current;
    try {
      if (!block) return await (await this.#connected()).executeRaw(query);
      return await block.write(() => block.transaction.driver.executeRaw(query));
    } catch (error) {
      throw databaseError(error);
    }
  }

  override stream(
    sql: string,
    parameters: readonly unknown[],
    chunkSize: number,
  ): AsyncGenerator<SqlResultSet['rows'], void, undefined> {
    return this.#streamed(sql, parameters, chunkSize);
  }

  async *#streamed(
    sql: string,
    parameters: readonly unknown[],
    chunkSize: number,
  ): AsyncGenerator<SqlResultSet['rows'], void, undefined> {
    const isInBlock = this.#transactions.open !== undefined;
    // PGlite has one connection: a transaction of the cursor's own would keep everybody else waiting.
    const isHeld = !isInBlock && (await this.#connected()).adapterName.includes('pglite');
    const connection = isInBlock || isHeld ? this.#ownConnection() : await this.#cursorConnection();
    try {
      yield* throughCursor(connection, sql, parameters, { chunkSize, isHeld });
    } catch (error) {
      throw databaseError(error);
    }
  }

  #ownConnection(): CursorConnection {
    return {
      execute: (text, values = []) => this.execute(text, values),
      query: (text) => this.query(text, []),
      release: async () => {},
    };
  }

  /** A connection of the cursor's own, in a transaction that only reads. */
  async #cursorConnection(): Promise<CursorConnection> {
    const transaction = await (await this.#connected()).startTransaction();
    return {
      execute: (text, values = []) => transaction.executeRaw(sqlQuery(text, values)),
      query: (text) => transaction.queryRaw(sqlQuery(text)),
      release: () => transaction.abandon(),
    };
  }

  atomic<T>(fn: () => Promise<T>, options?: AtomicOptions): Promise<T> {
    return this.#transactions.atomic(this.client, fn, options);
  }

  onCommit(fn: () => unknown, options?: { robust?: boolean }): void {
    this.#transactions.onCommit(fn, options);
  }

  inAtomicBlock(): boolean {
    return this.#transactions.open !== undefined;
  }

  setRollback(rollsBack = true): void {
    this.#transactions.setRollback(rollsBack);
  }

  observe(observer: DatabaseObserver): Disposable {
    return this.#observers.add(observer);
  }

  #connected(): ObservedAdapter | Promise<ObservedAdapter> {
    return this.#adapter.connected ?? this.#adapter.connect();
  }
}

/** Resolves when `work` does, or when it takes too long. */
async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  await Promise.race([work, tooLong]);
  clearTimeout(timer);
}

function dialectOf(alias: string, provider: string): Dialect {
  if (provider === 'postgres' || provider === 'sqlite' || provider === 'mysql') return provider;
  throw new ImproperlyConfiguredError(
    `Database "${alias}": the driver adapter speaks "${provider}", which is not supported; use one for PostgreSQL, SQLite or MySQL.`,
  );
}
