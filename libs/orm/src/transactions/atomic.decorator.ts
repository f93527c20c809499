import { Inject } from '@nestjs/common';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import type { AtomicOptions, Database } from '../database/database.js';
import { defaultAlias } from '../database/databases.js';
import { getDatabaseToken } from '../database/inject-database.decorator.js';

export interface AtomicDecoratorOptions extends AtomicOptions {
  /** The alias of the database. Default: the default database. */
  using?: string;
}

type AsyncMethod = (...args: never[]) => Promise<unknown>;

/**
 * Runs a method of a provider or controller in a transaction that everything it calls joins.
 *
 * @example
 * \@Atomic()
 * async place(order: OrderInput) { … }
 *
 * Django: `@transaction.atomic`.
 */
export function Atomic({ using = defaultAlias, ...options }: AtomicDecoratorOptions = {}) {
  return <T extends AsyncMethod>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void => {
    const method = descriptor.value!;
    const key = propertyOf(using);
    // The instance brings the database of its own application; a static would be shared by all of a process.
    Inject(getDatabaseToken(using))(target, key);
    const atomic = async function (this: Record<symbol, Database | undefined>, ...args: never[]) {
      const database = this[key];
      if (!database) {
        throw new ImproperlyConfiguredError(
          `@Atomic() on ${target.constructor.name}.${String(name)} has no database: let Nest make the instance, and import OrmModule.forRoot().`,
        );
      }
      return database.atomic(() => method.apply(this, args), options);
    };
    descriptor.value = Object.defineProperty(atomic, 'name', { value: method.name }) as unknown as T;
    for (const metadata of Reflect.getMetadataKeys(method)) {
      Reflect.defineMetadata(metadata, Reflect.getMetadata(metadata, method), atomic);
    }
  };
}

const properties = new Map<string, symbol>();

function propertyOf(alias: string): symbol {
  const property = properties.get(alias) ?? Symbol(`database "${alias}"`);
  properties.set(alias, property);
  return property;
}
