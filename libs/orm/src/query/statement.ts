import type { ModelMetadata, SchemaMetadata } from '../metadata/schema.js';
import type { SqlDialect } from './sql-dialect.js';
import type { QueryState } from './state.js';

/** One statement in the making: what all of its scopes, subqueries included, share. */
export class Statement {
  #aliases = 0;

  /** The models whose default conditions were asked for: it is for them that a statement may be another one later. */
  readonly related = new Set<string>();
  /** The models whose default conditions are being compiled, which do not apply to themselves. */
  readonly #compiling = new Set<string>();

  constructor(
    readonly dialect: SqlDialect,
    readonly schema: SchemaMetadata,
    /** The query that a model's rows are seen by from other models. */
    readonly defaultState?: (model: string) => QueryState | undefined,
  ) {}

  /** The conditions that a model's rows have to meet to be seen from other models, while `use` compiles them. */
  withDefaults<T>(model: string, use: (conditions: QueryState['conditions']) => T): T | undefined {
    this.related.add(model);
    const conditions = this.defaultState?.(model)?.conditions;
    if (!conditions?.length || this.#compiling.has(model)) return undefined;
    this.#compiling.add(model);
    try {
      return use(conditions);
    } finally {
      this.#compiling.delete(model);
    }
  }

  /** A name that no other table of the statement has. */
  alias(): string {
    return `t${this.#aliases++}`;
  }

  model(name: string): ModelMetadata {
    return this.schema.models[name]!;
  }
}
