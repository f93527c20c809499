import { InvalidQueryError } from '../errors.js';
import type { Expression } from '../expressions/expression.js';
import type { ModelName } from '../metadata/register.js';
import { statementFor } from '../query/execute.js';
import { readyUpdate } from '../query/ready-update.js';
import { sendingBulkWrite } from '../signals/bulk-writes.js';
import type { LockOptions } from '../query/state.js';
import { checkWritable } from '../query/update.js';
import { type BulkCreateOptions, bulkCreate } from './bulk-create.js';
import { bulkUpdate } from './bulk-update.js';
import { called, createRow, type CreateOptions, getOrCreate, plainValues } from './create-rows.js';
import { deleteRows, type DeleteResult } from './delete-rows.js';
import type { Filter } from './filter.js';
import { Finding } from './finding.js';
import { type RefreshOptions, refreshRow, type SaveOptions, saveRow } from './save-row.js';
import type { PayloadOf, RowOf } from './types.js';
import { givenValues, withChanges } from './internals.js';

/** What `update()` takes: values, or expressions of them. */
export type Updates<M extends ModelName> = {
  [Name in keyof RowOf<M>]?:
    RowOf<M>[Name] | Expression | (RowOf<M>[Name] extends object ? string | number : never);
} & { [Name in keyof PayloadOf<M>['objects']]?: unknown };

export interface UpdateOrCreateOptions extends CreateOptions {
  /** Values of a row that is created, instead of the defaults. */
  createDefaults?: Readonly<Record<string, unknown>>;
}

/** The writing half of a QuerySet. */
export abstract class Writing<M extends ModelName, T, A> extends Finding<M, T, A> {
  /** Creates a row through the Prisma client, so that its signals are sent. Django: `create`. */
  create(data: object): Promise<RowOf<M>> {
    return createRow(this.context, this.state.model, data) as Promise<RowOf<M>>;
  }

  /**
   * Finds the one row with the given values, or creates it with them and the defaults; also says whether it did. Two
   * that do so at once make one row where the values are unique. Django: `get_or_create`.
   *
   * @example
   * const [author, isNew] = await authors.getOrCreate({ email }, { defaults: { name, age } })
   */
  getOrCreate(
    values: Filter<PayloadOf<M>, A>,
    options: CreateOptions = {},
  ): Promise<[row: T, isCreated: boolean]> {
    const { context, state } = this;
    return getOrCreate(
      () => this.filter(values).get(),
      this[givenValues](values),
      options,
      state.model,
      context,
    );
  }

  /**
   * Writes the defaults to the one row with the given values, which it locks first where the database can, or creates
   * it. Django: `update_or_create`.
   */
  async updateOrCreate(
    values: Filter<PayloadOf<M>, A>,
    { defaults = {}, createDefaults = defaults }: UpdateOrCreateOptions = {},
  ): Promise<[row: T, isCreated: boolean]> {
    const { context, state } = this;
    return context.database.atomic(async () => {
      const found = this.filter(values)[withChanges]({ lock: this.#lock });
      const [row, isCreated] = await getOrCreate(
        () => found.get(),
        this[givenValues](values),
        { defaults: createDefaults },
        state.model,
        context,
      );
      if (isCreated) return [row, true];
      const saved = await saveRow(context, state.model, row as object, await called(defaults));
      return [saved as T, false];
    });
  }

  /**
   * Creates rows by as few statements as possible, and returns them with their keys. It sends no signals. Django:
   * `bulk_create`.
   */
  bulkCreate(rows: readonly object[], options: BulkCreateOptions = {}): Promise<RowOf<M>[]> {
    return bulkCreate<RowOf<M>>(this.context.database, this.state.model, rows, options);
  }

  /** Writes some fields of rows, each its own values, by one statement a batch; returns how many there were. Django: `bulk_update`. */
  bulkUpdate(
    rows: readonly object[],
    fields: readonly string[],
    options: { batchSize?: number } = {},
  ): Promise<number> {
    return bulkUpdate(this.context.database, this.state.model, rows, fields, options);
  }

  /** Writes a row: updates the one with its key, or creates it. Django: `Model.save`. */
  save(row: object, options: SaveOptions = {}): Promise<RowOf<M>> {
    return saveRow<RowOf<M>>(this.context, this.state.model, row, row, options);
  }

  /** Reads a row again. Django: `refresh_from_db`. */
  refresh(row: object, options: RefreshOptions = {}): Promise<RowOf<M>> {
    return refreshRow<RowOf<M>>(this.context.database, this.state.model, row, options);
  }

  /**
   * Writes values, which may be expressions, to all rows by one statement; returns their number. It sends
   * `postBulkWrite`, and no signals of the rows. Django: `update`.
   *
   * @example
   * await books.filter({ pages: 0 }).update({ price: F('price').mul(0.9) })
   */
  async update(values: Updates<M>): Promise<number> {
    const { database } = this.context;
    const { sql, parameters, isEmpty } = readyUpdate(this.state, values, database);
    if (isEmpty) return 0;
    return sendingBulkWrite(database, this.state.model, { operation: 'update', data: values }, () =>
      database.execute(sql, parameters),
    );
  }

  /** Deletes the rows, and what `onDelete: Cascade` deletes with them; returns how many of each model. Django: `delete`. */
  async delete(): Promise<DeleteResult> {
    checkWritable(this.state, 'delete');
    if (this.state.selection.kind === 'values')
      throw new InvalidQueryError('delete() cannot follow values().');
    return deleteRows(
      this[withChanges]({ ordering: [], prefetches: [], related: undefined }).state,
      this.context.database,
    );
  }

  /** What keeps others from changing the row before it is written. */
  get #lock(): LockOptions | undefined {
    const { lock, distinct, grouping } = this.state;
    const { rowLocks } = statementFor(this.context.database).dialect.features;
    return rowLocks && !distinct && !grouping ? (lock ?? {}) : lock;
  }

  /** The values that a row which meets a filter is created with; a related manager adds its own. */
  protected [givenValues](values: object): Record<string, unknown> {
    return plainValues(values);
  }
}
