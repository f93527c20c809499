import { Draft } from './draft.js';
import type { Data } from './prisma-calls.js';
import type { RowWriter } from './row-writer.js';
import type { StoredRow } from './rows.js';

/** Writes many rows at a time: in one statement, or between the signals of each where those are wanted. */
export class BulkWriter {
  constructor(private readonly writer: RowWriter) {}

  /** Whether the rows of a bulk operation are written between their own signals. */
  sendsEach(model: string): boolean {
    return this.writer.policy.sendsEach(model) && this.writer.sender.hearsSave(model);
  }

  async insert(model: string, data: readonly Data[], skipDuplicates = false): Promise<void> {
    const { rows, sender } = this.writer;
    if (this.sendsEach(model)) {
      await this.insertEach(model, data, skipDuplicates);
      return;
    }
    const count = await rows.insertMany(model, data, skipDuplicates);
    await sender.bulkWrite(model, { operation: 'createMany', data, count });
  }

  /** Inserts rows between the signals of each, in one statement where the database can return them. */
  insertEach(model: string, data: readonly Data[], skipDuplicates = false): Promise<StoredRow[]> {
    return skipDuplicates || !this.writer.rows.canReturnMany
      ? this.#insertOneByOne(model, data, skipDuplicates)
      : this.#insertTogether(model, data);
  }

  /** Updates the rows of a filter. */
  async update(model: string, where: Data, data: Data): Promise<void> {
    const { rows, sender } = this.writer;
    if (this.sendsEach(model)) {
      await this.updateEach(model, await rows.list(model, where), data);
      return;
    }
    const count = await this.updateTogether(model, where, data, () => rows.updateMany(model, where, data));
    await sender.bulkWrite(model, { operation: 'updateMany', where, data, count });
  }

  /** Updates rows in one statement, between the signals of those that change along with their keys. */
  async updateTogether<T>(
    model: string,
    where: Data,
    data: Data,
    write: () => Promise<T>,
    take?: number,
  ): Promise<T> {
    if (!this.writer.hasFollowers(model, data)) return write();
    const stored = await this.writer.rows.list(model, where, { take });
    const after = stored.map((row) => this.#draft(model, data, row).instance);
    return this.writer.following(model, stored, after, write);
  }

  /** Updates rows alike between the signals of each: in one statement, unless a receiver has made them differ. */
  async updateEach(model: string, stored: readonly StoredRow[], data: Data): Promise<StoredRow[]> {
    if (stored.length === 0 || Object.values(data).every((value) => value === undefined)) return [...stored];
    const { rows, sender } = this.writer;
    const drafts = stored.map((row) => this.#draft(model, data, row));
    for (const [index, draft] of drafts.entries()) await sender.preSave(model, draft, stored[index]);
    const after = drafts.map(({ instance }) => instance);
    const updated = await this.writer.following(model, stored, after, () =>
      drafts.some((draft) => draft.isChanged)
        ? this.#updateOneByOne(model, stored, drafts)
        : rows.updateAlike(model, stored, after, data),
    );
    for (const [index, draft] of drafts.entries()) {
      draft.store(updated[index]!);
      await sender.postSave(model, draft, stored[index]);
    }
    return updated;
  }

  /** Deletes the rows of a filter with the signals of each, as Django does. */
  async remove(model: string, filter: Data, where: Data | undefined, take?: number): Promise<number> {
    const { rows, sender } = this.writer;
    const doomed = await rows.list(model, filter, take === undefined ? {} : { take });
    await this.writer.remove(model, doomed, { model, where: where ?? {} });
    await sender.bulkWrite(model, { operation: 'deleteMany', where, count: doomed.length });
    return doomed.length;
  }

  /** Inserts rows in one statement, so that the database checks them as it does without signals. */
  async #insertTogether(model: string, data: readonly Data[]): Promise<StoredRow[]> {
    const { rows, sender } = this.writer;
    const drafts = data.map((one) => this.#draft(model, one));
    for (const draft of drafts) await sender.preSave(model, draft);
    const inserted = await rows.insertReturning(
      model,
      drafts.map(({ result }) => result),
    );
    for (const [index, row] of inserted.entries()) {
      drafts[index]!.store(row);
      await sender.postSave(model, drafts[index]!);
    }
    return inserted;
  }

  async #insertOneByOne(model: string, data: readonly Data[], skipDuplicates: boolean): Promise<StoredRow[]> {
    const inserted: StoredRow[] = [];
    for (const one of data) {
      const row = skipDuplicates
        ? await this.writer.insertUnlessDuplicate(model, one)
        : await this.writer.insert(model, one);
      if (row) inserted.push(row);
    }
    return inserted;
  }

  async #updateOneByOne(
    model: string,
    stored: readonly StoredRow[],
    drafts: readonly Draft[],
  ): Promise<StoredRow[]> {
    const updated: StoredRow[] = [];
    for (const [index, draft] of drafts.entries())
      updated.push(await this.writer.rows.update(model, stored[index]!, draft.result));
    return updated;
  }

  #draft(model: string, data: Data, stored?: StoredRow): Draft {
    return new Draft(this.writer.rows.model(model), data, stored);
  }
}
