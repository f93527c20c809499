import type { Data } from './prisma-calls.js';
import type { Relation } from './relation.js';
import type { RowWriter } from './row-writer.js';
import { foreignKey, refersTo, type StoredRow } from './rows.js';

/** Finds the rows that hold the key of a relation, or are linked by a join table. */
export class RelationRows {
  constructor(private readonly writer: RowWriter) {}

  /** Returns the row of the relation that `where` names; `true` names the only one. */
  async find(relation: Relation, where: Data | true): Promise<StoredRow | undefined> {
    const { model } = relation.field;
    if (!relation.field.isList) {
      const [only] = await this.all(relation);
      return only && (where === true || (await this.writer.rows.matches(model, only, where)))
        ? only
        : undefined;
    }
    const found = await this.writer.rows.find(model, where as Data);
    return found && (await this.#isRelated(relation, found)) ? found : undefined;
  }

  async #isRelated({ model, row, field, inverse }: Relation, target: StoredRow): Promise<boolean> {
    if (!field.through) return refersTo(inverse, target, row);
    return (await this.writer.links.linked(model, row, field, [target])).length > 0;
  }

  /** Returns the rows of the relation. */
  all({ model, row, field, inverse }: Relation): Promise<StoredRow[]> {
    return field.through
      ? this.writer.links.linked(model, row, field)
      : this.writer.rows.list(field.model, foreignKey(inverse, row));
  }

  /** Narrows a filter to the rows of the relation. */
  within({ model, row, field, inverse }: Relation, where: Data): Data {
    const related = field.through
      ? { [field.inverse]: { some: this.writer.rows.keyOf(model, row) } }
      : foreignKey(inverse, row);
    return { AND: [related, where] };
  }

  /** Whether a row is one of some others. */
  isIn(model: string, rows: readonly StoredRow[], row: StoredRow): boolean {
    return rows.some((other) => this.writer.rows.isSame(model, row, other));
  }
}
