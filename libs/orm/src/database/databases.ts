import { choices, ImproperlyConfiguredError } from '@nest-quintet/core';
import type { Database } from './database.js';
import type { PrismaDatabase } from './prisma-database.js';

/** The alias of the database that is used where none is named. */
export const defaultAlias = 'default';

/** The databases of one application by their alias. Django: `connections`. */
export class Databases {
  readonly #byAlias: ReadonlyMap<string, PrismaDatabase>;

  constructor(databases: Iterable<PrismaDatabase>) {
    this.#byAlias = new Map([...databases].map((database) => [database.alias, database]));
  }

  get aliases(): string[] {
    return [...this.#byAlias.keys()];
  }

  /**
   * Returns a database.
   *
   * @throws ImproperlyConfiguredError when no database has that alias.
   */
  get(alias: string = defaultAlias): Database {
    const database = this.#byAlias.get(alias);
    if (!database) {
      throw new ImproperlyConfiguredError(`Unknown database "${alias}". ${choices(this.aliases)}`);
    }
    return database;
  }

  /** Connects to all of them; to none where one fails. */
  async connect(): Promise<void> {
    try {
      await Promise.all([...this.#byAlias.values()].map((database) => database.connect()));
    } catch (error) {
      await this.disconnect();
      throw error;
    }
  }

  /** Disconnects from all of them, when the transactions under way have ended. */
  async disconnect(): Promise<void> {
    await Promise.allSettled([...this.#byAlias.values()].map((database) => database.disconnect()));
  }
}
