import { choices, ImproperlyConfiguredError } from '@nest-quintet/core';
import type { Database, ScalarField, ScalarType } from '@nest-quintet/orm';

/** The names of the table that holds the sessions, quoted. */
export interface SessionTable {
  readonly name: string;
  readonly key: string;
  readonly data: string;
  readonly expiresAt: string;
  /** The index of users, where the model has one. */
  readonly userId: { readonly name: string; readonly type: ScalarType } | undefined;
}

/**
 * Finds the table of a model `{ key, data, expiresAt, userId? }`.
 *
 * @throws ImproperlyConfiguredError when the schema has no such model.
 */
export function findSessionTable({ alias, dialect, schema }: Database, model: string): SessionTable {
  if (dialect === 'mysql') {
    throw new ImproperlyConfiguredError(
      `prismaEngine(): the database "${alias}" is MySQL, which is not supported. Use cacheEngine(), or PostgreSQL or SQLite.`,
    );
  }
  const metadata = schema.models[model];
  if (!metadata) {
    throw new ImproperlyConfiguredError(
      `prismaEngine(): the schema of the database "${alias}" has no model "${model}". Add one with key, data and expiresAt, or name another: prismaEngine({ model }). ${choices(Object.keys(schema.models))}`,
    );
  }
  return {
    name: metadata.schema ? `${quote(metadata.schema)}.${quote(metadata.table)}` : quote(metadata.table),
    key: column('key'),
    data: column('data'),
    expiresAt: column('expiresAt'),
    userId: userId(),
  };

  function userId(): SessionTable['userId'] {
    const field = metadata?.fields.userId;
    return field?.kind === 'scalar' ? { name: quote(field.column), type: field.type } : undefined;
  }

  function column(field: string): string {
    const found = metadata?.fields[field];
    if (found?.kind === 'scalar') return quote((found satisfies ScalarField).column);
    throw new ImproperlyConfiguredError(
      `prismaEngine(): the model "${model}" has no field "${field}". Give it key, data and expiresAt.`,
    );
  }
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
