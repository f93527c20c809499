import { DeleteCollector } from './delete-collector.js';
import { Draft } from './draft.js';
import { Followers, followersOf } from './followers.js';
import { LinkWriter } from './link-writer.js';
import type { DeleteOrigin } from './model-signals.js';
import type { Data } from './prisma-calls.js';
import { isSameValue, type Rows, scalarsOf, type StoredRow } from './rows.js';
import type { SignalSender } from './signal-sender.js';
import type { WritePolicy } from './write-policy.js';

/** Writes single rows, each between its signals. */
export class RowWriter {
  /** Writes the links between them. */
  readonly links: LinkWriter;

  constructor(
    readonly rows: Rows,
    readonly sender: SignalSender,
    readonly policy: WritePolicy,
  ) {
    this.links = new LinkWriter(rows, sender);
  }

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

  #followers(): Followers {
    return new Followers(this.rows, this.sender, this.policy);
  }
}
