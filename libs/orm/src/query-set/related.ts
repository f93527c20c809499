import { DoesNotExistError, InvalidValueError } from '../errors.js';
import { QExpression } from '../expressions/q.js';
import type { ModelName } from '../metadata/register.js';
import type { ModelMetadata, RelationField } from '../metadata/schema.js';
import { keyFields } from '../query/names.js';
import { relationEnds } from '../query/relation-ends.js';
import { initialState, type QueryState } from '../query/state.js';
import { clientModel } from './client-model.js';
import { contextOf } from './model-contexts.js';
import { isUnheard, JoinRows } from './join-rows.js';
import { QuerySet } from './query-set.js';
import type { QueryContext } from './reading.js';
import type { PayloadOf, Related } from './types.js';
import { givenValues, withState } from './internals.js';

/** The related managers of a row, by the names of its relations. */
export type RelatedManagers<M extends ModelName> = {
  [Name in keyof PayloadOf<M>['objects']]: RelatedQuerySet<ModelOf<PayloadOf<M>['objects'][Name]>>;
};

type ModelOf<T> = Related<T> extends { name: infer Name extends ModelName } ? Name : ModelName;

/** A QuerySet by what the changes of a relation need of it, whatever its model. */
interface Rows {
  filter(where: object): Rows;
  exclude(where: object): Rows;
  update(values: object): Promise<number>;
}

type RowOrKey = object | string | number | bigint;

/** The values of a key, by field. */
type Key = Record<string, unknown>;

/** The rows that a relation of one row leads to, and the ways to change which they are. Django: a related manager. */
export class RelatedQuerySet<M extends ModelName = ModelName> extends QuerySet<M> {
  readonly owner!: Record<string, unknown>;
  readonly relation!: RelationField;
  /** Whether a relation of a model to itself is written in both directions. */
  readonly isSymmetrical!: boolean;

  /** Relates rows, given as such or by their keys. Django: `add`. */
  async add(...rows: RowOrKey[]): Promise<void> {
    const keys = this.#keysOf(rows);
    if (keys.length === 0) return;
    const links = this.#links();
    if (links) await links.add(keys.map(onlyPart));
    else if (this.#isMany) await this.#write({ connect: keys });
    else await this.#rowsWith(keys).update(this.#link());
  }

  /** Takes rows out of the relation. Django: `remove`. */
  async remove(...rows: RowOrKey[]): Promise<void> {
    const keys = this.#keysOf(rows);
    if (keys.length === 0) return;
    const links = this.#links();
    if (links) return links.remove(keys.map(onlyPart));
    if (this.#isMany) return this.#write({ disconnect: keys });
    const updated = await this.#rows.filter(among(keys, this.model)).update(this.#unlink());
    if (updated < keys.length) throw new DoesNotExistError(this.model.name);
  }

  /** Makes the relation consist of exactly these rows; where its key cannot be null it can only gain some. Django: `set`. */
  async set(rows: readonly RowOrKey[]): Promise<void> {
    const keys = this.#keysOf(rows);
    const links = this.#links();
    if (links) return links.set(keys.map(onlyPart));
    // An empty `set` would be a clear to those who hear of it.
    if (this.#isMany && keys.length === 0) return this.remove(...((await this) as RowOrKey[]));
    if (this.#isMany) return this.#write({ set: keys });
    if (this.#isOptional) await this.#rows.exclude(among(keys, this.model)).update(this.#unlink());
    await this.add(...keys);
  }

  /** Takes all rows out of the relation. Django: `clear`. */
  async clear(): Promise<void> {
    const links = this.#links();
    if (links) await links.clear();
    else if (this.#isMany) await this.#write({ set: [] });
    else await this.#rows.update(this.#unlink());
  }

  override create(data: object): Promise<never> {
    const links = this.#links();
    if (!links) return super.create({ ...data, ...this.#link() }) as Promise<never>;
    return this.context.database.atomic(async () => {
      const row = await super.create(data);
      await links.add(this.#keysOf([row]).map(onlyPart));
      return row as never;
    });
  }

  protected override [givenValues](values: object): Record<string, unknown> {
    return { ...super[givenValues](values), ...this.#link() };
  }

  /** A query for some of the related rows is like any other one. */
  protected override [withState](state: QueryState, context = this.context): this {
    return new QuerySet(context, state) as this;
  }

  /** The rows of the join table, where nobody has to hear of their changes; Prisma's client writes them otherwise. */
  #links(): JoinRows | undefined {
    const { database } = this.context;
    const owner = this.#ownerModel;
    const ends = relationEnds(database.schema, owner, this.relation);
    if (!ends.through || !isUnheard(database, owner.name, this.relation)) return undefined;
    return new JoinRows(database, ends, this.owner[ends.own.name], this.isSymmetrical);
  }

  /** What a new row has to have to be one of the related rows. */
  #link(): Record<string, unknown> {
    const { schema } = this.context.database;
    const ends = relationEnds(schema, this.#ownerModel, this.relation);
    if (ends.through) {
      const connect = { [ends.own.name]: this.owner[ends.own.name] };
      return Object.fromEntries(this.#directions.map(({ inverse }) => [inverse, { connect }]));
    }
    return Object.fromEntries(ends.pairs.map(({ own, other }) => [other.name, this.owner[own.name]]));
  }

  get #ownerModel(): ModelMetadata {
    const { schema } = this.context.database;
    const inverse = schema.models[this.relation.model]!.fields[this.relation.inverse] as RelationField;
    return schema.models[inverse.model]!;
  }

  /** The relation, and for a symmetrical one its inverse. */
  get #directions(): { name: string; inverse: string }[] {
    const { name, inverse } = this.relation;
    return this.isSymmetrical ? [this.relation, { name: inverse, inverse: name }] : [this.relation];
  }

  get #isMany(): boolean {
    return this.relation.through !== undefined;
  }

  get #isOptional(): boolean {
    const inverse = this.model.fields[this.relation.inverse];
    return inverse?.kind === 'relation' && !inverse.isRequired;
  }

  #unlink(): Record<string, unknown> {
    // A column of a key that the row has for other reasons too stays as it is.
    const isNullable = (name: string): boolean => {
      const field = this.model.fields[name];
      return field?.kind === 'scalar' && !field.isRequired;
    };
    const columns = Object.keys(this.#link()).filter(isNullable);
    return Object.fromEntries(columns.map((name) => [name, null]));
  }

  /** The related rows. */
  get #rows(): Rows {
    return untyped(this);
  }

  /** The rows of the model with some keys, whichever they are related to. */
  #rowsWith(keys: readonly Key[]): Rows {
    const conditions = [new QExpression([among(keys, this.model)])];
    return untyped(new QuerySet(this.context, { ...initialState(this.model.name), conditions }));
  }

  async #write(change: object): Promise<void> {
    const model = this.#ownerModel;
    const [key] = keyFields(model);
    await clientModel(this.context.database, model.name).update({
      where: { [key!.name]: this.owner[key!.name] },
      data: Object.fromEntries(this.#directions.map(({ name }) => [name, change])),
    });
  }

  #keysOf(rows: readonly RowOrKey[]): Key[] {
    const keys = rows.map((row) => keyOf(row, this.model));
    return [...new Map(keys.map((key) => [Object.values(key).join('\u0000'), key])).values()];
  }
}

function keyOf(row: RowOrKey, { name, primaryKey }: ModelMetadata): Key {
  const isRow = typeof row === 'object' && row !== null;
  if (!isRow && primaryKey.length > 1) {
    throw new InvalidValueError(
      `${name} has a key of several fields: give rows with "${primaryKey.join('", "')}".`,
    );
  }
  const key = primaryKey.map((part) => [part, isRow ? (row as Key)[part] : row] as const);
  if (key.some(([, value]) => value === undefined || value === null))
    throw new InvalidValueError(`A row of ${name} needs a key to be related.`);
  return Object.fromEntries(key);
}

/** A condition that rows with some keys meet. */
function among(keys: readonly Key[], { primaryKey }: ModelMetadata): object {
  return primaryKey.length > 1 ? { OR: keys } : { [primaryKey[0]!]: { in: keys.map(onlyPart) } };
}

/** The value of a key of one field. */
function onlyPart(key: Key): unknown {
  return Object.values(key)[0];
}

function untyped(rows: unknown): Rows {
  return rows as Rows;
}

/** Makes the related managers of a row. */
export function relatedManagers<Managers = Record<string, RelatedQuerySet>>(
  row: object,
  model: ModelMetadata,
  context: QueryContext,
): Managers {
  const managers: Record<string, RelatedQuerySet> = {};
  for (const field of Object.values(model.fields)) {
    if (field.kind !== 'relation') continue;
    Object.defineProperty(managers, field.name, {
      enumerable: true,
      get: () => relatedManager(row as Record<string, unknown>, model, field, context),
    });
  }
  return managers as Managers;
}

function relatedManager(
  owner: Record<string, unknown>,
  model: ModelMetadata,
  relation: RelationField,
  context: QueryContext,
): RelatedQuerySet {
  const ends = relationEnds(context.database.schema, model, relation);
  const needed = ends.through ? [ends.own.name] : ends.pairs.map((pair) => pair.own.name);
  if (
    needed.some(
      (name) => owner[name] === undefined || (!ends.through && ends.isOwner ? false : owner[name] === null),
    )
  ) {
    throw new InvalidValueError(
      `A row of ${model.name} needs "${needed.join('", "')}" before "${relation.name}" can be used.`,
    );
  }
  const where = ends.through
    ? { [relation.inverse]: owner[ends.own.name] }
    : Object.fromEntries(ends.pairs.map(({ own, other }) => [other.name, owner[own.name]]));
  const { database } = context;
  const seen = database.defaultState(relation.model) ?? initialState(relation.model);
  const state: QueryState = { ...seen, conditions: [...seen.conditions, new QExpression([where])] };
  const own = contextOf(context.database, relation.model);
  const isSymmetrical = context.symmetrical?.includes(relation.name) ?? false;
  const manager = Object.assign(new RelatedQuerySet(own, state), { owner, relation, isSymmetrical });
  const inverse = context.database.schema.models[relation.model]!.fields[relation.inverse] as RelationField;
  if (relation.isList && !relation.through && inverse.isRequired) {
    // A row that must belong to some other one can change hands, and never be let go.
    Object.assign(manager, { remove: undefined, clear: undefined });
  }
  return manager;
}
