import { readFileSync } from 'node:fs';
import type { ModelMetadata, PrismaDatabase } from '@nest-quintet/orm';
import { recordedTables } from '../state-diff.js';

type Row = Record<string, unknown>;

const data = JSON.parse(readFileSync(new URL('../data.json', import.meta.url), 'utf8')) as Record<
  string,
  Row[]
>;

/** Fills the shop's tables with the recorded rows, as Prisma keeps their values. */
export async function seedSqlite(database: PrismaDatabase): Promise<void> {
  for (const { name, table, columns } of recordedTables(database.schema)) {
    const model = database.schema.models[name];
    for (const recorded of data[name]!) {
      const row = model ? stored(recorded, model) : linked(recorded, columns!);
      const names = Object.keys(row).map((column) => `"${column}"`);
      const marks = names.map(() => '?').join(', ');
      await database.execute(
        `INSERT INTO "${table}" (${names.join(', ')}) VALUES (${marks})`,
        Object.values(row),
      );
    }
  }
}

function stored(row: Row, model: ModelMetadata): Row {
  const fields = new Map(
    Object.values(model.fields).flatMap((field) =>
      field.kind === 'scalar' ? [[field.column, field.type]] : [],
    ),
  );
  const value = (column: string, given: unknown): unknown => {
    if (given === null) return null;
    const type = fields.get(column);
    if (type === 'DateTime') return new Date(given as string).toISOString().replace('Z', '+00:00');
    if (type === 'Decimal') return Number(given);
    return type === 'Json' ? JSON.stringify(given) : given;
  };
  return Object.fromEntries(Object.entries(row).map(([column, given]) => [column, value(column, given)]));
}

/** A row of a join table, by Prisma's names of its columns. */
function linked(row: Row, columns: Readonly<Record<string, string>>): Row {
  return Object.fromEntries(Object.entries(columns).map(([own, recorded]) => [own, row[recorded]]));
}
