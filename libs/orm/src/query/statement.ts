import type { ModelMetadata, SchemaMetadata } from '../metadata/schema.js';
import type { SqlDialect } from './sql-dialect.js';

/** One statement in the making: what all of its scopes, subqueries included, share. */
export class Statement {
  #aliases = 0;

  constructor(
    readonly dialect: SqlDialect,
    readonly schema: SchemaMetadata,
  ) {}

  /** A name that no other table of the statement has. */
  alias(): string {
    return `t${this.#aliases++}`;
  }

  model(name: string): ModelMetadata {
    return this.schema.models[name]!;
  }
}
