import type { RelationField } from '../metadata/schema.js';
import { isWrapped, type nestedOperations } from './nested-data.js';
import type { NestedWriter } from './nested-writer.js';
import type { Data } from './prisma-calls.js';
import {
  connectedNotFound,
  notConnected,
  recordNotFound,
  requiredRelationViolated,
} from './prisma-errors.js';
import type { RowWriter } from './row-writer.js';
import { WritePlan, type WriteStep } from './write-plan.js';
import { fingerprint, foreignKey, isSameValue, refersTo, type StoredRow } from './rows.js';

type Operation = (typeof nestedOperations)[number];

interface CreateMany {
  readonly data: Data | readonly Data[];
  readonly skipDuplicates?: boolean;
}

interface Upsert {
  readonly where?: Data;
  readonly create: Data;
  readonly update: Data;
}

/** One row's relation to rows that refer to it, or are linked with it by a join table. */
interface Relation {
  readonly model: string;
  readonly row: StoredRow;
  /** The field on the row's side. */
  readonly field: RelationField;
  /** The field on the other side, which holds the key unless a join table does. */
  readonly inverse: RelationField;
}

/** Carries out nested operations on rows that hold the key of a relation, or are linked by a join table. */
export class RelatedRows {
  constructor(
    private readonly writer: RowWriter,
    private readonly nested: NestedWriter,
  ) {}

  /** Plans what the data says of one relation of the row that a step writes. */
  plan(plan: WritePlan, step: WriteStep, side: Pick<Relation, 'model' | 'field'>, data: Data): void {
    const inverse = this.writer.rows.model(side.field.model).fields[side.field.inverse] as RelationField;
    const relation = (): Relation => ({ ...side, inverse, row: step.row! });
    for (const name of Object.keys(data) as Operation[]) {
      const argument = data[name];
      if (argument === undefined || argument === false) continue;
      const list = listOf(argument);
      if (name === 'create') for (const one of list) this.#planCreation(plan, step, relation, one as Data);
      else plan.add(() => this.#run(name, relation(), list), step);
    }
  }

  #planCreation(plan: WritePlan, step: WriteStep, relation: () => Relation, data: Data): void {
    const { field, inverse } = relation();
    const created = this.nested.plan(plan, field.model, data, {
      follows: step,
      ...(!field.through && { key: () => foreignKey(inverse, step.row!) }),
      ...(!field.isList && { prepare: () => this.#vacate(relation()) }),
    });
    if (field.through) plan.add(() => this.#attach(relation(), created.row!), created);
  }

  async #run(
    name: Exclude<Operation, 'create'>,
    relation: Relation,
    list: readonly (Data | true)[],
  ): Promise<void> {
    switch (name) {
      case 'connect':
        return this.#connect(relation, list as Data[]);
      case 'disconnect':
        return this.#disconnect(relation, list);
      case 'set':
        return this.#set(relation, list);
      case 'delete':
        return this.#delete(relation, list);
      case 'update':
        return this.#update(relation, list);
      case 'createMany':
        return inTurn(list, (argument) => this.#createMany(relation, argument as unknown as CreateMany));
      case 'connectOrCreate':
        return inTurn(list, ({ where, create }) =>
          this.#connectOrCreate(relation, where as Data, create as Data),
        );
      case 'deleteMany':
        return inTurn(list, (where) => this.#deleteMany(relation, where));
      case 'updateMany':
        return inTurn(list, ({ where, data }) => this.#updateMany(relation, where as Data, data as Data));
      case 'upsert':
        return inTurn(list, (argument) => this.#upsert(relation, argument as unknown as Upsert));
    }
  }

  async #connectOrCreate(relation: Relation, where: Data, create: Data): Promise<void> {
    const found = await this.writer.rows.find(relation.field.model, where);
    await (found ? this.#attach(relation, found) : this.#add(relation, create));
  }

  async #upsert(relation: Relation, { where, create, update }: Upsert): Promise<void> {
    const target = await this.#own(relation, where ?? true);
    if (target) await this.nested.update(relation.field.model, target, update);
    // Prisma makes no room for the new row here, even where another one has its place.
    else await this.#add(relation, create);
  }

  async #connect(relation: Relation, wheres: readonly Data[]): Promise<void> {
    const { field } = relation;
    if (wheres.length === 0) return;
    const targets: StoredRow[] = [];
    const named = new Set(wheres.map((where) => fingerprint(where)));
    for (const where of wheres) {
      const target = await this.writer.rows.find(field.model, where);
      if (target && !this.#isIn(field.model, targets, target)) targets.push(target);
    }
    // A row that is named in two ways counts once, as in Prisma, which points at rows before it counts them.
    const isMissing = targets.length < named.size;
    if (isMissing && (field.through || !field.isList)) throw this.#missing(relation, 'connect');
    if (field.through) return this.writer.link(relation.model, relation.row, field, targets);
    for (const target of targets) await this.#attach(relation, target);
    if (isMissing) throw connectedNotFound(field.model, named.size, targets.length);
  }

  async #update(relation: Relation, updates: readonly (Data | true)[]): Promise<void> {
    const { field } = relation;
    for (const one of updates as readonly Data[]) {
      const { where, data } = field.isList ? (one as { where: Data; data: Data }) : this.updateOf(one);
      // Prisma leaves the rest of the list out as well, and does not even look whether the row is there.
      if (Object.keys(data).length === 0) return;
      const target = await this.#own(relation, where ?? true);
      if (!target) throw this.#missing(relation, 'update');
      await this.nested.update(field.model, target, data);
    }
  }

  async #add({ model, row, field, inverse }: Relation, data: Data): Promise<void> {
    const plan = new WritePlan();
    const key = field.through ? {} : foreignKey(inverse, row);
    const created = this.nested.plan(plan, field.model, data, { key: () => key });
    if (field.through) plan.add(() => this.writer.link(model, row, field, [created.row!]), created);
    await plan.run();
  }

  async #createMany({ row, field, inverse }: Relation, argument: CreateMany): Promise<void> {
    const data = listOf(argument.data).map((one) => ({ ...(one as Data), ...foreignKey(inverse, row) }));
    await this.writer.insertMany(field.model, data, argument.skipDuplicates);
  }

  /** Makes a row refer to ours, or links the two. */
  async #attach(relation: Relation, target: StoredRow): Promise<void> {
    const { model, row, field, inverse } = relation;
    if (field.through) return this.writer.link(model, row, field, [target]);
    if (refersTo(inverse, target, row)) return;
    if (!field.isList) await this.#vacate(relation);
    await this.writer.point(field.model, target, foreignKey(inverse, row));
  }

  async #detach(relation: Relation, target: StoredRow): Promise<void> {
    const { model, row, field, inverse } = relation;
    if (field.through) return this.writer.unlink(model, row, field, [target]);
    this.#assertOptional(relation);
    await this.writer.point(field.model, target, emptyKey(inverse));
  }

  #assertOptional({ model, field, inverse }: Relation): void {
    if (!field.through && inverse.isRequired) {
      throw requiredRelationViolated(field.relationName, model, field.model);
    }
  }

  /** Frees a one-to-one relation from the row that refers to ours. */
  async #vacate(relation: Relation): Promise<void> {
    for (const holder of await this.#all(relation)) await this.#detach(relation, holder);
  }

  async #set(relation: Relation, wheres: readonly (Data | true)[]): Promise<void> {
    const { model, row, field } = relation;
    if (field.through && wheres.length === 0) return this.writer.clear(model, row, field);
    const targets: StoredRow[] = [];
    for (const where of wheres) {
      const target = await this.writer.rows.find(field.model, where as Data);
      if (target) targets.push(target);
      // Prisma leaves out what is not there where it sets keys, and not where it sets links.
      else if (field.through) throw this.#missing(relation, 'set');
    }
    const current = await this.#all(relation);
    const removed = current.filter((target) => !this.#isIn(field.model, targets, target));
    const added = targets.filter((target) => !this.#isIn(field.model, current, target));
    if (field.through) {
      if (removed.length > 0) await this.writer.unlink(model, row, field, removed);
      if (added.length > 0) await this.writer.link(model, row, field, added);
      return;
    }
    for (const target of added) await this.#attach(relation, target);
    for (const target of removed) await this.#detach(relation, target);
  }

  async #disconnect(relation: Relation, wheres: readonly (Data | true)[]): Promise<void> {
    const { field } = relation;
    this.#assertOptional(relation);
    const targets: StoredRow[] = [];
    for (const where of wheres) {
      const target = await this.#own(relation, where);
      if (target) targets.push(target);
    }
    if (targets.length === 0) return;
    if (field.through) return this.writer.unlink(relation.model, relation.row, field, targets);
    for (const target of targets) await this.#detach(relation, target);
  }

  async #delete(relation: Relation, wheres: readonly (Data | true)[]): Promise<void> {
    const { field, model } = relation;
    const targets: StoredRow[] = [];
    for (const where of wheres) {
      const target = await this.#own(relation, where);
      if (target && !this.#isIn(field.model, targets, target)) targets.push(target);
    }
    if (targets.length < wheres.length) {
      throw field.isList
        ? notConnected(field.relationName, model, field.model)
        : this.#missing(relation, 'delete');
    }
    for (const target of targets) {
      await this.writer.remove(field.model, [target], { model: field.model, instance: target });
    }
  }

  async #deleteMany(relation: Relation, where: Data): Promise<void> {
    const { model } = relation.field;
    const filter = this.#within(relation, where);
    await this.writer.removeMany(model, filter, where);
  }

  async #updateMany(relation: Relation, where: Data, data: Data): Promise<void> {
    await this.writer.updateMany(relation.field.model, this.#within(relation, where), data);
  }

  /** Returns the row of the relation that `where` names; `true` names the only one. */
  async #own(relation: Relation, where: Data | true): Promise<StoredRow | undefined> {
    const { model } = relation.field;
    if (!relation.field.isList) {
      const [only] = await this.#all(relation);
      return only && (where === true || (await this.matches(model, only, where))) ? only : undefined;
    }
    const found = await this.writer.rows.find(model, where as Data);
    return found && (await this.#isRelated(relation, found)) ? found : undefined;
  }

  #missing({ field }: Relation, operation: string): Error {
    return recordNotFound(
      field.model,
      `No '${field.model}' record was found for a nested ${operation} on relation '${field.relationName}'.`,
    );
  }

  async #isRelated({ model, row, field, inverse }: Relation, target: StoredRow): Promise<boolean> {
    if (!field.through) return refersTo(inverse, target, row);
    return (await this.writer.linked(model, row, field, [target])).length > 0;
  }

  #all({ model, row, field, inverse }: Relation): Promise<StoredRow[]> {
    return field.through
      ? this.writer.linked(model, row, field)
      : this.writer.rows.list(field.model, foreignKey(inverse, row));
  }

  /** Narrows a filter to the rows of the relation. */
  #within({ model, row, field, inverse }: Relation, where: Data): Data {
    const related = field.through
      ? { [field.inverse]: { some: this.writer.rows.keyOf(model, row) } }
      : foreignKey(inverse, row);
    return { AND: [related, where] };
  }

  /** Returns the row that our own key refers to. */
  async target(row: StoredRow, field: RelationField): Promise<StoredRow | null> {
    const key = Object.fromEntries(
      field.toFields.map((name, index) => [name, row[field.fromFields[index]!]]),
    );
    if (Object.values(key).some((value) => value === null)) return null;
    const [target] = await this.writer.rows.list(field.model, key);
    return target ?? null;
  }

  /** Returns the row that our key refers to, if it is what an operation asks for. */
  async require(
    field: RelationField,
    target: StoredRow | null,
    where: unknown,
    operation: string,
  ): Promise<StoredRow> {
    const filter = where === true ? undefined : (where as Data | undefined);
    if (target && (await this.matches(field.model, target, filter))) return target;
    throw recordNotFound(
      field.model,
      `No '${field.model}' record was found for a nested ${operation} on relation '${field.relationName}'.`,
    );
  }

  async matches(model: string, row: StoredRow, where: Data | undefined): Promise<boolean> {
    if (where === undefined) return true;
    return (
      (await this.writer.rows.list(model, { AND: [this.writer.rows.filterOf(model, row), where] })).length > 0
    );
  }

  /** Takes the filter and the data of a to-one `update` apart. */
  updateOf(argument: unknown): { where?: Data; data: Data } {
    const given = argument as Data;
    return isWrapped(given) ? (given as { where?: Data; data: Data }) : { data: given };
  }

  /** Makes room for a one-to-one reference to a row that another one refers to. */
  async release(model: string, field: RelationField, target: StoredRow, stored?: StoredRow): Promise<void> {
    const inverse = this.writer.rows.model(field.model).fields[field.inverse] as RelationField;
    if (inverse.isList) return;
    for (const holder of await this.writer.rows.list(model, foreignKey(field, target))) {
      if (stored && this.#isSame(model, holder, stored)) continue;
      if (field.isRequired) throw requiredRelationViolated(field.relationName, model, field.model);
      await this.writer.point(model, holder, emptyKey(field));
    }
  }

  #isIn(model: string, rows: readonly StoredRow[], row: StoredRow): boolean {
    return rows.some((other) => this.#isSame(model, row, other));
  }

  #isSame(model: string, a: StoredRow, b: StoredRow): boolean {
    return this.writer.rows.model(model).primaryKey.every((name) => isSameValue(a[name], b[name]));
  }
}

/** Whether this side of the relation holds the key. */
export function owned(field: RelationField): boolean {
  return field.fromFields.length > 0;
}

function emptyKey(field: RelationField): Data {
  return Object.fromEntries(field.fromFields.map((name) => [name, null]));
}

function listOf(argument: unknown): (Data | true)[] {
  return [argument].flat() as (Data | true)[];
}

async function inTurn(list: readonly (Data | true)[], run: (one: Data) => Promise<void>): Promise<void> {
  for (const one of list) await run(one as Data);
}
