import type { RelationField } from '../metadata/schema.js';
import { Followers, referrersOf } from './followers.js';
import type { DeleteOrigin } from './model-signals.js';
import { fingerprint, type Rows, type StoredRow } from './rows.js';
import type { SignalSender } from './signal-sender.js';
import type { WritePolicy } from './write-policy.js';

interface Nulled {
  readonly model: string;
  readonly field: RelationField;
  readonly rows: readonly StoredRow[];
}

/**
 * Finds what the database will delete along with some rows, and sends the signals of all of it in Django's order:
 * whoever refers comes before what it refers to, keys ascending before and descending after.
 */
export class DeleteCollector {
  readonly #rows = new Map<string, Map<unknown, StoredRow>>();
  /** Model → the models whose rows must go first. */
  readonly #dependencies = new Map<string, Set<string>>();
  readonly #nulled: Nulled[] = [];

  readonly #followers: Followers;

  constructor(
    private readonly rows: Rows,
    private readonly sender: SignalSender,
    policy: WritePolicy,
  ) {
    this.#followers = new Followers(rows, sender, policy);
  }

  /** Adds rows and, over the relations whose deletion cascades, everything that goes with them. */
  async collect(model: string, stored: readonly StoredRow[]): Promise<void> {
    const known = this.#rowsOf(model);
    const added = stored.filter((row) => !known.has(this.#key(model, row)));
    for (const row of added) known.set(this.#key(model, row), row);
    if (added.length === 0) return;
    for (const [child, field] of referrersOf(this.rows.schema, model))
      await this.#collectReferrers(model, added, child, field);
  }

  /** Sends `preDelete` for every row, lets the database delete, and sends `postDelete` for every row. */
  async run(origin: DeleteOrigin, remove: () => Promise<void>): Promise<void> {
    const models = this.#sorted();
    for (const model of models) {
      if (!this.sender.hearsDelete(model)) continue;
      for (const row of this.#rowsOf(model).values()) await this.sender.preDelete(model, row, origin);
    }
    for (const { model, field, rows } of this.#nulled)
      this.#followers.addNulled(model, field, this.#surviving(model, rows));
    await this.#followers.before();
    await remove();
    await this.#followers.after();
    for (const model of models) {
      if (!this.sender.hearsDelete(model)) continue;
      for (const row of [...this.#rowsOf(model).values()].reverse()) {
        await this.sender.postDelete(model, row, origin);
      }
    }
  }

  async #collectReferrers(
    model: string,
    targets: readonly StoredRow[],
    child: string,
    field: RelationField,
  ): Promise<void> {
    if (field.onDelete === 'Cascade') {
      const rows = await this.rows.referring(child, field, targets);
      if (rows.length === 0) return;
      // A key that may be empty does not order its ends, as in Django.
      if (field.isRequired) this.#dependenciesOf(model).add(child);
      await this.collect(child, rows);
    } else if (field.onDelete === 'SetNull' || field.onDelete === 'SetDefault') {
      if (!this.#followers.hears(child)) return;
      const rows = await this.rows.referring(child, field, targets);
      if (rows.length > 0) this.#nulled.push({ model: child, field, rows });
    }
  }

  #surviving(model: string, rows: readonly StoredRow[]): StoredRow[] {
    const deleted = this.#rows.get(model);
    return rows.filter((row) => deleted?.has(this.#key(model, row)) !== true);
  }

  /** Returns the models in the order of their deletion, each after those that refer to it. */
  #sorted(): string[] {
    const models = [...this.#rows.keys()];
    for (const model of models) this.#rows.set(model, this.#ascending(model));
    const sorted: string[] = [];
    while (sorted.length < models.length) {
      const before = sorted.length;
      for (const model of models) {
        const waitsFor = [...this.#dependenciesOf(model)].filter((other) => other !== model);
        const isReady = waitsFor.every((other) => sorted.includes(other));
        if (isReady && !sorted.includes(model)) sorted.push(model);
      }
      // A circle has no order; Django keeps the order in which it found the models.
      if (sorted.length === before) return models;
    }
    return sorted;
  }

  #ascending(model: string): Map<unknown, StoredRow> {
    const [key = ''] = this.rows.model(model).primaryKey;
    return new Map(
      [...this.#rowsOf(model)].sort(([, a], [, b]) => {
        const [left, right] = [a[key] as number, b[key] as number];
        return left < right ? -1 : left > right ? 1 : 0;
      }),
    );
  }

  #key(model: string, row: StoredRow): unknown {
    const { primaryKey } = this.rows.model(model);
    const [only] = primaryKey;
    return primaryKey.length === 1 && only !== undefined
      ? fingerprint(row[only])
      : primaryKey.map((name) => String(fingerprint(row[name]))).join('\0');
  }

  #rowsOf(model: string): Map<unknown, StoredRow> {
    let rows = this.#rows.get(model);
    if (rows === undefined) this.#rows.set(model, (rows = new Map()));
    return rows;
  }

  #dependenciesOf(model: string): Set<string> {
    let models = this.#dependencies.get(model);
    if (models === undefined) this.#dependencies.set(model, (models = new Set()));
    return models;
  }
}
