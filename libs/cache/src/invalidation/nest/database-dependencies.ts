import { choices, ImproperlyConfiguredError } from '@nest-quintet/core';
import { Databases, type Database, type ModelMetadata } from '@nest-quintet/orm';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CacheRegistry } from '../../nest/cache-registry.js';
import { currentDependencies } from '../../tags/dependencies.js';
import { DependencySource } from '../../tags/dependency-source.js';
import {
  MODULE_OPTIONS_TOKEN,
  type CacheInvalidationModuleOptions,
} from './cache-invalidation.module-definition.js';

/** Watches databases: what is read is a dependency of the page under way, what is committed invalidates its tags. */
@Injectable()
export class DatabaseDependencies extends DependencySource implements OnModuleInit, OnApplicationShutdown {
  readonly #watched: Disposable[] = [];

  constructor(
    private readonly databases: Databases,
    private readonly caches: CacheRegistry,
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: CacheInvalidationModuleOptions,
  ) {
    super();
  }

  onModuleInit(): void {
    for (const database of this.#all()) this.#watched.push(this.#watch(database));
  }

  onApplicationShutdown(): void {
    for (const watch of this.#watched.splice(0)) watch[Symbol.dispose]();
  }

  tagsOf(models: readonly string[], who: string): string[] {
    return models.flatMap((name) => {
      const found = this.#all().filter(({ schema }) => Object.hasOwn(schema.models, name));
      if (found.length === 0) {
        const names = this.#all().flatMap(({ schema }) => Object.keys(schema.models));
        throw new ImproperlyConfiguredError(`${who}: unknown model "${name}". ${choices(new Set(names))}`);
      }
      return found.flatMap(({ alias, schema }) => tagsOfTables(alias, tablesOf(schema.models[name]!)));
    });
  }

  #all(): Database[] {
    return (this.options.databases ?? this.databases.aliases).map((alias) => this.databases.get(alias));
  }

  /** Leaves out the tables of caches: what a cache writes is no change of the data. */
  #tagsOf(alias: string, tables: Iterable<string>): string[] {
    return tagsOfTables(alias, tables).filter((tag) => !this.caches.ownTables.has(tag));
  }

  #watch(database: Database): Disposable {
    return database.observe({
      statement: ({ database: alias, reads }) => {
        if (reads.size > 0) currentDependencies()?.add(this.#tagsOf(alias, reads));
      },
      committed: ({ database: alias, writes }) => {
        const tags = this.#tagsOf(alias, writes);
        return tags.length > 0 ? this.caches.invalidateTags(tags) : undefined;
      },
      flow: () => currentDependencies(),
    });
  }
}

/** A model's own table, and those that join it to others: a book that gets another author has changed. */
function tablesOf({ table, fields }: ModelMetadata): string[] {
  const joins = Object.values(fields).flatMap((field) =>
    field.kind === 'relation' && field.through ? [field.through.table] : [],
  );
  return [table, ...joins];
}

function tagsOfTables(alias: string, tables: Iterable<string>): string[] {
  return Array.from(tables, (table) => `table:${alias}:${table}`);
}
