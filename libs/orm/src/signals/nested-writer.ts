import type { RelationField } from '../metadata/schema.js';
import { updateOf } from './nested-data.js';
import { ReferredRows } from './referred-rows.js';
import { RelatedRows } from './related-rows.js';
import { missing, owned } from './relation.js';
import { WritePlan, type WriteStep } from './write-plan.js';
import type { Data } from './prisma-calls.js';
import type { RowWriter } from './row-writer.js';
import { foreignKey, isSameValue, relationsOf, scalarsOf, type StoredRow } from './rows.js';

/** Where in a plan a new row stands. */
interface Place {
  /** The step that it follows. */
  readonly follows?: WriteStep;
  /** Returns the foreign key that its parent gives it. */
  readonly key?: () => Data;
  /** Makes room for it. */
  readonly prepare?: () => Promise<void>;
}

/**
 * Carries out `create` and `update` with everything nested in their data, one row at a time.
 *
 * What refers to a row is written after it and what it refers to before it, as Prisma does.
 */
export class NestedWriter {
  readonly #related: RelatedRows;
  readonly #referred: ReferredRows;

  constructor(private readonly writer: RowWriter) {
    this.#related = new RelatedRows(writer, this);
    this.#referred = new ReferredRows(writer);
  }

  async create(model: string, data: Data): Promise<StoredRow> {
    const plan = new WritePlan();
    const step = this.plan(plan, model, data);
    await plan.run();
    return step.row!;
  }

  /** Plans a new row with everything nested in its data. */
  plan(plan: WritePlan, model: string, data: Data, place: Place = {}): WriteStep {
    const references: (() => Data)[] = [];
    const step = plan.add(async () => {
      await place.prepare?.();
      const keys = references.map((keyOf) => keyOf());
      return this.writer.insert(model, Object.assign({}, this.#scalars(model, data), place.key?.(), ...keys));
    }, place.follows);
    for (const field of this.#relations(model, data)) {
      const operations = data[field.name] as Data;
      if (!owned(field)) this.#related.plan(plan, step, { model, field }, operations);
      else references.push(...this.#references(plan, step, model, field, operations));
    }
    return step;
  }

  async update(model: string, stored: StoredRow, data: Data): Promise<StoredRow> {
    const scalars = this.#scalars(model, data);
    const relations = this.#relations(model, data);
    // What a row refers to is written last to first, as in a plan.
    for (const field of relations.filter(owned).reverse()) {
      Object.assign(scalars, await this.#keyAfter(model, stored, field, data[field.name] as Data));
    }
    const plan = new WritePlan();
    const step = plan.add(() =>
      this.writer.update(model, stored, this.#changes(stored, nulled(scalars), data)),
    );
    for (const field of relations) {
      const operations = data[field.name] as Data;
      if (owned(field)) plan.add(() => this.#writeReferred(stored, field, operations), step);
      else this.#related.plan(plan, step, { model, field }, operations);
    }
    await plan.run();
    return step.row!;
  }

  /** Plans what a new row refers to; returns what tells its keys, once they are known. */
  #references(
    plan: WritePlan,
    step: WriteStep,
    model: string,
    field: RelationField,
    { create, ...operations }: Data,
  ): (() => Data)[] {
    const targets: WriteStep[] = [];
    if (create) targets.push(this.plan(plan, field.model, create as Data, { follows: step }));
    if (Object.keys(operations).length > 0) {
      targets.push(plan.add(() => this.#target(model, field, operations), step));
    }
    for (const target of targets) plan.require(step, target);
    return targets.map((target) => () => (target.row ? foreignKey(field, target.row) : {}));
  }

  /** Returns the foreign key that the operations of a relation leave behind. */
  async #keyAfter(model: string, stored: StoredRow, field: RelationField, operations: Data): Promise<Data> {
    const referred = await this.#target(model, field, operations, stored);
    const key = referred ? foreignKey(field, referred) : {};
    const target = await this.#referred.target(stored, field);
    const isRemoved = isGiven(operations.delete) && target !== null;
    // Prisma disconnects whatever is given: `false`, and a filter that does not match, too.
    if (isRemoved || operations.disconnect !== undefined) return foreignKey(field, nothing);
    if (!isGiven(operations.upsert)) return key;
    const { where, create } = operations.upsert as { where?: Data; create: Data };
    const isThere = target !== null && (await this.writer.rows.matches(field.model, target, where));
    return isThere ? key : foreignKey(field, await this.create(field.model, create));
  }

  /** Updates or deletes the row that a relation referred to; like Prisma, after the row that has the key. */
  async #writeReferred(stored: StoredRow, field: RelationField, operations: Data): Promise<void> {
    const target = await this.#referred.target(stored, field);
    if (isGiven(operations.update)) {
      const { where, data } = updateOf(operations.update);
      if (Object.keys(data).length > 0) {
        await this.update(field.model, await this.#referred.require(field, target, where, 'update'), data);
      }
    }
    if (isGiven(operations.upsert)) {
      const { where, update } = operations.upsert as { where?: Data; update: Data };
      if (target && (await this.writer.rows.matches(field.model, target, where))) {
        await this.update(field.model, target, update);
      }
    }
    if (isGiven(operations.delete)) {
      const doomed = await this.#referred.require(field, target, operations.delete, 'delete');
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

  /** Finds or creates the row that `create`, `connect` and `connectOrCreate` of a relation name. */
  async #target(
    model: string,
    field: RelationField,
    operations: Data,
    stored?: StoredRow,
  ): Promise<StoredRow | undefined> {
    const { create, connect, connectOrCreate } = operations as Record<string, Data | undefined>;
    let target: StoredRow | undefined;
    if (create) target = await this.create(field.model, create);
    if (connectOrCreate) {
      const { where, create: otherwise } = connectOrCreate as { where: Data; create: Data };
      const found = await this.writer.rows.find(field.model, where);
      // Prisma does not notice here that the row may refer to it already.
      if (found) await this.#referred.release(model, field, found, field.isRequired ? undefined : stored);
      target = found ?? (await this.create(field.model, otherwise));
    }
    if (connect) {
      target = (await this.writer.rows.find(field.model, connect)) ?? undefined;
      if (!target) throw missing(field, 'connect');
      await this.#referred.release(model, field, target, stored);
    }
    return target;
  }

  #scalars(model: string, data: Data): Record<string, unknown> {
    return Object.fromEntries(
      scalarsOf(this.writer.rows.model(model))
        .filter(({ name }) => data[name] !== undefined)
        .map(({ name }) => [name, data[name]]),
    );
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
