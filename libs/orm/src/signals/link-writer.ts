import type { RelationField } from '../metadata/schema.js';
import type { Rows, StoredRow } from './rows.js';
import type { SignalSender } from './signal-sender.js';

/** Writes the links of implicit many-to-many relations, each between its signals. */
export class LinkWriter {
  constructor(
    private readonly rows: Rows,
    private readonly sender: SignalSender,
  ) {}

  /** Adds links to rows that exist; what is linked is left alone. */
  async add(
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

  /** Takes links away that exist. */
  async remove(
    model: string,
    stored: StoredRow,
    field: RelationField,
    targets: readonly StoredRow[],
  ): Promise<void> {
    await this.#between(model, stored, field, 'Remove', targets, () =>
      this.#connect(model, stored, field, 'disconnect', targets),
    );
  }

  /** Takes every link away. */
  async clear(model: string, stored: StoredRow, field: RelationField): Promise<void> {
    await this.#between(model, stored, field, 'Clear', null, async () => {
      await this.rows.update(model, stored, { [field.name]: { set: [] } });
    });
  }

  /** Returns the rows that a relation links to, all of them or those of `among`. */
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
