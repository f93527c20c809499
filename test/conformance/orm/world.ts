import * as orm from '@nest-quintet/orm';
import {
  call,
  type Keywords,
  HostObject,
  isCaught,
  Namespace,
  native,
  tuple,
  type Value,
} from '../python/index.js';
import { djangoErrors, doesNotExistOf, inPython } from './errors.js';
import { ExpressionObject } from './expression-objects.js';
import { expressionNames } from './expression-names.js';
import { InstanceObject } from './instance-object.js';
import { camelCase, pathOf, pythonName } from './naming.js';
import { asText } from './values.js';
import { QuerySetObject } from './query-set-object.js';
import { DecimalObject, moment, toOurs, valueNames } from './values.js';

// The program decides at run time what it calls, so that types can say nothing of it.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyQuerySet = any;

/** The bookshop as programs see it: its models, and the helpers of the recorded cases. */
export class World {
  readonly #managers = new Map<string, orm.Manager>();
  readonly #instances = new WeakMap<object, InstanceObject>();
  readonly #attributes = new Map<string, string>();

  constructor(
    readonly database: orm.PrismaDatabase,
    /** The statements of the running case, in order. */
    readonly statements: readonly string[],
    readonly vendor: string,
    managers: readonly orm.Manager[],
  ) {
    for (const manager of managers) this.#managers.set(manager.all().state.model, manager);
  }

  /** What `Book.objects` is. */
  query(model: string): AnyQuerySet {
    return this.#managers.get(model)!.all();
  }

  /** Whose rules the rows of a model follow. */
  manager(model: string): orm.Manager {
    return this.#managers.get(model)!;
  }

  related(instance: InstanceObject, relation: string): AnyQuerySet {
    const managers = this.#managers.get(instance.model.name)!.related(instance.row) as Record<
      string,
      AnyQuerySet
    >;
    return managers[relation];
  }

  /** A row as an instance; the same row is the same instance. */
  instance(model: string, row: Record<string, unknown>, annotations: readonly string[] = []): InstanceObject {
    const known = this.#instances.get(row);
    if (known) return known;
    const instance = new InstanceObject(this, this.database.schema.models[model]!, row, annotations);
    this.#instances.set(row, instance);
    return instance;
  }

  /** An instance that is not in the database. */
  newInstance(model: string): InstanceObject {
    const instance = this.instance(model, {});
    instance.isNew = true;
    return instance;
  }

  /** The model of rows that were prefetched to an attribute of their own. */
  attributeModel(attribute: string): string | undefined {
    return this.#attributes.get(attribute);
  }

  /** Remembers which model's rows `Prefetch(path, to_attr=attribute)` puts there. */
  #learnAttribute(attribute: string, path: string, queryset: Value): void {
    const last = path.split('.').at(-1)!;
    const relations = Object.values(this.database.schema.models).flatMap((model) => {
      const field = model.fields[last];
      return field?.kind === 'relation' ? [field.model] : [];
    });
    const model = queryset instanceof QuerySetObject ? (queryset.query.state.model as string) : relations[0];
    if (model !== undefined) this.#attributes.set(attribute, model);
  }

  names(): Record<string, Value> {
    const models = Object.values(this.database.schema.models).map((model) => [
      model.name,
      new ModelObject(this, model),
    ]);
    return {
      ...expressionNames,
      ...valueNames,
      ...djangoErrors,
      ...this.#helpers(),
      ...Object.fromEntries(models),
    };
  }

  #helpers(): Record<string, Value> {
    return {
      vendor: this.vendor,
      datetime: new Namespace({ fromisoformat: native('fromisoformat', ([text]) => moment(asText(text))) }),
      round6: native('round6', ([value]) => rounded(value)),
      catch: native('catch', async ([fn, errors]) => caught(fn, errors)),
      validation_codes: native('validation_codes', ([instance], keywords) =>
        validationCodes(async () =>
          call(await (instance as InstanceObject).getAttribute('full_clean'), [], keywords),
        ),
      ),
      validation_codes_call: native('validation_codes_call', ([fn]) => validationCodes(() => call(fn, []))),
      in_atomic: native('in_atomic', ([fn], { savepoint = true }) =>
        inPython(() => this.database.atomic(() => call(fn, []), { savepoint: Boolean(savepoint) })),
      ),
      transaction: new Namespace({
        set_rollback: native('set_rollback', ([value]) => this.database.setRollback(Boolean(value))),
      }),
      sql_columns_updated: native('sql_columns_updated', () => updatedColumns(this.statements)),
      Prefetch: native('Prefetch', ([path, given = null], { queryset = given, to_attr: toAttr = null }) => {
        const options = {
          ...(queryset !== null && { queryset: toOurs(queryset) as never }),
          ...(toAttr !== null && { toAttr: camelCase(asText(toAttr)) }),
        };
        if (toAttr !== null) this.#learnAttribute(camelCase(asText(toAttr)), pathOf(asText(path)), queryset);
        return new ExpressionObject(orm.Prefetch(pathOf(asText(path)), options));
      }),
      prefetch_related_objects: native('prefetch_related_objects', async ([instances, ...paths]) => {
        const [first] = instances as InstanceObject[];
        if (!first) return null;
        const rows = (instances as InstanceObject[]).map((instance) => instance.row);
        await inPython(() =>
          orm.prefetchRelatedObjects(
            this.database,
            first.model.name as orm.ModelName,
            rows,
            ...paths.map((path) => pathOf(asText(path))),
          ),
        );
        return null;
      }),
      get_object_or_404: native('get_object_or_404', ([target], keywords) =>
        this.#or404('getOr404', target, keywords),
      ),
      get_list_or_404: native('get_list_or_404', ([target], keywords) =>
        this.#or404('getListOr404', target, keywords),
      ),
    };
  }

  async #or404(method: string, target: Value, keywords: Keywords): Promise<Value> {
    const set = target instanceof ModelObject ? target.objects() : (target as QuerySetObject);
    const { filterArguments } = await import('./expression-objects.js');
    const result: unknown = await inPython(() => set.query[method](...filterArguments([], keywords)));
    return Array.isArray(result) ? result.map((row) => set.row(row)) : set.row(result);
  }
}

/** `Book.objects`: unlike a QuerySet it has no `delete()`. */
class ManagerObject extends QuerySetObject {
  override getAttribute(name: string): Value | undefined {
    return name === 'delete' ? undefined : super.getAttribute(name);
  }
}

/** A model class: `Book.objects`, `Book.DoesNotExist`, `Book(name="x")`. */
export class ModelObject extends HostObject {
  readonly typeName = 'ModelBase';

  constructor(
    readonly world: World,
    readonly model: orm.ModelMetadata,
  ) {
    super();
  }

  get name(): string {
    return this.model.name;
  }

  objects(): QuerySetObject {
    return new ManagerObject(this.world, this.world.query(this.model.name));
  }

  override getAttribute(name: string): Value | undefined {
    if (name === 'objects') return this.objects();
    if (name === '__name__') return this.model.name;
    return name === 'DoesNotExist' ? doesNotExistOf(this.model.name) : undefined;
  }

  override async call(_: readonly Value[], keywords: Keywords): Promise<Value> {
    const instance = this.world.newInstance(this.model.name);
    for (const [name, value] of Object.entries(keywords)) instance.setAttribute(name, value);
    return instance;
  }

  override hasInstance(value: Value): boolean {
    return value instanceof InstanceObject && value.model === this.model;
  }
}

async function caught(fn: Value, errors: Value): Promise<string> {
  try {
    await call(fn, []);
  } catch (error) {
    if (isCaught(error, errors))
      return `raised ${(error as { type?: { name: string } }).type?.name.replace(/^.*\./, '') ?? ''}`;
    throw error;
  }
  return 'no error';
}

/** The codes of a validation by field; none where nothing is wrong. */
async function validationCodes(run: () => unknown): Promise<Value> {
  try {
    await run();
    return new Map();
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    if (!(cause instanceof orm.ValidationError)) throw error;
    return new Map(Object.entries(cause.codes).map(([field, codes]) => [pythonName(field), codes]));
  }
}

/** The columns of the last `UPDATE`. */
function updatedColumns(statements: readonly string[]): string[] {
  const last = statements.findLast((sql) => /^\s*update/i.test(sql)) ?? '';
  const [, sets = ''] = /\sset\s(.*?)(?:\swhere\s|$)/is.exec(last) ?? [];
  return [...sets.matchAll(/["`](?:[^"`]+["`]\.["`])?([a-z_]+)["`] =/gi)].map(([, column]) => column!);
}

/** `round6(x)`: every float and decimal in a value, rounded. */
function rounded(value: Value): Value {
  if (typeof value === 'number') return Math.round(value * 1e6) / 1e6;
  if (value instanceof DecimalObject) return rounded(value.toNumber());
  if (Array.isArray(value)) return Object.isFrozen(value) ? tuple(value.map(rounded)) : value.map(rounded);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, rounded(item)]));
  return value;
}
