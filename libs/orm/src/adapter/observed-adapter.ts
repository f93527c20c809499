import type {
  ConnectionInfo,
  IsolationLevel,
  Provider,
  SqlDriverAdapter,
  SqlQuery,
  SqlResultSet,
} from '@prisma/driver-adapter-utils';
import { executeScript } from './execute-script.js';
import { ObservedTransaction } from './observed-transaction.js';
import type { StatementObservers } from './statement-observers.js';

export interface AdapterHooks {
  /** Hears of every transaction that begins, in the asynchronous context of whoever began it. */
  began(transaction: ObservedTransaction): void;
}

/** A connected driver adapter through which every statement of one database passes. */
export class ObservedAdapter implements SqlDriverAdapter {
  readonly provider: Provider;
  readonly adapterName: string;
  /** Tells what the driver can do; absent where the driver does not say. */
  readonly getConnectionInfo?: () => ConnectionInfo;

  constructor(
    private readonly driver: SqlDriverAdapter,
    private readonly observers: StatementObservers,
    private readonly hooks: AdapterHooks,
    private readonly disposed: () => Promise<void>,
  ) {
    this.provider = driver.provider;
    this.adapterName = driver.adapterName;
    if (driver.getConnectionInfo) this.getConnectionInfo = () => driver.getConnectionInfo!();
  }

  queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    if (this.observers.isEmpty) return this.driver.queryRaw(query);
    return this.#observe(
      query,
      () => this.driver.queryRaw(query),
      ({ rows }) => rows.length,
    );
  }

  executeRaw(query: SqlQuery): Promise<number> {
    if (this.observers.isEmpty) return this.driver.executeRaw(query);
    return this.#observe(
      query,
      () => this.driver.executeRaw(query),
      (count) => count,
    );
  }

  async executeScript(script: string): Promise<void> {
    await executeScript(this, script);
  }

  async startTransaction(isolationLevel?: IsolationLevel): Promise<ObservedTransaction> {
    // PGlite's adapter would set the level before the transaction begins, where it has no effect.
    const isSetHere = isolationLevel !== undefined && this.provider === 'postgres';
    const inner = await this.driver.startTransaction(isSetHere ? undefined : isolationLevel);
    const transaction = new ObservedTransaction(inner, this.observers);
    if (isSetHere) await transaction.isolate(isolationLevel);
    this.hooks.began(transaction);
    return transaction;
  }

  dispose(): Promise<void> {
    return this.disposed();
  }

  async #observe<T>(query: SqlQuery, send: () => Promise<T>, rowsOf: (result: T) => number): Promise<T> {
    const stack = this.observers.sending(query);
    const startedAt = performance.now();
    let result: T;
    try {
      result = await send();
    } catch (error) {
      this.observers.statement({ query, startedAt, rows: 0, stack, error });
      throw error;
    }
    const writes = this.observers.statement({ query, startedAt, rows: rowsOf(result), stack });
    await this.observers.committed(writes);
    return result;
  }
}
