import type { RelationField, SchemaMetadata } from '../metadata/schema.js';

interface Reference {
  /** The table whose foreign key points here. */
  readonly table: string;
  readonly columns: readonly string[];
  readonly changesOnDelete: boolean;
  readonly deletesOnDelete: boolean;
  readonly changesOnUpdate: boolean;
}

/** Every table of a schema, and what the database itself changes in one when another changes. */
export class TableGraph {
  readonly tables: ReadonlySet<string>;
  readonly #byLowerCase: ReadonlyMap<string, string>;
  readonly #references = new Map<string, Reference[]>();

  constructor(schema: SchemaMetadata) {
    const tables = new Set<string>();
    for (const model of Object.values(schema.models)) {
      tables.add(model.table);
      for (const field of Object.values(model.fields)) {
        if (field.kind === 'scalar') continue;
        if (field.through) tables.add(field.through.table);
        this.#addReference(schema, model.table, field);
      }
    }
    this.tables = tables;
    this.#byLowerCase = new Map([...tables].map((table) => [table.toLowerCase(), table]));
  }

  /** Finds the table that a name in SQL means; PostgreSQL folds an unquoted name to lower case, the others any. */
  find(name: string, isQuoted: boolean, isPostgres: boolean): string | undefined {
    if (!isPostgres) return this.#byLowerCase.get(name.toLowerCase());
    const exact = isQuoted ? name : name.toLowerCase();
    return this.tables.has(exact) ? exact : undefined;
  }

  /** Adds to `into` every table whose rows change when rows of `table` are deleted. */
  deletedWith(table: string, into: Set<string>): void {
    for (const reference of this.#references.get(table) ?? []) {
      if (!reference.changesOnDelete) continue;
      const isNew = !into.has(reference.table);
      into.add(reference.table);
      if (isNew && reference.deletesOnDelete) this.deletedWith(reference.table, into);
    }
  }

  /** Adds to `into` every table whose foreign keys follow when `columns` of `table` are updated. */
  updatedWith(table: string, columns: ReadonlySet<string>, into: Set<string>): void {
    for (const reference of this.#references.get(table) ?? []) {
      if (
        reference.changesOnUpdate &&
        reference.columns.some((column) => columns.has(column.toLowerCase()))
      ) {
        into.add(reference.table);
      }
    }
  }

  /** Adds to `into` every table that refers to `table`, directly or not. */
  referencing(table: string, into: Set<string>): void {
    for (const reference of this.#references.get(table) ?? []) {
      const isNew = !into.has(reference.table);
      into.add(reference.table);
      if (isNew) this.referencing(reference.table, into);
    }
  }

  #addReference(schema: SchemaMetadata, table: string, field: RelationField): void {
    if (field.through) {
      this.#refer(table, {
        table: field.through.table,
        columns: schema.models[field.model]!.primaryKey,
        changesOnDelete: true,
        deletesOnDelete: true,
        changesOnUpdate: true,
      });
    } else if (field.fromFields.length > 0) {
      const other = schema.models[field.model]!;
      this.#refer(other.table, {
        table,
        columns: field.toFields.map((name) => columnOf(other.fields[name])),
        changesOnDelete: changesRows(field.onDelete),
        deletesOnDelete: field.onDelete === 'Cascade',
        changesOnUpdate: changesRows(field.onUpdate),
      });
    }
  }

  #refer(table: string, reference: Reference): void {
    this.#references.set(table, [...(this.#references.get(table) ?? []), reference]);
  }
}

function changesRows(action: string | undefined): boolean {
  return action === 'Cascade' || action === 'SetNull' || action === 'SetDefault';
}

function columnOf(field: { kind: string; column?: string } | undefined): string {
  return field?.column ?? '';
}
