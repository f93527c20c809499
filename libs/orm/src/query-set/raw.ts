import type { Database } from '../database/database.js';
import { FieldDoesNotExistError } from '../errors.js';
import type { ScalarField } from '../metadata/schema.js';
import type { SqlFragment } from '../expressions/raw-sql.js';
import { dialectOf } from '../query/dialects/dialects.js';
import { scalarFields } from '../query/names.js';
import { ObjectShape } from '../query/shape.js';
import { fieldType, typeOf } from '../query/value-type.js';

export interface RawOptions {
  /** The fields that columns of other names are, such as `{ code: 'name' }`. */
  translations?: Readonly<Record<string, string>>;
}

export interface RawStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** What `raw()` was given, as text and parameters. */
export function rawStatement(
  database: Database,
  sql: string | SqlFragment,
  parameters: readonly unknown[],
): RawStatement {
  if (typeof sql === 'string') return { sql, parameters };
  const dialect = dialectOf(database.dialect);
  return dialect.compile(sql.statement(dialect, database.schema));
}

/** Reads the rows of a statement as rows of a model; further columns come as they are. */
export async function rawRows(
  database: Database,
  modelName: string,
  { sql, parameters }: RawStatement,
  { translations = {} }: RawOptions,
): Promise<object[]> {
  const model = database.schema.models[modelName]!;
  const { columnNames, rows } = await database.query(sql, parameters);
  const fields = new Map<string, ScalarField>(scalarFields(model).map((field) => [field.column, field]));
  const columns = columnNames.map((column, index) => {
    const translated = translations[column];
    const named = translated === undefined ? fields.get(column) : model.fields[translated];
    const field = named?.kind === 'scalar' ? named : undefined;
    return { name: field?.name ?? column, index, type: field ? fieldType(field) : typeOf('Unknown') };
  });
  for (const key of model.primaryKey) {
    if (!columns.some(({ name }) => name === key)) {
      throw FieldDoesNotExistError.unknown(
        key,
        `What raw() has read for ${modelName}`,
        columns.map(({ name }) => name),
      );
    }
  }
  const shape = new ObjectShape(columns, database.schema);
  return rows.map((row) => shape.read(row));
}
