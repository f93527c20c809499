import type { RelationField } from '../metadata/schema.js';
import { owned, RelatedRows } from './related-rows.js';
import type { Data } from './prisma-calls.js';
import { recordNotFound } from './prisma-errors.js';
import type { RowWriter } from './row-writer.js';
import { foreignKey, isSameValue, relationsOf, scalarsOf, type StoredRow } from './rows.js';

/**
 * Carries out `create` and `update` with everything nested in their data, one row at a time.
 *
 * What refers to a row is written after it and what it refers to before it, as Prisma does.
 */
export class NestedWriter {
  readonly #related: RelatedRows;

  constructor(private readonly writer: RowWriter) {
    this.#related = new RelatedRows(writer, this);
  }

  /** @param key The foreign key that the row's place in the data gives it. */
  async create(model: string, data: Data, key: Data = {}): Promise<StoredRow> {
    const scalars = { ...this.#scalars(model, data), ...key };
    for (const field of this.#owned(model, data)) {
      Object.assign(scalars, await this.#reference(model, field, data[field.name] as Data));
    }
    const row = await this.writer.insert(model, scalars);
    await this.#writeReferrers(model, row, data);
    return row;
  }

  async update(model: string, stored: StoredRow, data: Data): Promise<StoredRow> {
    const scalars = this.#scalars(model, data);
    const fields = this.#owned(model, data);
    for (const field of fields) {
      Object.assign(scalars, await this.#keyAfter(model, stored, field, data[field.name] as Data));
    }
    const row = await this.writer.update(model, stored, this.#changes(stored, nulled(scalars), data));
    for (const field of fields) await this.#writeReferred(stored, field, data[field.name] as Data);
    await this.#writeReferrers(model, row, data);
    return row;
  }

  /** Returns the foreign key that the operations of a relation leave behind. */
  async #keyAfter(model: string, stored: StoredRow, field: RelationField, operations: Data): Promise<Data> {
    const key = await this.#reference(model, field, operations, stored);
    const target = await this.#related.target(stored, field);
    const isRemoved = isGiven(operations.delete) && target !== null;
    if (isRemoved || (await this.#related.isCut(field, operations, target)))
      return foreignKey(field, nothing);
    if (!isGiven(operations.upsert)) return key;
    const { where, create } = operations.upsert as { where?: Data; create: Data };
    const isThere = target !== null && (await this.#related.matches(field.model, target, where));
    return isThere ? key : foreignKey(field, await this.create(field.model, create));
  }

  /** Updates or deletes the row that a relation referred to; like Prisma, after the row that has the key. */
  async #writeReferred(stored: StoredRow, field: RelationField, operations: Data): Promise<void> {
    const target = await this.#related.target(stored, field);
    if (isGiven(operations.update)) {
      const { where, data } = this.#related.updateOf(operations.update);
      if (Object.keys(data).length > 0) {
        await this.update(field.model, await this.#related.require(field, target, where, 'update'), data);
      }
    }
    if (isGiven(operations.upsert)) {
      const { where, update } = operations.upsert as { where?: Data; update: Data };
      if (target && (await this.#related.matches(field.model, target, where))) {
        await this.update(field.model, target, update);
      }
    }
    if (isGiven(operations.delete)) {
      const doomed = await this.#related.require(field, target, operations.delete, 'delete');
      await this.writer.remove(field.model, [doomed], { model: field.model, instance: doomed });
    }
  }

  /** Leaves a foreign key alone that a relation gives anew as it is. */
  #changes(stored: StoredRow, scalars: Data, data: Data): Data {
    const same = Object.entries(scalars).filter(
      ([name, value]) => data[name] === undefined && isSameValue(stored[name], value),
    );
    const unchanged = new Set(same.map(([name]) => name));
    return Object.fromEntries(Object.entries(scalars).filter(([name]) => !unchanged.has(name)));
  }

  /** Returns the foreign key that `create`, `connect` and `connectOrCreate` of a relation give. */
  async #reference(model: string, field: RelationField, operations: Data, stored?: StoredRow): Promise<Data> {
    const { create, connect, connectOrCreate } = operations as Record<string, Data | undefined>;
    let target: StoredRow | undefined;
    if (create) target = await this.create(field.model, create);
    if (connectOrCreate) {
      const { where, create: otherwise } = connectOrCreate as { where: Data; create: Data };
      const found = await this.writer.rows.find(field.model, where);
      // Prisma does not notice here that the row may refer to it already.
      if (found) await this.#related.release(model, field, found, field.isRequired ? undefined : stored);
      target = found ?? (await this.create(field.model, otherwise));
    }
    if (connect) {
      target = (await this.writer.rows.find(field.model, connect)) ?? undefined;
      if (!target)
        throw recordNotFound(
          field.model,
          `No '${field.model}' record was found for a nested connect on relation '${field.relationName}'.`,
        );
      await this.#related.release(model, field, target, stored);
    }
    return target ? foreignKey(field, target) : {};
  }

  async #writeReferrers(model: string, row: StoredRow, data: Data): Promise<void> {
    for (const field of this.#relations(model, data)) {
      if (!owned(field)) await this.#related.write(model, row, field, data[field.name] as Data);
    }
  }

  #scalars(model: string, data: Data): Record<string, unknown> {
    return Object.fromEntries(
      scalarsOf(this.writer.rows.model(model))
        .filter(({ name }) => data[name] !== undefined)
        .map(({ name }) => [name, data[name]]),
    );
  }

  /** The relations whose key the row holds; Prisma creates what they refer to before it looks for what is there. */
  #owned(model: string, data: Data): RelationField[] {
    const looks = ({ name }: RelationField) => Number((data[name] as Data).create === undefined);
    return this.#relations(model, data)
      .filter(owned)
      .sort((a, b) => looks(a) - looks(b));
  }

  /** The relations that the data writes, in the order in which it names them. */
  #relations(model: string, data: Data): RelationField[] {
    const relations = relationsOf(this.writer.rows.model(model));
    return Object.keys(data)
      .filter((name) => data[name] !== undefined)
      .flatMap((name) => relations.find((field) => field.name === name) ?? []);
  }
}

const nothing: Data = {};

/** A foreign key that refers to nothing is `null`, where a field left alone is `undefined`. */
function nulled(data: Data): Data {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, value ?? null]));
}

export function isGiven(operation: unknown): boolean {
  return operation !== undefined && operation !== false;
}
