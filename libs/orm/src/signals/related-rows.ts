import type { RelationField } from '../metadata/schema.js';
import { BulkWriter } from './bulk-writer.js';
import { type nestedOperations, updateOf } from './nested-data.js';
import type { NestedWriter } from './nested-writer.js';
import type { Data } from './prisma-calls.js';
import { connectedNotFound, notConnected, requiredRelationViolated } from './prisma-errors.js';
import { emptyKey, missing, type Relation } from './relation.js';
import { RelationRows } from './relation-rows.js';
import type { RowWriter } from './row-writer.js';
import { WritePlan, type WriteStep } from './write-plan.js';
import { fingerprint, foreignKey, refersTo, type StoredRow } from './rows.js';

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

/** Carries out nested operations on rows that hold the key of a relation, or are linked by a join table. */
export class RelatedRows {
  readonly #rows: RelationRows;
  readonly #bulk: BulkWriter;

  constructor(
    private readonly writer: RowWriter,
    private readonly nested: NestedWriter,
  ) {
    this.#rows = new RelationRows(writer);
    this.#bulk = new BulkWriter(writer);
  }

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
    const target = await this.#rows.find(relation, where ?? true);
    if (target) await this.nested.update(relation.field.model, target, update);
    // Prisma makes no room for the new row here, even where another one has its place.
    else await this.#add(relation, create);
  }

  async #connect(relation: Relation, wheres: readonly Data[]): Promise<void> {
    const { field } = relation;
    if (wheres.length === 0) return;
    const targets: StoredRow[] = [];
    const named = countOf(wheres);
    for (const where of wheres) {
      const target = await this.writer.rows.find(field.model, where);
      if (target && !this.#rows.isIn(field.model, targets, target)) targets.push(target);
    }
    // Prisma points at rows before it counts them.
    const isMissing = targets.length < named;
    if (isMissing && (field.through || !field.isList)) throw missing(relation.field, 'connect');
    if (field.through) return this.writer.links.add(relation.model, relation.row, field, targets);
    for (const target of targets) await this.#attach(relation, target);
    if (isMissing) throw connectedNotFound(field.model, named, targets.length);
  }

  async #update(relation: Relation, updates: readonly (Data | true)[]): Promise<void> {
    const { field } = relation;
    for (const one of updates as readonly Data[]) {
      const { where, data } = field.isList ? (one as { where: Data; data: Data }) : updateOf(one);
      // Prisma leaves the rest of the list out as well, and does not even look whether the row is there.
      if (Object.keys(data).length === 0) return;
      const target = await this.#rows.find(relation, where ?? true);
      if (!target) throw missing(relation.field, 'update');
      await this.nested.update(field.model, target, data);
    }
  }

  async #add({ model, row, field, inverse }: Relation, data: Data): Promise<void> {
    const plan = new WritePlan();
    const key = field.through ? {} : foreignKey(inverse, row);
    const created = this.nested.plan(plan, field.model, data, { key: () => key });
    if (field.through) plan.add(() => this.writer.links.add(model, row, field, [created.row!]), created);
    await plan.run();
  }

  async #createMany({ row, field, inverse }: Relation, argument: CreateMany): Promise<void> {
    const data = listOf(argument.data).map((one) => ({ ...(one as Data), ...foreignKey(inverse, row) }));
    await this.#bulk.insert(field.model, data, argument.skipDuplicates);
  }

  /** Makes a row refer to ours, or links the two. */
  async #attach(relation: Relation, target: StoredRow): Promise<void> {
    const { model, row, field, inverse } = relation;
    if (field.through) return this.writer.links.add(model, row, field, [target]);
    if (refersTo(inverse, target, row)) return;
    if (!field.isList) await this.#vacate(relation);
    await this.writer.point(field.model, target, foreignKey(inverse, row));
  }

  async #detach(relation: Relation, target: StoredRow): Promise<void> {
    const { model, row, field, inverse } = relation;
    if (field.through) return this.writer.links.remove(model, row, field, [target]);
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
    for (const holder of await this.#rows.all(relation)) await this.#detach(relation, holder);
  }

  async #set(relation: Relation, wheres: readonly (Data | true)[]): Promise<void> {
    const { model, row, field } = relation;
    if (field.through && wheres.length === 0) return this.writer.links.clear(model, row, field);
    const targets: StoredRow[] = [];
    for (const where of wheres) {
      const target = await this.writer.rows.find(field.model, where as Data);
      if (target && !this.#rows.isIn(field.model, targets, target)) targets.push(target);
    }
    // Prisma leaves out what is not there where it sets keys, and not where it sets links.
    if (field.through && targets.length < countOf(wheres)) throw missing(relation.field, 'set');
    const current = await this.#rows.all(relation);
    const removed = current.filter((target) => !this.#rows.isIn(field.model, targets, target));
    const added = targets.filter((target) => !this.#rows.isIn(field.model, current, target));
    if (field.through) {
      if (removed.length > 0) await this.writer.links.remove(model, row, field, removed);
      if (added.length > 0) await this.writer.links.add(model, row, field, added);
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
      const target = await this.#rows.find(relation, where);
      if (target) targets.push(target);
    }
    if (targets.length === 0) return;
    if (field.through) return this.writer.links.remove(relation.model, relation.row, field, targets);
    for (const target of targets) await this.#detach(relation, target);
  }

  async #delete(relation: Relation, wheres: readonly (Data | true)[]): Promise<void> {
    const { field, model } = relation;
    const targets: StoredRow[] = [];
    for (const where of wheres) {
      const target = await this.#rows.find(relation, where);
      if (target && !this.#rows.isIn(field.model, targets, target)) targets.push(target);
    }
    if (targets.length < wheres.length) {
      throw field.isList
        ? notConnected(field.relationName, model, field.model)
        : missing(relation.field, 'delete');
    }
    for (const target of targets) {
      await this.writer.remove(field.model, [target], { model: field.model, instance: target });
    }
  }

  async #deleteMany(relation: Relation, where: Data): Promise<void> {
    const { model } = relation.field;
    const filter = this.#rows.within(relation, where);
    await this.#bulk.remove(model, filter, where);
  }

  async #updateMany(relation: Relation, where: Data, data: Data): Promise<void> {
    await this.#bulk.update(relation.field.model, this.#rows.within(relation, where), data);
  }
}

/** How many rows are to be there: one that is named in two ways counts twice, as in Prisma. */
function countOf(wheres: readonly (Data | true)[]): number {
  return new Set(wheres.map((where) => fingerprint(where))).size;
}

function listOf(argument: unknown): (Data | true)[] {
  return [argument].flat() as (Data | true)[];
}

async function inTurn(list: readonly (Data | true)[], run: (one: Data) => Promise<void>): Promise<void> {
  for (const one of list) await run(one as Data);
}
