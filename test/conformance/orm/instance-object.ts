import * as orm from '@nest-quintet/orm';
import { type Keywords, native, raise, type Value } from '../python/index.js';
import { inPython, relatedObjectDoesNotExist, toPythonError } from './errors.js';
import { filterArguments } from './expression-objects.js';
import { camelCase, pythonName } from './naming.js';
import { asText } from './values.js';
import { fromOurs, toOurs, Wrapped } from './values.js';
import { deletion, QuerySetObject } from './query-set-object.js';
import type { World } from './world.js';

type Method = (args: readonly Value[], keywords: Keywords) => unknown;

/** A model instance of the program: one of our rows, whose relations are followed by queries as Django does. */
export class InstanceObject extends Wrapped {
  readonly #related = new Map<string, Value>();
  /** Whether it is not in the database yet. */
  isNew = false;

  constructor(
    readonly world: World,
    readonly model: orm.ModelMetadata,
    readonly row: Record<string, unknown>,
    readonly annotations: readonly string[] = [],
  ) {
    super();
  }

  get typeName(): string {
    return this.model.name;
  }

  get key(): unknown {
    return this.row[this.model.primaryKey[0]!] ?? null;
  }

  /** An instance stands for its key. */
  override unwrap(): unknown {
    return this.key;
  }

  equals(other: Value): boolean {
    return (
      other instanceof InstanceObject &&
      other.model === this.model &&
      this.key !== null &&
      other.key === this.key
    );
  }

  override compare(operator: string, other: Value): boolean | undefined {
    if (operator === 'Eq') return this === other || this.equals(other);
    return operator === 'NotEq' ? this !== other && !this.equals(other) : undefined;
  }

  /** Its columns, for writing, and rows that it was given; they have mostly got their keys meanwhile. */
  values(): Record<string, unknown> {
    const unsaved: [string, object][] = [];
    for (const [name, related] of this.#related) {
      const field = this.model.fields[name];
      if (field?.kind === 'relation' && field.fromFields.length > 0 && related instanceof InstanceObject) {
        this.row[field.fromFields[0]!] = related.key ?? undefined;
        if (related.key === null) unsaved.push([name, related.row]);
      }
    }
    const names = Object.keys(this.row).filter((name) => this.model.fields[name]?.kind === 'scalar');
    return Object.fromEntries([...names.map((name) => [name, this.row[name]]), ...unsaved]);
  }

  override async getAttribute(name: string): Promise<Value | undefined> {
    const method = this.#method(name);
    if (method) return method;
    const our = name === 'pk' ? this.model.primaryKey[0]! : camelCase(name);
    const field = this.model.fields[our];
    if (field?.kind === 'relation') return this.#relation(our, field);
    if (our in this.row) return this.#value(our);
    if (field?.kind !== 'scalar') return undefined;
    return fromOurs(await this.#deferred(our));
  }

  override setAttribute(name: string, value: Value): void {
    const our = camelCase(name);
    const field = this.model.fields[our];
    if (field?.kind === 'relation' && field.fromFields.length > 0) {
      if (value !== null && !(value instanceof InstanceObject && value.model.name === field.model)) {
        raise(
          'ValueError',
          `Cannot assign "${asText(value)}": "${name}" must be a "${field.model}" instance.`,
        );
      }
      this.#related.set(our, value);
      this.row[field.fromFields[0]!] = value instanceof InstanceObject ? value.key : null;
    } else if (field?.kind === 'relation' && value instanceof InstanceObject) {
      this.#related.set(our, value);
      value.setAttribute(pythonName(field.inverse), this);
    } else {
      this.row[our] = toOurs(value);
    }
  }

  #value(name: string): Value {
    const value = this.row[name];
    const model = this.world.attributeModel(name);
    if (model === undefined || value === null) return fromOurs(value);
    return Array.isArray(value)
      ? (value as Record<string, unknown>[]).map((row) => this.world.instance(model, row))
      : this.world.instance(model, value as Record<string, unknown>);
  }

  async #relation(name: string, field: orm.RelationField): Promise<Value> {
    const known = this.#related.get(name);
    if (known !== undefined) return known;
    const loaded = this.row[name];
    if (field.isList) {
      const rows = loaded as Record<string, unknown>[] | undefined;
      const known = rows?.map((row) => this.#child(field, row));
      const forget = (): void => this.#forget(name);
      const relate = (child: InstanceObject): void => this.#own(field, child);
      const set = new QuerySetObject(this.world, this.#managerOf(name), [], known, forget, relate);
      if (rows) this.#related.set(name, set);
      return set;
    }
    const row =
      loaded === undefined ? await this.#fetched(field) : (loaded as Record<string, unknown> | null);
    const value = row && this.world.instance(field.model, row);
    this.#related.set(name, value);
    return value;
  }

  #managerOf(name: string): never {
    try {
      return this.world.related(this, name) as never;
    } catch (error) {
      throw toPythonError(error);
    }
  }

  /** What was prefetched is no longer so once it is written. */
  #forget(name: string): void {
    this.#related.delete(name);
    delete this.row[name];
  }

  /** A row of a to-many relation knows the row that it belongs to. */
  #child(field: orm.RelationField, row: Record<string, unknown>): Value {
    const child = this.world.instance(field.model, row);
    this.#own(field, child);
    return child;
  }

  #own(field: orm.RelationField, child: InstanceObject): void {
    const inverse = child.model.fields[field.inverse];
    if (inverse?.kind === 'relation' && !inverse.isList) child.#related.set(field.inverse, this);
  }

  /** The one related row; that there is none is an error with a name of its own there. */
  async #fetched(field: orm.RelationField): Promise<Record<string, unknown> | null> {
    try {
      return await this.#fetch(field);
    } catch (error) {
      if (!(error instanceof orm.DoesNotExistError)) throw toPythonError(error);
      throw relatedObjectDoesNotExist(error);
    }
  }

  async #fetch(field: orm.RelationField): Promise<Record<string, unknown> | null> {
    const [own] = field.fromFields;
    if (own !== undefined && (this.row[own] ?? null) === null) return null;
    return this.world.related(this, field.name).get() as Promise<Record<string, unknown>>;
  }

  async #deferred(name: string): Promise<unknown> {
    const [row] = (await this.world.query(this.model.name).filter({ pk: this.key }).values(name)) as Record<
      string,
      unknown
    >[];
    this.row[name] = row?.[name];
    return this.row[name];
  }

  #method(name: string): Value | undefined {
    const query = this.world.query(this.model.name);
    const methods: Record<string, Method> = {
      save: async (_, keywords) => {
        const { update_fields: fields, force_insert: forceInsert, force_update: forceUpdate } = keywords;
        const updateFields = Array.isArray(fields)
          ? fields.map((field) => camelCase(asText(field)))
          : undefined;
        Object.assign(this.row, await query.save(this.values(), { updateFields, forceInsert, forceUpdate }));
        this.isNew = false;
        return null;
      },
      delete: async () => {
        const result = deletion(await query.filter({ pk: this.key }).delete(), this.world);
        this.row[this.model.primaryKey[0]!] = null;
        return result;
      },
      refresh_from_db: async (_, { fields }) => {
        const names = Array.isArray(fields) ? fields.map((field) => camelCase(asText(field))) : undefined;
        Object.assign(this.row, await query.refresh(this.values(), names && { fields: names }));
        this.#related.clear();
        return null;
      },
      get_deferred_fields: () =>
        new Set(
          Object.values(this.model.fields)
            .filter((field) => field.kind === 'scalar' && !(field.name in this.row))
            .map((field) => pythonName(field.name)),
        ),
    };
    const method = methods[name] ?? this.#validation(name) ?? this.#ofField(name);
    return method && native(name, (args, keywords) => inPython(() => method(args, keywords)));
  }
  /** `full_clean()` and its parts. */
  #validation(name: string): Method | undefined {
    const ours = (
      { full_clean: 'fullClean', clean_fields: 'cleanFields', validate_unique: 'validateUnique' } as const
    )[name as 'full_clean'];
    if (!ours) return undefined;
    return async ([given = null], { exclude = given, validate_unique: validateUnique = true }) => {
      const cleaned: object | void = await this.world.manager(this.model.name)[ours](this.values(), {
        exclude: exclude === null ? [] : [...(exclude as string[])].map(camelCase),
        validateUnique: Boolean(validateUnique),
        isNew: this.isNew,
      });
      Object.assign(this.row, cleaned);
      return null;
    };
  }

  /** `get_status_display()`, `get_next_by_pubdate()`. */
  #ofField(name: string): Method | undefined {
    const [, display] = /^get_(\w+)_display$/.exec(name) ?? [];
    const [, side, by] = /^get_(next|previous)_by_(\w+)$/.exec(name) ?? [];
    const manager = this.world.manager(this.model.name);
    if (display) return () => manager.getDisplay(this.row, camelCase(display) as never);
    if (!by) return undefined;
    const method = side === 'next' ? 'getNextBy' : 'getPreviousBy';
    return async (args, keywords) => {
      const query = manager.filter(...filterArguments(args, keywords));
      const row: object = await query[method](camelCase(by) as never, this.row);
      return this.world.instance(this.model.name, row as Record<string, unknown>);
    };
  }
}
