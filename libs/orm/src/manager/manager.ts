import { Inject } from '@nestjs/common';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { Databases } from '../database/databases.js';
import type { Database } from '../database/database.js';
import type { ModelName } from '../metadata/register.js';
import { initialState } from '../query/state.js';
import type { CreateOptions } from '../query-set/create-rows.js';
import type { FilterOrExpression } from '../query-set/filter.js';
import { QuerySet } from '../query-set/query-set.js';
import { type RelatedManagers, relatedManagers } from '../query-set/related.js';
import type { PayloadOf, RowOf } from '../query-set/types.js';
import type { QueryContext } from '../query-set/reading.js';
import { registerContext } from '../query-set/model-contexts.js';
import { RowValidation } from '../validation/row-validation.js';
import type { FullCleanOptions } from '../validation/validation-rules.js';
import {
  DoesNotExistError,
  errorsOf,
  type ModelErrorClass,
  MultipleObjectsReturnedError,
} from '../errors.js';
import { managerOptions } from './manager-for.decorator.js';
import { addedNames, querySetClassOf } from './query-set-class.js';
import { refuseReserved } from './reserved-names.js';
import { checkSymmetrical } from './symmetrical.js';

/** A manager's QuerySet: what QuerySets have, and the methods that the manager adds. */
export type QuerySetOf<Self, M extends ModelName> = QuerySet<M> & Omit<Self, keyof Manager | keyof QuerySet>;

type Conditions<M extends ModelName> = FilterOrExpression<PayloadOf<M>>[];

/**
 * The door to a model's rows: an injectable with the methods of a QuerySet, to which a subclass adds its own; they
 * can be chained like the others. Django: `Manager`.
 *
 * @example
 * \@Injectable()
 * \@ManagerFor('Book')
 * export class BookManager extends Manager<'Book'> {
 *   inPrint() {
 *     return this.filter({ stores: { some: {} } });
 *   }
 * }
 *
 * await books.inPrint().filter({ price: { lt: 10 } });
 */
export abstract class Manager<M extends ModelName = ModelName> {
  #databases!: Databases;
  #class: typeof QuerySet | undefined;

  /** The databases of the application, which know the manager from when it is given them. */
  protected set databases(databases: Databases) {
    this.#databases = databases;
    const { model, isDefault, symmetrical = [] } = managerOptions(this.constructor);
    refuseReserved(this.constructor.name, addedNames(this, Manager));
    checkSymmetrical(symmetrical, model, this.database.schema);
    registerContext(this.database, model, () => this.#context);
    if (isDefault) this.database.useDefault(model, () => (this.getQuerySet() as unknown as QuerySet).state);
  }

  protected get databases(): Databases {
    return this.#databases;
  }

  /** The database that the manager's QuerySets are sent to. */
  get database(): Database {
    return this.databases.get(managerOptions(this.constructor).using);
  }

  /** The query that every other one starts from; override it to leave rows out everywhere. Django: `get_queryset`. */
  getQuerySet(): QuerySetOf<this, M> {
    const { model, ordering } = managerOptions(this.constructor);
    if (!Object.hasOwn(this.database.schema.models, model)) {
      throw new ImproperlyConfiguredError(
        `${this.constructor.name} is the manager of "${model}", which the schema of "${this.database.alias}" does not have.`,
      );
    }
    this.#class ??= querySetClassOf(this, Manager);
    const state = { ...initialState(model), ...(ordering && { ordering, isDefaultOrdering: true }) };
    return new this.#class(this.#context, state) as never;
  }

  /**
   * Looks at a row as a whole; override it to refuse one with a `ValidationError`, or to return values to write over
   * it. Django: `Model.clean`.
   *
   * @example
   * override clean({ department, salary }: Partial<Employee>) {
   *   if (department === 'board' && salary) throw new ValidationError('The board works for nothing.');
   * }
   */
  clean(_row: Partial<RowOf<M>>): unknown {
    return undefined;
  }

  /**
   * Looks at everything that can be wrong with a row: its values by the schema and by the rules of `@ManagerFor()`,
   * whether the rows that it refers to are there, what `clean()` says, and whether its unique values are taken. Returns
   * the row with its values brought into their types.
   *
   * @example
   * await orders.fullClean(body, { exclude: ['placedAt'] })
   *
   * @throws ValidationError with everything that is wrong. Django: `full_clean`.
   */
  fullClean(row: object, options: FullCleanOptions<M> = {}): Promise<RowOf<M>> {
    return this.#validation.fullClean<RowOf<M>>(row, options);
  }

  /** Looks at each field of a row by itself, and at what it refers to. Django: `clean_fields`. */
  cleanFields(row: object, options: FullCleanOptions<M> = {}): Promise<RowOf<M>> {
    return this.#validation.cleanFields<RowOf<M>>(row, options);
  }

  /** Looks for other rows with the same unique values. Django: `validate_unique`. */
  validateUnique(row: object, options: FullCleanOptions<M> = {}): Promise<void> {
    return this.#validation.validateUnique(row, options);
  }

  /** What people call a value that has a fixed set of choices; the value where it is none of them. Django: `get_FOO_display`. */
  getDisplay(row: Partial<RowOf<M>>, field: Extract<keyof RowOf<M>, string>): string {
    const { validation = {} } = managerOptions(this.constructor);
    const choices: Readonly<Record<string, string>> = validation.choices?.[field] ?? {};
    const value = ((row as Readonly<Record<string, unknown>>)[field] ?? '') as string;
    return Object.hasOwn(choices, value) ? choices[value]! : value;
  }

  /**
   * The class of this model's `DoesNotExistError`s. Django: `Book.DoesNotExist`.
   *
   * @example
   * if (error instanceof books.DoesNotExist) …
   */
  get DoesNotExist(): ModelErrorClass<DoesNotExistError> {
    return errorsOf(DoesNotExistError, managerOptions(this.constructor).model);
  }

  /** The class of this model's `MultipleObjectsReturnedError`s. Django: `Book.MultipleObjectsReturned`. */
  get MultipleObjectsReturned(): ModelErrorClass<MultipleObjectsReturnedError> {
    return errorsOf(MultipleObjectsReturnedError, managerOptions(this.constructor).model);
  }

  all(): QuerySetOf<this, M> {
    return this.getQuerySet().all();
  }

  none(): QuerySetOf<this, M> {
    return this.getQuerySet().none();
  }

  filter(...conditions: Conditions<M>): QuerySetOf<this, M> {
    return this.getQuerySet().filter(...conditions);
  }

  exclude(...conditions: Conditions<M>): QuerySetOf<this, M> {
    return this.getQuerySet().exclude(...conditions);
  }

  /** Sends queries to another database, by its alias. Django: `using`. */
  using(alias: string): QuerySetOf<this, M> {
    return this.getQuerySet().using(alias);
  }

  reverse(): QuerySetOf<this, M> {
    return this.getQuerySet().reverse();
  }

  slice(start: number, end?: number): QuerySetOf<this, M> {
    return this.getQuerySet().slice(start, end);
  }

  get annotate(): QuerySetOf<this, M>['annotate'] {
    return bound(this.getQuerySet(), 'annotate');
  }

  get alias(): QuerySetOf<this, M>['alias'] {
    return bound(this.getQuerySet(), 'alias');
  }

  get orderBy(): QuerySetOf<this, M>['orderBy'] {
    return bound(this.getQuerySet(), 'orderBy');
  }

  get distinct(): QuerySetOf<this, M>['distinct'] {
    return bound(this.getQuerySet(), 'distinct');
  }

  get values(): QuerySetOf<this, M>['values'] {
    return bound(this.getQuerySet(), 'values');
  }

  get valuesList(): QuerySetOf<this, M>['valuesList'] {
    return bound(this.getQuerySet(), 'valuesList');
  }

  get only(): QuerySetOf<this, M>['only'] {
    return bound(this.getQuerySet(), 'only');
  }

  get defer(): QuerySetOf<this, M>['defer'] {
    return bound(this.getQuerySet(), 'defer');
  }

  get selectRelated(): QuerySetOf<this, M>['selectRelated'] {
    return bound(this.getQuerySet(), 'selectRelated');
  }

  get prefetchRelated(): QuerySetOf<this, M>['prefetchRelated'] {
    return bound(this.getQuerySet(), 'prefetchRelated');
  }

  get selectForUpdate(): QuerySetOf<this, M>['selectForUpdate'] {
    return bound(this.getQuerySet(), 'selectForUpdate');
  }

  get aggregate(): QuerySet<M>['aggregate'] {
    return bound(this.getQuerySet(), 'aggregate');
  }

  get update(): QuerySet<M>['update'] {
    return bound(this.getQuerySet(), 'update');
  }

  get updateOrCreate(): QuerySet<M>['updateOrCreate'] {
    return bound(this.getQuerySet(), 'updateOrCreate');
  }

  get bulkCreate(): QuerySet<M>['bulkCreate'] {
    return bound(this.getQuerySet(), 'bulkCreate');
  }

  get bulkUpdate(): QuerySet<M>['bulkUpdate'] {
    return bound(this.getQuerySet(), 'bulkUpdate');
  }

  get save(): QuerySet<M>['save'] {
    return bound(this.getQuerySet(), 'save');
  }

  get refresh(): QuerySet<M>['refresh'] {
    return bound(this.getQuerySet(), 'refresh');
  }

  get earliest(): QuerySet<M>['earliest'] {
    return bound(this.getQuerySet(), 'earliest');
  }

  get latest(): QuerySet<M>['latest'] {
    return bound(this.getQuerySet(), 'latest');
  }

  get getNextBy(): QuerySet<M>['getNextBy'] {
    return bound(this.getQuerySet(), 'getNextBy');
  }

  get getPreviousBy(): QuerySet<M>['getPreviousBy'] {
    return bound(this.getQuerySet(), 'getPreviousBy');
  }

  get contains(): QuerySet<M>['contains'] {
    return bound(this.getQuerySet(), 'contains');
  }

  get inBulk(): QuerySet<M>['inBulk'] {
    return bound(this.getQuerySet(), 'inBulk');
  }

  get dates(): QuerySet<M>['dates'] {
    return bound(this.getQuerySet(), 'dates');
  }

  get datetimes(): QuerySet<M>['datetimes'] {
    return bound(this.getQuerySet(), 'datetimes');
  }

  get iterator(): QuerySet<M>['iterator'] {
    return bound(this.getQuerySet(), 'iterator');
  }

  get explain(): QuerySet<M>['explain'] {
    return bound(this.getQuerySet(), 'explain');
  }

  get raw(): QuerySet<M>['raw'] {
    return bound(this.getQuerySet(), 'raw');
  }

  get getOr404(): QuerySet<M>['getOr404'] {
    return bound(this.getQuerySet(), 'getOr404');
  }

  get getListOr404(): QuerySet<M>['getListOr404'] {
    return bound(this.getQuerySet(), 'getListOr404');
  }

  get union(): QuerySetOf<this, M>['union'] {
    return bound(this.getQuerySet(), 'union');
  }

  get intersection(): QuerySetOf<this, M>['intersection'] {
    return bound(this.getQuerySet(), 'intersection');
  }

  get difference(): QuerySetOf<this, M>['difference'] {
    return bound(this.getQuerySet(), 'difference');
  }

  /**
   * The related managers of a row, by the names of its relations. Django: `book.authors`.
   *
   * @example
   * await books.related(book).authors.add(author);
   */
  // oxlint-disable-next-line typescript/no-generated-empty-object-type -- a program that registers no models has no relations
  related(row: object): RelatedManagers<M> {
    const { context, model } = this.getQuerySet() as unknown as QuerySet;
    return relatedManagers(row, model, context);
  }

  get(...conditions: Conditions<M>): Promise<RowOf<M>> {
    return this.getQuerySet().get(...conditions);
  }

  first(): Promise<RowOf<M> | null> {
    return this.getQuerySet().first();
  }

  last(): Promise<RowOf<M> | null> {
    return this.getQuerySet().last();
  }

  count(): Promise<number> {
    return this.getQuerySet().count();
  }

  exists(): Promise<boolean> {
    return this.getQuerySet().exists();
  }

  create(...args: Parameters<QuerySet<M>['create']>): Promise<RowOf<M>> {
    return this.getQuerySet().create(...args);
  }

  /** What the manager's QuerySets work with. */
  get #context(): QueryContext {
    const {
      latestBy,
      symmetrical,
      validateOnSave = this.database.validateOnSave,
    } = managerOptions(this.constructor);
    const { database, databases } = this;
    return {
      database,
      databases,
      latestBy,
      symmetrical,
      ...(validateOnSave && { validation: this.#validation }),
    };
  }

  get #validation(): RowValidation {
    const { model, validation = {} } = managerOptions(this.constructor);
    const metadata = this.database.schema.models[model]!;
    return new RowValidation(this.database, metadata, validation, (row: object) => this.clean(row));
  }

  getOrCreate(
    values: Parameters<QuerySet<M>['getOrCreate']>[0],
    options?: CreateOptions,
  ): Promise<[row: RowOf<M>, isCreated: boolean]> {
    return this.getQuerySet().getOrCreate(values, options);
  }
}

// As a decorator on an accessor Nest would take it for one of a parameter.
Inject(Databases)(Manager.prototype, 'databases');

function bound<Q extends object, Name extends keyof Q>(querySet: Q, name: Name): Q[Name] {
  return (querySet[name] as (...args: unknown[]) => unknown).bind(querySet) as Q[Name];
}
