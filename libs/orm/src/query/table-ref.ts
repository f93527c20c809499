import type { OperationNode } from 'kysely';
import type { ModelMetadata, ScalarField } from '../metadata/schema.js';
import type { Scope } from './scope.js';
import { columnOf } from './sql.js';

/** Columns that are known without the table, by the name of the field: a foreign key is the other table's key. */
export type KnownColumns = ReadonlyMap<string, () => OperationNode>;

/**
 * A table as a statement sees it under a path; it joins only when one of its columns is needed that the path's
 * other tables do not hold.
 */
export class TableRef {
  #alias: string | undefined;
  readonly #columns = new Map<string, OperationNode>();

  constructor(
    readonly model: ModelMetadata,
    /** The scope that the table is joined in. */
    readonly scope: Scope,
    /** Whether a row of the statement can have none of it. */
    readonly isNullable: boolean,
    readonly attach: () => string,
    readonly known?: KnownColumns,
    /** Whether only some rows of the table are seen, so that a key alone does not tell whether there is one. */
    readonly isFiltered = false,
  ) {}

  get alias(): string {
    return (this.#alias ??= this.attach());
  }

  /** A column of the row itself, which is null where there is none to be seen. */
  ownColumn(field: ScalarField): OperationNode {
    return this.isFiltered ? columnOf(this.alias, field.column) : this.column(field);
  }

  column(field: ScalarField): OperationNode {
    let node = this.#columns.get(field.name);
    if (!node) {
      node = this.known?.get(field.name)?.() ?? columnOf(this.alias, field.column);
      this.#columns.set(field.name, node);
    }
    return node;
  }
}
