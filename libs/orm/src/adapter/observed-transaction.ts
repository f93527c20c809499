import { randomUUID } from 'node:crypto';
import type {
  IsolationLevel,
  Provider,
  SqlQuery,
  SqlResultSet,
  Transaction,
  TransactionOptions,
} from '@prisma/driver-adapter-utils';
import { SerialQueue } from './serial-queue.js';
import { sqlQuery } from './sql-query.js';
import type { SentStatement, StatementObservers } from './statement-observers.js';

/** One transaction of the driver: its statements run one after another, and its end tells the observers what it wrote. */
export class ObservedTransaction implements Transaction {
  readonly id = randomUUID();
  readonly provider: Provider;
  readonly adapterName: string;
  readonly options: TransactionOptions;
  readonly #writes = new Set<string>();
  /** One connection takes one statement at a time. */
  readonly #queue = new SerialQueue();
  readonly #savepoints: string[] = [];
  #hasFailed = false;

  constructor(
    private readonly driver: Transaction,
    private readonly observers: StatementObservers,
  ) {
    this.provider = driver.provider;
    this.adapterName = driver.adapterName;
    this.options = driver.options;
  }

  /** Whether a statement failed and no savepoint was restored since: PostgreSQL then refuses everything but a rollback. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    return this.#send(
      query,
      () => this.driver.queryRaw(query),
      ({ rows }) => rows.length,
    );
  }

  executeRaw(query: SqlQuery): Promise<number> {
    if (isTransactionEnd(query.sql)) return this.#queue.run(() => this.driver.executeRaw(query));
    return this.#send(
      query,
      () => this.driver.executeRaw(query),
      (count) => count,
    );
  }

  /** Sets the isolation level before the first statement; ends the transaction where the database refuses it. */
  async isolate(level: IsolationLevel): Promise<void> {
    try {
      await this.#control(`SET TRANSACTION ISOLATION LEVEL ${level}`);
    } catch (error) {
      await this.abandon();
      throw error;
    }
  }

  /** Rolls back, whichever way the driver does that, and frees the connection. */
  async abandon(): Promise<void> {
    try {
      if (!this.options.usePhantomQuery) await this.#control('ROLLBACK');
    } finally {
      await this.rollback();
    }
  }

  async createSavepoint(name: string): Promise<void> {
    if (this.driver.createSavepoint) await this.#queue.run(() => this.driver.createSavepoint!(name));
    else await this.#control(`SAVEPOINT ${name}`);
    this.#savepoints.push(name);
  }

  async rollbackToSavepoint(name: string): Promise<void> {
    if (this.driver.rollbackToSavepoint) await this.#queue.run(() => this.driver.rollbackToSavepoint!(name));
    else await this.#control(`ROLLBACK TO SAVEPOINT ${name}`);
    this.#hasFailed = false;
  }

  async releaseSavepoint(name: string): Promise<void> {
    if (this.driver.releaseSavepoint) await this.#queue.run(() => this.driver.releaseSavepoint!(name));
    else await this.#control(`RELEASE SAVEPOINT ${name}`);
    this.#savepoints.splice(this.#savepoints.indexOf(name));
  }

  async commit(): Promise<void> {
    if (this.provider === 'postgres' && this.options.usePhantomQuery) await this.#checkDeferred();
    await this.#queue.run(() => this.driver.commit());
    await this.observers.committed(this.#writes);
  }

  rollback(): Promise<void> {
    return this.#queue.run(() => this.driver.rollback());
  }

  /** Tells whether the database still accepts statements, which it does not after one that failed. */
  async isUsable(): Promise<boolean> {
    return this.#control('SELECT 1').then(
      () => true,
      () => false,
    );
  }

  /** PGlite's adapter hides a commit that fails; what could fail is therefore made to fail before. */
  async #checkDeferred(): Promise<void> {
    try {
      await this.#control('SET CONSTRAINTS ALL IMMEDIATE');
    } catch (error) {
      await this.abandon();
      throw error;
    }
  }

  #control(sql: string): Promise<number> {
    return this.#queue.run(() => this.driver.executeRaw(sqlQuery(sql)));
  }

  async #send<T>(query: SqlQuery, send: () => Promise<T>, rowsOf: (result: T) => number): Promise<T> {
    const stack = this.observers.isEmpty ? undefined : this.observers.sending(query);
    return this.#queue.run(async () => {
      const startedAt = performance.now();
      try {
        const result = await send();
        this.#tell({ query, startedAt, rows: rowsOf(result), stack });
        return result;
      } catch (error) {
        this.#hasFailed = true;
        this.#tell({ query, startedAt, rows: 0, stack, error });
        throw error;
      }
    });
  }

  #tell(sent: SentStatement): void {
    if (this.observers.isEmpty) return;
    const savepoint = this.#savepoints.at(-1);
    const writes = this.observers.statement({ ...sent, transaction: this.id, savepoint });
    for (const table of writes) this.#writes.add(table);
  }
}

function isTransactionEnd(sql: string): boolean {
  return sql === 'COMMIT' || sql === 'ROLLBACK';
}
