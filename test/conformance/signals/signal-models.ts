import {
  Databases,
  Manager,
  ManagerFor,
  type ModelMetadata,
  type ModelName,
  type PrismaDatabase,
  type RelatedQuerySet,
  type RelationField,
} from '@nest-quintet/orm';
import {
  HostObject,
  type Keywords,
  Namespace,
  native,
  PythonError,
  exceptions,
  raise,
  type Value,
} from '../python/index.js';
import { inPython } from '../orm/errors.js';
import { camelCase, pythonName } from '../orm/naming.js';
import { withSignals } from '@nest-quintet/orm';

export type Row = Record<string, unknown>;

/** Part of a Prisma client's model, as the program calls it. */
interface Delegate {
  create(args: object): Promise<Row>;
  createMany(args: object): Promise<unknown>;
  update(args: object): Promise<Row>;
  updateMany(args: object): Promise<{ count: number }>;
  upsert(args: object): Promise<Row>;
  delete(args: object): Promise<Row>;
  deleteMany(args: object): Promise<unknown>;
  findUniqueOrThrow(args: object): Promise<Row>;
  findMany(args: object): Promise<Row[]>;
  findFirst(args: object): Promise<Row | null>;
  count(args: object): Promise<number>;
}

/** The models of the cases as the program sees them, on our Prisma client. */
export class Models {
  constructor(readonly database: PrismaDatabase) {}

  metadata(name: string): ModelMetadata {
    return this.database.schema.models[name]!;
  }

  delegate(name: string): Delegate {
    const client = this.database.client as unknown as Record<string, Delegate>;
    return client[name.charAt(0).toLowerCase() + name.slice(1)]!;
  }

  names(): Record<string, Value> {
    return Object.fromEntries(
      Object.keys(this.database.schema.models).map((name) => [name, new ModelClass(this, name)]),
    );
  }

  /** The number of rows in every table: what a deletion reports is how they change. */
  async counts(): Promise<Map<string, number>> {
    const tables = Object.values(this.database.schema.models).flatMap((model) => [
      model.table,
      ...Object.values(model.fields).flatMap((field) =>
        field.kind === 'relation' && field.through?.ownColumn === 'A' ? [field.through.table] : [],
      ),
    ]);
    const sql = tables
      .map((table) => `SELECT '${table}' AS name, count(*)::int AS n FROM "${table}"`)
      .join(' UNION ALL ');
    this.isCounting = true;
    const { rows } = await this.database.query(sql, []).finally(() => (this.isCounting = false));
    return new Map(rows.map(([name, count]) => [String(name).replace(/^_/, ''), Number(count)]));
  }

  /** Whether statements are the evaluator's own. */
  isCounting = false;

  async deleting(work: () => Promise<unknown>): Promise<Value> {
    const before = await this.counts();
    await inPython(work);
    const after = await this.counts();
    const gone = [...before].map(([name, count]) => [name, count - after.get(name)!] as const);
    const deleted = gone.filter(([name, count]) => count > 0 && name !== '');
    return Object.freeze([
      deleted.reduce((total, [, count]) => total + count, 0),
      new Map(deleted.map(([name, count]) => [`sigapp.${name}`, count])),
    ]);
  }
}

/** `Author`: makes instances, has `objects`, and knows the through models of its relations. */
export class ModelClass extends HostObject {
  readonly typeName = 'ModelBase';

  constructor(
    readonly models: Models,
    readonly name: string,
  ) {
    super();
  }

  override getAttribute(name: string): Value | undefined {
    if (name === 'objects') return new Rows(this.models, this.name, {});
    if (name === '__name__') return this.name;
    const field = this.models.metadata(this.name).fields[camelCase(name)];
    return field?.kind === 'relation' && field.through
      ? new Namespace({ through: new Through(field.relationName) })
      : undefined;
  }

  override async call(_: readonly Value[], keywords: Keywords): Promise<Value> {
    const instance = new Instance(this.models, this.name, emptyRow(this.models.metadata(this.name)));
    for (const [name, value] of Object.entries(keywords)) instance.setAttribute(name, value);
    return instance;
  }
}

/** The through model of a many-to-many relation, which only stands for itself. */
export class Through extends HostObject {
  readonly typeName = 'ModelBase';

  constructor(readonly name: string) {
    super();
  }

  override getAttribute(name: string): Value | undefined {
    return name === '__name__' ? this.name : undefined;
  }
}

/** A model instance of the program, around one of our rows. */
export class Instance extends HostObject {
  constructor(
    readonly models: Models,
    readonly model: string,
    readonly row: Row,
    readonly isAdding = true,
  ) {
    super();
  }

  get typeName(): string {
    return this.model;
  }

  get key(): number | null {
    return (this.row.id as number | null | undefined) ?? null;
  }

  override toText(): string {
    return `${this.model}#${this.key ?? 'None'}`;
  }

  override getAttribute(name: string): Value | undefined {
    if (name === 'pk') return this.key;
    if (name === '_state') return new Namespace({ adding: this.isAdding });
    const method = this.#method(name);
    if (method) return method;
    const field = this.#metadata.fields[camelCase(name)];
    if (field?.kind === 'relation' && field.isList) return new RelatedManager(this.models, this, field);
    return this.row[camelCase(name)];
  }

  override setAttribute(name: string, value: Value): void {
    const field = this.#metadata.fields[camelCase(name)];
    if (name === 'pk') this.row.id = value;
    else if (field?.kind === 'relation') this.row[field.fromFields[0]!] = (value as Instance).key;
    else this.row[camelCase(name)] = value;
  }

  get #metadata(): ModelMetadata {
    return this.models.metadata(this.model);
  }

  #method(name: string): Value | undefined {
    const methods: Record<string, (keywords: Keywords) => Promise<Value>> = {
      save: (keywords) => this.save(keywords.update_fields as readonly string[] | undefined),
      save_base: ({ raw }) => withSignals({ raw: raw === true }, () => this.save()),
      delete: () => this.#delete(),
    };
    const method = methods[name];
    return method && native(name, (_args, keywords) => inPython(() => method(keywords)));
  }

  async save(updateFields?: readonly string[]): Promise<null> {
    const { id, ...values } = this.row;
    const delegate = this.models.delegate(this.model);
    if (updateFields) {
      const named = Object.fromEntries(
        updateFields.map((name) => [camelCase(name), values[camelCase(name)]]),
      );
      Object.assign(this.row, await delegate.update({ where: { id }, data: named }));
    } else if (this.key === null) {
      Object.assign(this.row, await delegate.create({ data: values }));
    } else {
      Object.assign(this.row, await delegate.upsert({ where: { id }, create: this.row, update: values }));
    }
    return null;
  }

  async #delete(): Promise<Value> {
    if (this.key === null)
      return raise('ValueError', `${this.model} object can't be deleted because its id is None.`);
    const result = await this.models.deleting(() =>
      this.models.delegate(this.model).delete({ where: { id: this.key } }),
    );
    this.row.id = null;
    return result;
  }
}

/** `Author.objects` and what `filter()` makes of it. */
export class Rows extends HostObject {
  readonly typeName = 'QuerySet';

  constructor(
    readonly models: Models,
    readonly model: string,
    readonly where: Row,
  ) {
    super();
  }

  override async iterate(): Promise<Value[]> {
    return (await this.#rows()).map((row) => this.instance(row));
  }

  override async length(): Promise<number> {
    return (await this.#rows()).length;
  }

  #rows(): Promise<Row[]> {
    return this.models.delegate(this.model).findMany({ where: this.where, orderBy: { id: 'asc' } });
  }

  override getAttribute(name: string): Value | undefined {
    const method = this.#methods[name];
    return method && native(name, (args, keywords) => inPython(() => method(args, valuesOf(keywords))));
  }

  instance(row: Row): Instance {
    return new Instance(this.models, this.model, row, false);
  }

  async create(values: Row): Promise<Instance> {
    const instance = new Instance(this.models, this.model, {
      ...emptyRow(this.models.metadata(this.model)),
      ...values,
    });
    await instance.save();
    return this.instance(instance.row);
  }

  readonly #methods: Record<string, (args: readonly Value[], values: Row) => Value> = {
    all: () => this,
    filter: (_, values) => new Rows(this.models, this.model, { ...this.where, ...values }),
    get: async (_, values) =>
      this.instance(await this.models.delegate(this.model).findUniqueOrThrow({ where: values })),
    count: () => this.models.delegate(this.model).count({ where: this.where }),
    exists: async () => (await this.models.delegate(this.model).count({ where: this.where })) > 0,
    create: (_, values) => this.create(values),
    create_user: ([username], values) => this.create({ username, ...values }),
    get_or_create: async (_, values) => {
      const { defaults, ...where } = values;
      const found = await this.models.delegate(this.model).findFirst({ where });
      if (found) return Object.freeze([this.instance(found), false]);
      return Object.freeze([await this.create({ ...where, ...rowOf(defaults) }), true]);
    },
    update_or_create: async (_, values) => {
      const { defaults, ...where } = values;
      const found = await this.models.delegate(this.model).findFirst({ where });
      if (!found) return Object.freeze([await this.create({ ...where, ...rowOf(defaults) }), true]);
      const instance = this.instance({ ...found, ...rowOf(defaults) });
      await instance.save();
      return Object.freeze([instance, false]);
    },
    bulk_create: async ([instances]) => {
      const data = (instances as Instance[]).map(({ row: { id: _, ...values } }) => values);
      await this.models.delegate(this.model).createMany({ data });
      return instances;
    },
    bulk_update: async ([instances, fields]) => {
      for (const { key, row } of instances as Instance[]) {
        const data = Object.fromEntries((fields as string[]).map((name) => [name, row[name]]));
        await this.models.delegate(this.model).updateMany({ where: { id: key }, data });
      }
      return (instances as Instance[]).length;
    },
    update: async (_, data) =>
      (await this.models.delegate(this.model).updateMany({ where: this.where, data })).count,
    delete: () =>
      this.models.deleting(() => this.models.delegate(this.model).deleteMany({ where: this.where })),
  };
}

/** `book.tags`, `author.books`: nested writes on the row that has the relation. */
export class RelatedManager extends HostObject {
  readonly typeName = 'RelatedManager';

  constructor(
    readonly models: Models,
    readonly owner: Instance,
    readonly field: RelationField,
  ) {
    super();
  }

  override getAttribute(name: string): Value | undefined {
    const method = this.#methods[name];
    return method && native(name, (args, keywords) => inPython(() => method(args, keywords)));
  }

  async #write(operations: object): Promise<null> {
    await this.models
      .delegate(this.owner.model)
      .update({ where: { id: this.owner.key }, data: { [this.field.name]: operations } });
    return null;
  }

  #keys(items: readonly Value[]): { id: unknown }[] {
    return items.map((item) => ({ id: item instanceof Instance ? item.key : item }));
  }

  async #create(values: Row): Promise<Instance> {
    const before = new Set((await this.#related()).map(({ id }) => id));
    await this.#write({ create: values });
    const created = (await this.#related()).find(({ id }) => !before.has(id))!;
    return new Instance(this.models, this.field.model, created, false);
  }

  #related(where: Row = {}): Promise<Row[]> {
    const owner = this.field.through ? { some: { id: this.owner.key } } : { id: this.owner.key };
    return this.models
      .delegate(this.field.model)
      .findMany({ where: { ...where, [this.field.inverse]: owner } });
  }

  /** The library's manager of a many-to-many relation. */
  get #links(): RelatedQuerySet {
    const name = this.owner.model as ModelName;
    class OwnerManager extends (Manager as new () => Manager) {}
    ManagerFor(name)(OwnerManager);
    const databases = new Databases([this.models.database]);
    const manager = Object.assign(new OwnerManager(), { databases }) as unknown as Manager;
    return (manager.related(this.owner.row) as Record<string, RelatedQuerySet>)[this.field.name]!;
  }

  async #change(method: 'add' | 'remove' | 'clear' | 'set', items: readonly Value[] = []): Promise<null> {
    const keys = this.#keys(items).map(({ id }) => id as number);
    if (method === 'set') await this.#links.set(keys);
    else await this.#links[method](...keys);
    return null;
  }

  readonly #methods: Record<string, (args: readonly Value[], keywords: Keywords) => Value> = {
    add: async (items, { bulk = true }) => {
      if (this.field.through) return this.#change('add', items);
      if (bulk !== false) return this.#write({ connect: this.#keys(items) });
      for (const item of items as Instance[]) {
        item.setAttribute(pythonName(this.field.inverse), this.owner);
        await item.save();
      }
      return null;
    },
    remove: (items) =>
      this.field.through ? this.#change('remove', items) : this.#write({ disconnect: this.#keys(items) }),
    set: ([items]) =>
      this.field.through
        ? this.#change('set', items as Value[])
        : this.#write({ set: this.#keys(items as Value[]) }),
    clear: async (_, { bulk = true }) => {
      if (this.field.through) return this.#change('clear');
      if (bulk === false) return this.#write({ set: [] });
      const inverse = this.models.metadata(this.field.model).fields[this.field.inverse] as RelationField;
      const [key] = inverse.fromFields as [string];
      const where = { [key]: this.owner.key };
      await this.models.delegate(this.field.model).updateMany({ where, data: { [key]: null } });
      return null;
    },
    create: (_, keywords) => this.#create(valuesOf(keywords)),
    get_or_create: async (_, keywords) => {
      const [found] = await this.#related(valuesOf(keywords));
      if (found) return Object.freeze([new Instance(this.models, this.field.model, found, false), false]);
      return Object.freeze([await this.#create(valuesOf(keywords)), true]);
    },
    count: async () => (await this.#related()).length,
  };
}

function emptyRow({ fields }: ModelMetadata): Row {
  const scalars = Object.values(fields).filter(({ kind }) => kind === 'scalar');
  return Object.fromEntries(scalars.map(({ name }) => [name, null]));
}

function valuesOf(keywords: Keywords): Row {
  return Object.fromEntries(
    Object.entries(keywords).map(([name, value]) => {
      if (name === 'pk') return ['id', value];
      if (value instanceof Instance) return [`${camelCase(name)}Id`, value.key];
      return [camelCase(name), value];
    }),
  );
}

function rowOf(value: unknown): Row {
  return value instanceof Map ? valuesOf(Object.fromEntries(value)) : {};
}

/** Names a field as Django does: a key by its relation. */
export function djangoField(metadata: ModelMetadata, name: string): string {
  const relation = Object.values(metadata.fields).find(
    (field) => field.kind === 'relation' && field.fromFields.includes(name),
  );
  return pythonName(relation?.name ?? name);
}

export function typeError(message: string): PythonError {
  return new PythonError(exceptions.TypeError!, [message]);
}
