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
import { isListable, valueList } from '../query/value-list.js';
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

type Data = Readonly<Record<string, unknown>>;

/** PostgreSQL counts the parameters of a statement in 16 bits. */
const mostParameters = 32_000;

/** More rows than this make a statement no faster, and its text is held in memory. */
const longestList = 10_000;

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
  const { features } = statementFor(database).dialect;
  const batches = [withKey, withoutKey].flatMap((some) =>
    batchesOf(model, some, options.batchSize, features.arrays),
  );
  let created: object[] = [];
  await sendingBulkWrite(database, modelName, { operation: 'bulkCreate', data: rows }, async () => {
    created = await insertAll(database, model, batches, options);
    return created.length;
  });
  if (created.length !== rows.length) return created as Row[];
  const places = new Map([...withKey, ...withoutKey].map((row, index) => [row, index]));
  return data.map((row) => created[places.get(row)!] as Row);
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

function hasKey(row: Data, model: ModelMetadata): boolean {
  return model.primaryKey.every((name) => row[name] !== undefined && row[name] !== null);
}

/** Rows that one statement creates. */
interface Batch {
  /** The fields that it names. */
  readonly fields: readonly ScalarField[];
  readonly rows: readonly Data[];
  /** Whether it binds one list for each field, instead of each value. */
  readonly isOfLists: boolean;
}

function batchesOf(
  model: ModelMetadata,
  rows: readonly Data[],
  batchSize: number | undefined,
  hasLists: boolean,
): Batch[] {
  const given = scalarFields(model).filter((field) => rows.some((row) => row[field.name] !== undefined));
  // An `INSERT` has to name a column.
  const fields = given.length > 0 ? given : scalarFields(model).slice(0, 1);
  const isOfLists = hasLists && rows.length > 1 && fields.every((field) => isGivenAsList(field, rows));
  const fitting = isOfLists
    ? longestList
    : Math.max(1, Math.floor(mostParameters / Math.max(1, fields.length)));
  const size = Math.min(batchSize ?? fitting, fitting);
  const batches: Batch[] = [];
  for (let start = 0; start < rows.length; start += size)
    batches.push({ fields, rows: rows.slice(start, start + size), isOfLists });
  return batches;
}

/** Whether no value of a field is computed or left to the database. */
function isGivenAsList(field: ScalarField, rows: readonly Data[]): boolean {
  const isDefaulted = field.hasDefault && !field.isUpdatedAt;
  return (
    isListable(field) &&
    rows.every(({ [field.name]: value }) =>
      value === undefined ? !isDefaulted : !(value instanceof Expression),
    )
  );
}

/** One statement is a transaction by itself; several are made one. */
async function insertAll(
  database: Database,
  model: ModelMetadata,
  batches: readonly Batch[],
  options: BulkCreateOptions,
): Promise<object[]> {
  const [only] = batches;
  if (only && batches.length === 1) return insert(database, model, only, options);
  return database.atomic(
    async () => {
      const created: object[] = [];
      for (const batch of batches) created.push(...(await insert(database, model, batch, options)));
      return created;
    },
    { savepoint: false },
  );
}

async function insert(
  database: Database,
  model: ModelMetadata,
  { fields, rows, isOfLists }: Batch,
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
  const source = (isOfLists ? listsOf : tuplesOf)(fields, rows, statement);
  const returning = join(
    returned.map((field) => identifier(field.column)),
    ', ',
  );
  const node = sql`insert into ${tableNode(model)} (${columns}) ${source}${conflictClause(options, model, statement)} returning ${returning}`;
  const { sql: text, parameters } = statement.dialect.compile(node);
  const result = await database.query(text, parameters);
  const shape = new ObjectShape(
    returned.map((field, index) => ({ name: field.name, index, type: fieldType(field) })),
    database.schema,
  );
  return result.rows.map((row) => shape.read(row));
}

/**
 * The rows as one list for each column, which takes as many parameters as there are columns.
 *
 * @example
 * select * from unnest(cast($1 as text[]), cast($2 as numeric[]))
 */
function listsOf(fields: readonly ScalarField[], rows: readonly Data[], statement: Statement): OperationNode {
  const now = new Date();
  const lists = fields.map((field) => {
    const missing = field.isUpdatedAt ? now : null;
    const values = rows.map(({ [field.name]: value }) => (value === undefined ? missing : value));
    return valueList(field, values, statement);
  });
  return sql`select * from unnest(${join(lists, ', ')})`;
}

function tuplesOf(
  fields: readonly ScalarField[],
  rows: readonly Data[],
  statement: Statement,
): OperationNode {
  const tuples = rows.map((row) => {
    const values = fields.map((field) => valueOf(field, row[field.name], statement));
    return sql`(${join(values, ', ')})`;
  });
  return sql`values ${join(tuples, ', ')}`;
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
