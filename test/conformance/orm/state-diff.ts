import { readFileSync } from 'node:fs';
import type { ModelMetadata, PrismaDatabase, SchemaMetadata } from '@nest-quintet/orm';
import { Decimal } from '@prisma/client/runtime/client';

type Row = Record<string, unknown>;
type Tables = Map<string, Map<unknown, Row>>;

interface RecordedTable {
  readonly name: string;
  readonly table: string;
  /** The join table's columns, and how the recording names them. */
  readonly columns?: Readonly<Record<string, string>>;
}

const data = JSON.parse(readFileSync(new URL('./data.json', import.meta.url), 'utf8')) as Record<
  string,
  Row[]
>;

/** The tables that the recording knows, by its names. */
export function recordedTables(schema: SchemaMetadata): RecordedTable[] {
  return Object.keys(data).map((name) => {
    const model = schema.models[name];
    if (model) return { name, table: model.table };
    const [owner, field] = name.split('_') as [string, string];
    const relation = schema.models[owner]!.fields[field];
    if (relation?.kind !== 'relation' || !relation.through) throw new Error(`${name} is no table.`);
    const [own, other] = Object.keys(data[name]![0]!).filter((column) => column !== 'id');
    const { table, ownColumn, otherColumn } = relation.through;
    return { name, table, columns: { [ownColumn]: own!, [otherColumn]: other! } };
  });
}

/** Reads every table as the recording spells it; rows of join tables get the keys that they have there. */
export async function readTables(database: PrismaDatabase): Promise<Tables> {
  const tables: Tables = new Map();
  for (const { name, table, columns } of recordedTables(database.schema)) {
    const model = database.schema.models[name];
    const read = (await storedRows(table, database)).map((row) => recordedRow(row, model));
    tables.set(
      name,
      columns ? linksByKey(name, read, columns) : new Map(read.map((row) => [row['id'], row])),
    );
  }
  return tables;
}

/** The rows of a table, as the database keeps them. */
async function storedRows(table: string, database: PrismaDatabase): Promise<Row[]> {
  if (database.dialect === 'postgres') {
    const { rows } = await database.query(`SELECT to_jsonb(t) FROM "${table}" AS t`, []);
    return rows.map(([row]) => JSON.parse(row as string) as Row);
  }
  const { columnNames, rows } = await database.query(`SELECT * FROM "${table}"`, []);
  return rows.map((row) => Object.fromEntries(columnNames.map((name, index) => [name, row[index]])));
}

/** Spells decimals and moments as the recording does. */
function recordedRow(row: Row, model: ModelMetadata | undefined): Row {
  const types = new Map(
    Object.values(model?.fields ?? {}).map((field) =>
      field.kind === 'scalar' ? [field.column, field] : ['', undefined],
    ),
  );
  const entries = Object.entries(row).map(([column, value]) => {
    const field = types.get(column);
    if (value === null || field === undefined) return [column, value];
    if (field.type === 'Decimal') return [column, new Decimal(value as number).toFixed()];
    if (field.type === 'Json')
      return [column, typeof value === 'string' ? (JSON.parse(value) as unknown) : value];
    const isMoment = field.type === 'DateTime' && field.nativeType?.[0] !== 'Date';
    return [column, isMoment ? new Date(value as string).toISOString() : value];
  });
  return Object.fromEntries(entries) as Row;
}

function linksByKey(
  name: string,
  rows: readonly Row[],
  columns: Readonly<Record<string, string>>,
): Map<unknown, Row> {
  const textOf = (row: Row): string =>
    Object.values(columns)
      .map((column) => String(row[column]))
      .join();
  const keys = new Map(data[name]!.map((row) => [textOf(row), row['id'] as number]));
  let next = Math.max(0, ...keys.values());
  return new Map(
    rows
      .map((row) =>
        Object.fromEntries(Object.entries(row).map(([column, value]) => [columns[column]!, value])),
      )
      .map((row) => {
        const id = keys.get(textOf(row)) ?? ++next;
        return [id, { id, ...row }];
      }),
  );
}

/** What has changed, in the form of `state_diff`. */
export function stateDiff(before: Tables, after: Tables): Record<string, unknown> {
  const entries = [...after].map(([name, rows]) => [name, tableDiff(before.get(name)!, rows)] as const);
  return Object.fromEntries(entries.filter(([, diff]) => Object.keys(diff).length > 0));
}

function tableDiff(before: Map<unknown, Row>, after: Map<unknown, Row>): Record<string, unknown> {
  const added = [...after].filter(([key]) => !before.has(key)).map(([, row]) => row);
  const removed = [...before.keys()].filter((key) => !after.has(key));
  const changed = [...after].flatMap(([pk, row]) => {
    const old = before.get(pk);
    const fields = Object.keys(row).filter(
      (column) => old && JSON.stringify(old[column]) !== JSON.stringify(row[column]),
    );
    if (fields.length === 0) return [];
    return [
      { pk, fields: Object.fromEntries(fields.map((column) => [column, [old![column], row[column]]])) },
    ];
  });
  return {
    ...(added.length > 0 && { added: added.sort(byId) }),
    ...(removed.length > 0 && { removed_pks: removed.sort((left, right) => Number(left) - Number(right)) }),
    ...(changed.length > 0 && { changed: changed.sort((left, right) => Number(left.pk) - Number(right.pk)) }),
  };
}

function byId(left: Row, right: Row): number {
  return Number(left['id']) - Number(right['id']);
}
