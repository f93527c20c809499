import type { Provider, SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { ObservedAdapter, type AdapterHooks } from './observed-adapter.js';
import type { StatementObservers } from './statement-observers.js';

/**
 * Wraps a driver adapter, so that Prisma and QuerySets share one connection pool and every statement passes one place.
 *
 * Connects once, on first use, and again after it was disposed of.
 */
export class ObservedAdapterFactory implements SqlDriverAdapterFactory {
  readonly provider: Provider;
  readonly adapterName: string;
  #connecting: Promise<ObservedAdapter> | undefined;
  #connected: ObservedAdapter | undefined;

  constructor(
    private readonly factory: SqlDriverAdapterFactory,
    private readonly observers: StatementObservers,
    private readonly hooks: AdapterHooks,
  ) {
    this.provider = factory.provider;
    this.adapterName = factory.adapterName;
  }

  /** The connected adapter; `undefined` before the first use. */
  get connected(): ObservedAdapter | undefined {
    return this.#connected;
  }

  connect(): Promise<ObservedAdapter> {
    this.#connecting ??= this.#connect().catch((error: unknown) => {
      this.#connecting = undefined;
      throw error;
    });
    return this.#connecting;
  }

  async #connect(): Promise<ObservedAdapter> {
    const driver = await this.factory.connect();
    this.#connected = new ObservedAdapter(driver, this.observers, this.hooks, async () => {
      this.#connecting = this.#connected = undefined;
      await driver.dispose();
    });
    return this.#connected;
  }
}
