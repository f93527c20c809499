import type { OperationNode } from 'kysely';
import type { Database } from '../database/database.js';
import { InvalidValueError, NotSupportedError } from '../errors.js';
import { Expression } from '../expressions/expression.js';
import { isDbNull } from '../query/decimal.js';
import { Scope } from '../query/scope.js';
import type { ModelMetadata, ScalarField } from '../metadata/schema.js';
import { statementFor } from '../query/execute.js';
import { scalarField, scalarFields } from '../query/names.js';
import { ObjectShape } from '../query/shape.js';
import { identifier, join, keyword, parameter, sql, tableNode } from '../query/sql.js';
import type { Statement } from '../query/statement.js';
import { toParameter } from '../query/to-parameter.js';
import { fieldType } from '../query/value-type.js';
import { sendingBulkWrite } from '../signals/bulk-writes.js';
import { dataOf } from './data-of.js';

export interface BulkCreateOptions {
  /** How many rows one statement creates. Default: as many as it can hold. */
  batchSize?: number;
  /** Leaves out rows that are there already. */
  ignoreConflicts?: boolean;
  /** Updates rows that are there already. */
  updateConflicts?: boolean;
  /** What tells that a row is there already. */
  uniqueFields?: readonly string[];
  /** What is updated of such a row. */
  updateFields?: readonly string[];
}

/** PostgreSQL counts the parameters of a statement in 16 bits. */
const mostParameters = 32_000;

/** Creates rows by `INSERT`s of many rows each, in one transaction; returns them in the order given. */
export async function bulkCreate<Row>(
  database: Database,
  modelName: string,
  rows: readonly object[],
  options: BulkCreateOptions,
): Promise<Row[]> {
  const model = database.schema.models[modelName]!;
  check(options, model);
  if (rows.length === 0) return [];
  const data = rows.map((row) => dataOf(row, modelName, database));
  const withKey = data.filter((row) => hasKey(row, model));
  const withoutKey = data.filter((row) => !hasKey(row, model));
  let created: object[] = [];
  await sendingBulkWrite(database, modelName, { operation: 'bulkCreate', data: rows }, async () => {
    created = await inTransaction(database, async () => [
      ...(await insertAll(database, model, withKey, options)),
      ...(await insertAll(database, model, withoutKey, options)),
    ]);
    return created.length;
  });
  if (created.length !== rows.length) return created as Row[];
  const ordered = [...withKey, ...withoutKey];
  return data.map((row) => created[ordered.indexOf(row)] as Row);
}

function inTransaction<T>(database: Database, fn: () => Promise<T>): Promise<T> {
  return database.atomic(fn, { savepoint: false });
}

function check(
  { batchSize, updateConflicts, ignoreConflicts, uniqueFields, updateFields }: BulkCreateOptions,
  model: ModelMetadata,
): void {
  if (batchSize !== undefined && batchSize !== null && batchSize < 1) {
    throw new InvalidValueError('bulkCreate() takes a batchSize from 1 on.');
  }
  if (updateConflicts && ignoreConflicts) {
    throw new InvalidValueError('bulkCreate() takes ignoreConflicts or updateConflicts, not both.');
  }
  if (updateConflicts && (!uniqueFields?.length || !updateFields?.length)) {
    throw new InvalidValueError('bulkCreate() takes uniqueFields and updateFields with updateConflicts.');
  }
  for (const name of updateConflicts ? updateFields! : []) scalarField(model, name);
}

function hasKey(row: Record<string, unknown>, model: ModelMetadata): boolean {
  return model.primaryKey.every((name) => row[name] !== undefined && row[name] !== null);
}

async function insertAll(
  database: Database,
  model: ModelMetadata,
  rows: readonly Record<string, unknown>[],
  options: BulkCreateOptions,
): Promise<object[]> {
  const fields = scalarFields(model).filter((field) => rows.some((row) => row[field.name] !== undefined));
  const fitting = Math.max(1, Math.floor(mostParameters / Math.max(1, fields.length)));
  const size = Math.min(options.batchSize ?? fitting, fitting);
  const created: object[] = [];
  for (let start = 0; start < rows.length; start += size) {
    created.push(...(await insert(database, model, fields, rows.slice(start, start + size), options)));
  }
  return created;
}

async function insert(
  database: Database,
  model: ModelMetadata,
  fields: readonly ScalarField[],
  rows: readonly Record<string, unknown>[],
  options: BulkCreateOptions,
): Promise<object[]> {
  const statement = statementFor(database);
  if (!statement.dialect.features.returning) {
    throw new NotSupportedError(
      `${statement.dialect.name} does not return the rows that bulkCreate() creates.`,
    );
  }
  const returned = scalarFields(model);
  const columns = join(
    fields.map((field) => identifier(field.column)),
    ', ',
  );
  const tuples = rows.map(
    (row) =>
      sql`(${join(
        fields.map((field) => valueOf(field, row[field.name], statement)),
        ', ',
      )})`,
  );
  const returning = join(
    returned.map((field) => identifier(field.column)),
    ', ',
  );
  const node = sql`insert into ${tableNode(model)} (${columns}) values ${join(tuples, ', ')}${conflictClause(options, model, statement)} returning ${returning}`;
  const { sql: text, parameters } = statement.dialect.compile(node);
  const result = await database.query(text, parameters);
  const shape = new ObjectShape(
    returned.map((field, index) => ({ name: field.name, index, type: fieldType(field) })),
    database.schema,
  );
  return result.rows.map((row) => shape.read(row));
}

function valueOf(field: ScalarField, value: unknown, statement: Statement): OperationNode {
  if (value === undefined && field.hasDefault && field.defaultFunction === 'autoincrement')
    return keyword('default');
  if (value === undefined) return defaultOf(field, statement);
  if (value instanceof Expression) return value.resolve(new Scope(statement)).node;
  return parameter(toParameter(isDbNull(value) ? null : value, fieldType(field), statement));
}

/** A default that Prisma gives rather than the database. */
function defaultOf(field: ScalarField, statement: Statement): OperationNode {
  if (field.isUpdatedAt) return parameter(toParameter(new Date(), fieldType(field), statement));
  if (!field.hasDefault) return parameter(null);
  if (statement.dialect.features.defaultValues) return keyword('default');
  // Without a word for it the default has to be known here: a plain value, or the time.
  const value = field.defaultFunction === 'now' ? new Date() : field.default;
  if (value === undefined) {
    throw new NotSupportedError(
      `${statement.dialect.name} has no word for the default of "${field.name}": give its value in every row.`,
    );
  }
  return parameter(toParameter(value, fieldType(field), statement));
}

function conflictClause(
  options: BulkCreateOptions,
  model: ModelMetadata,
  statement: Statement,
): OperationNode {
  void statement;
  if (options.ignoreConflicts) return keyword(' on conflict do nothing');
  if (!options.updateConflicts) return keyword('');
  const unique = options.uniqueFields!.flatMap((name) => columnsOf(name, model));
  const updates = options.updateFields!.flatMap((name) => columnsOf(name, model));
  const sets = updates.map((column) => sql`${column} = excluded.${column}`);
  return sql` on conflict (${join(unique, ', ')}) do update set ${join(sets, ', ')}`;
}

function columnsOf(name: string, model: ModelMetadata): OperationNode[] {
  const field = model.fields[name];
  const names = field?.kind === 'relation' ? field.fromFields : [name];
  return names.map((each) => identifier(scalarField(model, each).column));
}
