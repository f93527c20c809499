import type { RelationField } from '../metadata/schema.js';
import { DeleteCollector } from './delete-collector.js';
import { Draft } from './draft.js';
import { Followers, followersOf } from './followers.js';
import type { DeleteOrigin } from './model-signals.js';
import type { Data } from './prisma-calls.js';
import { isSameValue, type Rows, scalarsOf, type StoredRow } from './rows.js';
import type { SignalSender } from './signal-sender.js';
import type { WritePolicy } from './write-policy.js';

/** Writes single rows and links, each between its signals. */
export class RowWriter {
  constructor(
    readonly rows: Rows,
    readonly sender: SignalSender,
    readonly policy: WritePolicy,
  ) {}

  /** @param data Scalar fields only. */
  async insert(model: string, data: Data): Promise<StoredRow> {
    if (!this.sender.hearsSave(model)) return this.rows.insert(model, data);
    return this.#insert(model, data, (result) => this.rows.insert(model, result)) as Promise<StoredRow>;
  }

  /** Inserts a row unless it violates a uniqueness, which only `preSave` receivers then hear of. */
  async insertUnlessDuplicate(model: string, data: Data): Promise<StoredRow | undefined> {
    return this.#insert(model, data, (result) => this.rows.insertUnlessDuplicate(model, result));
  }

  /** Writes what differs of scalar fields; nothing at all is written when no field is named. */
  async update(model: string, stored: StoredRow, data: Data, isPartial = false): Promise<StoredRow> {
    const names = scalarsOf(this.rows.model(model)).filter(({ name }) => data[name] !== undefined);
    if (names.length === 0) return stored;
    if (!this.sender.hearsSave(model) && !this.hasFollowers(model, data))
      return this.rows.update(model, stored, data);
    const draft = new Draft(this.rows.model(model), data, stored, isPartial);
    await this.sender.preSave(model, draft, stored);
    const updated = await this.following(model, [stored], [draft.instance], () =>
      this.rows.update(model, stored, draft.result),
    );
    draft.store(updated);
    await this.sender.postSave(model, draft, stored);
    return updated;
  }

  /** Whether somebody hears of rows that the database may change along with the keys that data gives. */
  hasFollowers(model: string, data: Data): boolean {
    return followersOf(this.rows.schema, model, data).some((child) => this.#followers().hears(child));
  }

  /** Writes rows between the signals of those that change along with their keys. */
  async following<T>(
    model: string,
    stored: readonly StoredRow[],
    after: readonly StoredRow[],
    write: () => Promise<T>,
  ): Promise<T> {
    const followers = this.#followers();
    for (const [index, row] of stored.entries()) await followers.addReferrers(model, row, after[index]!);
    await followers.before();
    const result = await write();
    await followers.after();
    return result;
  }

  #followers(): Followers {
    return new Followers(this.rows, this.sender, this.policy);
  }

  /** Sets a foreign key; a row that has it already is left alone. */
  async point(model: string, stored: StoredRow, key: Data): Promise<StoredRow> {
    const isThere = Object.entries(key).every(([name, value]) => isSameValue(stored[name], value));
    return isThere ? stored : this.update(model, stored, key, true);
  }

  /** Deletes rows and what the database deletes along with them. */
  async remove(model: string, stored: readonly StoredRow[], origin: DeleteOrigin): Promise<void> {
    const collector = new DeleteCollector(this.rows, this.sender, this.policy);
    await collector.collect(model, stored);
    await collector.run(origin, () => this.rows.delete(model, stored));
  }

  /** Inserts many rows: in one statement, or one by one where the signals of each are wanted. */
  async insertMany(model: string, data: readonly Data[], skipDuplicates = false): Promise<void> {
    if (this.sendsEach(model)) {
      await this.insertEach(model, data, skipDuplicates);
      return;
    }
    const count = await this.rows.insertMany(model, data, skipDuplicates);
    await this.sender.bulkWrite(model, { operation: 'createMany', data, count });
  }

  /** Inserts many rows between the signals of each, in one statement where the database can return them. */
  insertEach(model: string, data: readonly Data[], skipDuplicates = false): Promise<StoredRow[]> {
    return skipDuplicates || !this.rows.canReturnMany
      ? this.#insertOneByOne(model, data, skipDuplicates)
      : this.#insertTogether(model, data);
  }

  /** Whether the rows of a bulk operation are written between their own signals. */
  sendsEach(model: string): boolean {
    return this.policy.sendsEach(model) && this.sender.hearsSave(model);
  }

  /** Updates the rows of a filter: in one statement, or one by one where the signals of each are wanted. */
  async updateMany(model: string, where: Data, data: Data): Promise<void> {
    if (this.sendsEach(model)) {
      await this.updateEach(model, await this.rows.list(model, where), data);
      return;
    }
    const count = await this.updateTogether(model, where, data, () =>
      this.rows.updateMany(model, where, data),
    );
    await this.sender.bulkWrite(model, { operation: 'updateMany', where, data, count });
  }

  /** Updates rows in one statement, between the signals of those that change along with their keys. */
  async updateTogether<T>(
    model: string,
    where: Data,
    data: Data,
    write: () => Promise<T>,
    take?: number,
  ): Promise<T> {
    if (!this.hasFollowers(model, data)) return write();
    const stored = await this.rows.list(model, where, { take });
    const after = stored.map((row) => new Draft(this.rows.model(model), data, row).instance);
    return this.following(model, stored, after, write);
  }

  /** Updates rows alike between the signals of each: in one statement, unless a receiver has made them differ. */
  async updateEach(model: string, stored: readonly StoredRow[], data: Data): Promise<StoredRow[]> {
    if (stored.length === 0 || Object.values(data).every((value) => value === undefined)) return [...stored];
    const drafts = stored.map((row) => new Draft(this.rows.model(model), data, row));
    for (const [index, draft] of drafts.entries()) await this.sender.preSave(model, draft, stored[index]);
    const after = drafts.map(({ instance }) => instance);
    const rows = await this.following(model, stored, after, () =>
      drafts.some((draft) => draft.isChanged)
        ? this.#updateOneByOne(model, stored, drafts)
        : this.rows.updateAlike(model, stored, after, data),
    );
    for (const [index, draft] of drafts.entries()) {
      draft.store(rows[index]!);
      await this.sender.postSave(model, draft, stored[index]);
    }
    return rows;
  }

  /** Deletes the rows of a filter with the signals of each, as Django does. */
  async removeMany(model: string, filter: Data, where: Data | undefined, take?: number): Promise<number> {
    const rows = await this.rows.list(model, filter, take === undefined ? {} : { take });
    await this.remove(model, rows, { model, where: where ?? {} });
    await this.sender.bulkWrite(model, { operation: 'deleteMany', where, count: rows.length });
    return rows.length;
  }

  /** Adds links of a many-to-many relation to rows that exist. */
  async link(
    model: string,
    stored: StoredRow,
    field: RelationField,
    targets: readonly StoredRow[],
  ): Promise<void> {
    if (!this.sender.hearsM2m(field.relationName))
      return this.#connect(model, stored, field, 'connect', targets);
    const linked = await this.linked(model, stored, field, targets);
    const added = targets.filter(
      (target) => !linked.some((other) => this.rows.isSame(field.model, other, target)),
    );
    await this.#between(model, stored, field, 'Add', added, () =>
      this.#connect(model, stored, field, 'connect', added),
    );
  }

  /** Takes links of a many-to-many relation away; what is not linked is left alone. */
  async unlink(
    model: string,
    stored: StoredRow,
    field: RelationField,
    targets: readonly StoredRow[],
  ): Promise<void> {
    await this.#between(model, stored, field, 'Remove', targets, () =>
      this.#connect(model, stored, field, 'disconnect', targets),
    );
  }

  /** Takes every link of a many-to-many relation away. */
  async clear(model: string, stored: StoredRow, field: RelationField): Promise<void> {
    await this.#between(model, stored, field, 'Clear', null, async () => {
      await this.rows.update(model, stored, { [field.name]: { set: [] } });
    });
  }

  /** Returns the rows that a many-to-many relation links to, all of them or those of `among`. */
  async linked(
    model: string,
    stored: StoredRow,
    field: RelationField,
    among?: readonly StoredRow[],
  ): Promise<StoredRow[]> {
    if (among?.length === 0) return [];
    const isLinked = { [field.inverse]: { some: this.rows.keyOf(model, stored) } };
    const where =
      among === undefined
        ? isLinked
        : { AND: [isLinked, { OR: among.map((row) => this.rows.keyOf(field.model, row)) }] };
    return this.rows.list(field.model, where);
  }

  /** Inserts rows in one statement, so that the database checks them as it does without signals. */
  async #insertTogether(model: string, data: readonly Data[]): Promise<StoredRow[]> {
    const drafts = data.map((one) => new Draft(this.rows.model(model), one));
    for (const draft of drafts) await this.sender.preSave(model, draft);
    const rows = await this.rows.insertReturning(
      model,
      drafts.map(({ result }) => result),
    );
    for (const [index, row] of rows.entries()) {
      drafts[index]!.store(row);
      await this.sender.postSave(model, drafts[index]!);
    }
    return rows;
  }

  async #updateOneByOne(
    model: string,
    stored: readonly StoredRow[],
    drafts: readonly Draft[],
  ): Promise<StoredRow[]> {
    const rows: StoredRow[] = [];
    for (const [index, draft] of drafts.entries())
      rows.push(await this.rows.update(model, stored[index]!, draft.result));
    return rows;
  }

  async #insertOneByOne(model: string, data: readonly Data[], skipDuplicates: boolean): Promise<StoredRow[]> {
    const rows: StoredRow[] = [];
    for (const one of data) {
      const row = skipDuplicates
        ? await this.insertUnlessDuplicate(model, one)
        : await this.insert(model, one);
      if (row) rows.push(row);
    }
    return rows;
  }

  async #insert(
    model: string,
    data: Data,
    write: (data: Data) => Promise<StoredRow | undefined>,
  ): Promise<StoredRow | undefined> {
    const draft = new Draft(this.rows.model(model), data);
    await this.sender.preSave(model, draft);
    const inserted = await write(draft.result);
    if (inserted === undefined) return undefined;
    draft.store(inserted);
    await this.sender.postSave(model, draft);
    return inserted;
  }

  async #between(
    model: string,
    stored: StoredRow,
    field: RelationField,
    change: 'Add' | 'Remove' | 'Clear',
    targets: readonly StoredRow[] | null,
    write: () => Promise<void>,
  ): Promise<void> {
    const [key = ''] = this.rows.model(field.model).primaryKey;
    const payload = {
      instance: { ...stored },
      reverse: field.through?.ownColumn === 'B',
      model: field.model,
      pkSet: targets && new Set(targets.map((target) => target[key])),
    };
    await this.sender.m2mChanged(field.relationName, { action: `pre${change}`, ...payload });
    await write();
    await this.sender.m2mChanged(field.relationName, { action: `post${change}`, ...payload });
  }

  async #connect(
    model: string,
    stored: StoredRow,
    field: RelationField,
    operation: 'connect' | 'disconnect',
    targets: readonly StoredRow[],
  ): Promise<void> {
    if (targets.length === 0) return;
    const keys = targets.map((target) => this.rows.keyOf(field.model, target));
    await this.rows.update(model, stored, { [field.name]: { [operation]: keys } });
  }
}
