import { choices, ImproperlyConfiguredError } from '@nest-quintet/core';
import type { Database } from '@nest-quintet/orm';

/** The names of the table that holds the entries, quoted. */
export interface CacheTable {
  readonly name: string;
  readonly key: string;
  readonly value: string;
  readonly expiresAt: string;
  /** The name as the database reports it. */
  readonly plainName: string;
}

/**
 * Finds the table of a model `{ key, value, expiresAt }`.
 *
 * @throws ImproperlyConfiguredError when the schema has no such model.
 */
export function findCacheTable({ alias, dialect, schema }: Database, model: string): CacheTable {
  if (dialect === 'mysql') {
    throw new ImproperlyConfiguredError(
      `prismaCache(): the database "${alias}" is MySQL, which is not supported. Use redisCache(), or PostgreSQL or SQLite.`,
    );
  }
  const metadata = schema.models[model];
  if (!metadata) {
    throw new ImproperlyConfiguredError(
      `prismaCache(): the schema of the database "${alias}" has no model "${model}". Add one with key, value and expiresAt, or name another: prismaCache({ model }). ${choices(Object.keys(schema.models))}`,
    );
  }
  const column = (field: string): string => {
    const found = metadata.fields[field];
    if (found?.kind === 'scalar') return quote(found.column);
    throw new ImproperlyConfiguredError(
      `prismaCache(): the model "${model}" has no field "${field}". Give it key, value and expiresAt.`,
    );
  };
  return {
    name: metadata.schema ? `${quote(metadata.schema)}.${quote(metadata.table)}` : quote(metadata.table),
    plainName: metadata.table,
    key: column('key'),
    value: column('value'),
    expiresAt: column('expiresAt'),
  };
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
