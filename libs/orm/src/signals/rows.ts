import type { ModelMetadata, RelationField, ScalarField, SchemaMetadata } from '../metadata/schema.js';
import type { Data, PrismaCalls } from './prisma-calls.js';

/** A stored row with all its scalar fields. */
export type StoredRow = Record<string, unknown>;

/** PostgreSQL takes 65,535 parameters in a statement. */
const chunkSize = 10_000;

/** Reads and writes whole rows, without signals. */
export class Rows {
  readonly #selections = new Map<string, Record<string, true>>();

  constructor(
    private readonly calls: PrismaCalls,
    readonly schema: SchemaMetadata,
  ) {}

  model(name: string): ModelMetadata {
    return this.schema.models[name] as ModelMetadata;
  }

  async find(model: string, where: Data): Promise<StoredRow | null> {
    return this.calls.send(model, 'findUnique', { where, select: this.#everything(model) });
  }

  async list(
    model: string,
    where: Data,
    options: { take?: number; orderBy?: object } = {},
  ): Promise<StoredRow[]> {
    return this.calls.send(model, 'findMany', { where, select: this.#everything(model), ...options });
  }

  /** Returns the rows that refer to any of the given ones by `field`, in the order of their keys. */
  async referring(model: string, field: RelationField, targets: readonly StoredRow[]): Promise<StoredRow[]> {
    const found: StoredRow[] = [];
    for (const chunk of chunks(targets)) {
      const where =
        field.fromFields.length === 1
          ? { [field.fromFields[0]!]: { in: chunk.map((row) => row[field.toFields[0]!]) } }
          : { OR: chunk.map((row) => foreignKey(field, row)) };
      found.push(...(await this.list(model, where, { orderBy: this.#byKey(model) })));
    }
    return found;
  }

  async insert(model: string, data: Data): Promise<StoredRow> {
    return this.calls.send(model, 'create', { data, select: this.#everything(model) });
  }

  /** Whether one statement can insert rows and return them. */
  get canReturnMany(): boolean {
    return this.schema.provider !== 'mysql';
  }

  async insertReturning(model: string, data: readonly Data[]): Promise<StoredRow[]> {
    return this.calls.send(model, 'createManyAndReturn', { data, select: this.#everything(model) });
  }

  /** Inserts a row unless it violates a uniqueness; returns `undefined` when it does. */
  async insertUnlessDuplicate(model: string, data: Data): Promise<StoredRow | undefined> {
    const [row] = await this.calls.send(model, 'createManyAndReturn', {
      data: [data],
      skipDuplicates: true,
      select: this.#everything(model),
    });
    return row;
  }

  async update(model: string, row: StoredRow, data: Data): Promise<StoredRow> {
    return this.calls.send(model, 'update', {
      where: this.keyOf(model, row),
      data,
      select: this.#everything(model),
    });
  }

  /**
   * Updates rows in one statement; returns them as they are then, in the order in which they were given.
   *
   * @param after What they are expected to be, by which those are found whose key changes.
   */
  async updateAlike(
    model: string,
    rows: readonly StoredRow[],
    after: readonly StoredRow[],
    data: Data,
  ): Promise<StoredRow[]> {
    const found = new Map<string, StoredRow>();
    const nameOf = (row: StoredRow) =>
      Object.values(this.filterOf(model, row))
        .map((value) => String(fingerprint(value)))
        .join('\0');
    for (const chunk of chunks(rows)) await this.updateMany(model, this.#anyOf(model, chunk), data);
    for (const chunk of chunks(after)) {
      for (const row of await this.list(model, this.#anyOf(model, chunk))) found.set(nameOf(row), row);
    }
    return after.map((row) => found.get(nameOf(row)) ?? row);
  }

  async insertMany(model: string, data: readonly Data[], skipDuplicates: boolean): Promise<number> {
    const { count } = await this.calls.send(model, 'createMany', {
      data,
      ...(skipDuplicates && { skipDuplicates }),
    });
    return count;
  }

  async updateMany(model: string, where: Data, data: Data): Promise<number> {
    const { count } = await this.calls.send(model, 'updateMany', { where, data });
    return count;
  }

  async delete(model: string, rows: readonly StoredRow[]): Promise<void> {
    for (const chunk of chunks(rows)) {
      await this.calls.send(model, 'deleteMany', { where: this.#anyOf(model, chunk) });
    }
  }

  /** Names a row for `where` of a unique lookup. */
  keyOf(model: string, row: StoredRow): Data {
    const { primaryKey, primaryKeyName, uniqueNames } = this.model(model);
    const fields = identityOf(this.model(model));
    const key = Object.fromEntries(fields.map((name) => [name, row[name]]));
    if (fields.length === 1) return key;
    const made = fields.join('_');
    return { [(fields === primaryKey ? primaryKeyName : uniqueNames?.[made]) ?? made]: key };
  }

  /** Names a row for a filter. */
  filterOf(model: string, row: StoredRow): Data {
    return Object.fromEntries(identityOf(this.model(model)).map((name) => [name, row[name]]));
  }

  /** Whether a row meets a filter. */
  async matches(model: string, row: StoredRow, where: Data | undefined): Promise<boolean> {
    if (where === undefined) return true;
    return (await this.list(model, { AND: [this.filterOf(model, row), where] })).length > 0;
  }

  /** Whether two rows of a model are the same one. */
  isSame(model: string, a: StoredRow, b: StoredRow): boolean {
    return identityOf(this.model(model)).every((name) => isSameValue(a[name], b[name]));
  }

  #anyOf(model: string, rows: readonly StoredRow[]): Data {
    const fields = identityOf(this.model(model));
    const [only] = fields;
    if (fields.length === 1 && only !== undefined) return { [only]: { in: rows.map((row) => row[only]) } };
    return { OR: rows.map((row) => this.filterOf(model, row)) };
  }

  #byKey(model: string): object[] {
    return identityOf(this.model(model)).map((name) => ({ [name]: 'asc' }));
  }

  #everything(model: string): Record<string, true> {
    let selection = this.#selections.get(model);
    if (selection === undefined) {
      selection = Object.fromEntries(scalarsOf(this.model(model)).map(({ name }) => [name, true as const]));
      this.#selections.set(model, selection);
    }
    return selection;
  }
}

/** Returns the values that a row's foreign key must have to refer to another row. */
export function foreignKey(field: RelationField, target: Data): Record<string, unknown> {
  return Object.fromEntries(field.fromFields.map((name, index) => [name, target[field.toFields[index]!]]));
}

/** Whether a row refers to another one. */
export function refersTo(field: RelationField, row: Data, target: Data): boolean {
  return field.fromFields.every((name, index) => isSameValue(row[name], target[field.toFields[index]!]));
}

export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return fingerprint(a) === fingerprint(b);
}

/** Boils a value down to what can be compared with `===`. */
export function fingerprint(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
}

export function scalarsOf(model: ModelMetadata): readonly ScalarField[] {
  return fieldsOf(model).scalars;
}

export function relationsOf(model: ModelMetadata): readonly RelationField[] {
  return fieldsOf(model).relations;
}

interface Fields {
  readonly scalars: readonly ScalarField[];
  readonly relations: readonly RelationField[];
}

/** Every write asks for these, heard of or not. */
const sorted = new WeakMap<ModelMetadata, Fields>();

function fieldsOf(model: ModelMetadata): Fields {
  let fields = sorted.get(model);
  if (fields === undefined) {
    const all = Object.values(model.fields);
    fields = {
      scalars: all.filter((field) => field.kind === 'scalar'),
      relations: all.filter((field) => field.kind === 'relation'),
    };
    sorted.set(model, fields);
  }
  return fields;
}

function identityOf({ primaryKey, uniques }: ModelMetadata): readonly string[] {
  return primaryKey.length > 0 ? primaryKey : (uniques[0] ?? []);
}

function* chunks<T>(items: readonly T[]): Iterable<readonly T[]> {
  for (let start = 0; start < items.length; start += chunkSize) yield items.slice(start, start + chunkSize);
}
