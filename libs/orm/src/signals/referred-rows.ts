import type { RelationField } from '../metadata/schema.js';
import type { Data } from './prisma-calls.js';
import { requiredRelationViolated } from './prisma-errors.js';
import { emptyKey, missing } from './relation.js';
import type { RowWriter } from './row-writer.js';
import { foreignKey, type StoredRow } from './rows.js';

/** Finds the row that the key of another one refers to. */
export class ReferredRows {
  constructor(private readonly writer: RowWriter) {}

  /** Returns the row that our own key refers to. */
  async target(row: StoredRow, field: RelationField): Promise<StoredRow | null> {
    const key = Object.fromEntries(
      field.toFields.map((name, index) => [name, row[field.fromFields[index]!]]),
    );
    if (Object.values(key).some((value) => value === null)) return null;
    const [target] = await this.writer.rows.list(field.model, key);
    return target ?? null;
  }

  /** Returns the row that our key refers to, if it is what an operation asks for. */
  async require(
    field: RelationField,
    target: StoredRow | null,
    where: unknown,
    operation: string,
  ): Promise<StoredRow> {
    const filter = where === true ? undefined : (where as Data | undefined);
    if (target && (await this.writer.rows.matches(field.model, target, filter))) return target;
    throw missing(field, operation);
  }

  /** Makes room for a one-to-one reference to a row that another one refers to. */
  async release(model: string, field: RelationField, target: StoredRow, stored?: StoredRow): Promise<void> {
    const inverse = this.writer.rows.model(field.model).fields[field.inverse] as RelationField;
    if (inverse.isList) return;
    for (const holder of await this.writer.rows.list(model, foreignKey(field, target))) {
      if (stored && this.writer.rows.isSame(model, holder, stored)) continue;
      if (field.isRequired) throw requiredRelationViolated(field.relationName, model, field.model);
      await this.writer.point(model, holder, emptyKey(field));
    }
  }
}
