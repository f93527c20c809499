import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ModelMetadata, SchemaMetadata } from '@nest-quintet/orm';

export type SeedRow = Readonly<Record<string, unknown>>;

/** The rows of one table, and what must change in a copy of them so that the copy stands beside the original. */
export interface SeedTable {
  readonly table: string;
  readonly rows: readonly SeedRow[];
  /** Columns that hold a key, and the table that the key belongs to. */
  readonly keys: Readonly<Record<string, string>>;
  /** Text columns that no two rows may share. */
  readonly uniqueTexts: readonly string[];
  /** Whether the database counts the keys on. */
  readonly hasSequence: boolean;
}

const file = fileURLToPath(new URL('../../../../prisma/seed/data.json', import.meta.url));

/** The join tables by their name in the data: Prisma's `A` and `B`, and what they point to. */
const joinTables = {
  Author_friends: { table: '_Friends', A: ['to_author_id', 'Author'], B: ['from_author_id', 'Author'] },
  Book_authors: { table: '_BookAuthors', A: ['author_id', 'Author'], B: ['book_id', 'Book'] },
  Store_books: { table: '_BookStores', A: ['book_id', 'Book'], B: ['store_id', 'Store'] },
} as const;

/** Reads the shop's data, in an order in which every row comes after those that it refers to. */
export async function readSeedTables(schema: SchemaMetadata): Promise<SeedTable[]> {
  const data = JSON.parse(await readFile(file, 'utf8')) as Record<string, SeedRow[]>;
  return Object.entries(data).map(([name, rows]) =>
    name in joinTables
      ? joinTable(name as keyof typeof joinTables, rows, schema)
      : modelTable(schema.models[name]!, rows, schema),
  );
}

function modelTable(model: ModelMetadata, rows: SeedRow[], schema: SchemaMetadata): SeedTable {
  const fields = Object.values(model.fields);
  const columns = new Map(fields.map((field) => [field.name, field.kind === 'scalar' ? field.column : '']));
  const references = fields.flatMap((field) =>
    field.kind === 'relation'
      ? field.fromFields.map((from) => [columns.get(from)!, schema.models[field.model]!.table])
      : [],
  );
  return {
    table: model.table,
    rows,
    keys: { id: model.table, ...(Object.fromEntries(references) as Record<string, string>) },
    uniqueTexts: fields.flatMap((field) =>
      field.kind === 'scalar' && field.isUnique && field.type === 'String' ? [field.column] : [],
    ),
    hasSequence: true,
  };
}

function joinTable(name: keyof typeof joinTables, rows: SeedRow[], schema: SchemaMetadata): SeedTable {
  const { table, A, B } = joinTables[name];
  return {
    table,
    rows: rows.map((row) => ({ A: row[A[0]], B: row[B[0]] })),
    keys: { A: schema.models[A[1]]!.table, B: schema.models[B[1]]!.table },
    uniqueTexts: [],
    hasSequence: false,
  };
}

/** Makes the `copy`th copy of a table's rows; the 0th is the original. `spans` tells how many keys a copy takes. */
export function copyRows(
  { rows, keys, uniqueTexts }: SeedTable,
  copy: number,
  spans: Map<string, number>,
): SeedRow[] {
  if (copy === 0) return [...rows];
  return rows.map((row) => {
    const result: Record<string, unknown> = { ...row };
    for (const [column, table] of Object.entries(keys)) {
      if (row[column] !== null) result[column] = Number(row[column]) + copy * spans.get(table)!;
    }
    for (const column of uniqueTexts) {
      const text = row[column];
      if (typeof text === 'string') result[column] = distinctText(text, copy);
    }
    return result;
  });
}

/** The books' numbers differ in their last three digits. */
const isbnStep = 1000n;

function distinctText(text: string, copy: number): string {
  if (/^\d+$/.test(text)) return String(BigInt(text) + BigInt(copy) * isbnStep);
  return text.replace('@', `+${copy}@`);
}
