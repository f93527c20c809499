import type { OperationNode } from 'kysely';
import type { Database } from '../database/database.js';
import type { RelationField } from '../metadata/schema.js';
import { statementFor, write } from '../query/execute.js';
import type { RelationEnds } from '../query/relation-ends.js';
import { identifier, join, parameter, sql, tableNode } from '../query/sql.js';
import { toParameter } from '../query/to-parameter.js';
import { fieldType } from '../query/value-type.js';
import { isHeard } from '../signals/bulk-writes.js';

type ThroughEnds = Extract<RelationEnds, { through: object }>;

/** Whether nobody listens to what happens when rows of a relation are linked, so that its table can be written as it is. */
export function isUnheard(
  database: Database,
  model: string,
  { model: other, relationName }: RelationField,
): boolean {
  return !isHeard(
    database,
    (sender) =>
      sender.hearsM2m(relationName) ||
      [model, other].some((name) => sender.hearsSave(name) || sender.hearsBulkWrite(name)),
  );
}

/** The rows of a join table that belong to one row. */
export class JoinRows {
  constructor(
    readonly database: Database,
    readonly ends: ThroughEnds,
    readonly ownKey: unknown,
    /** Whether each link is two rows, one for each direction. */
    readonly isSymmetrical = false,
  ) {}

  async add(keys: readonly unknown[]): Promise<void> {
    if (keys.length === 0) return;
    const { through } = this.ends;
    const columns = sql`${identifier(through.ownColumn)}, ${identifier(through.otherColumn)}`;
    const rows = keys.flatMap((key) => {
      const [own, other] = [this.#own, this.#other(key)];
      return this.isSymmetrical
        ? [sql`(${own}, ${other})`, sql`(${other}, ${own})`]
        : [sql`(${own}, ${other})`];
    });
    const { dialect } = statementFor(this.database);
    await this.#send(
      dialect.insertIgnoring(sql`${tableNode(through)} (${columns}) values ${join(rows, ', ')}`),
    );
  }

  async remove(keys: readonly unknown[]): Promise<void> {
    if (keys.length > 0) await this.#delete((other) => sql` and ${this.#isAmong(other, keys)}`);
  }

  /** Makes these the only ones. */
  set(keys: readonly unknown[]): Promise<void> {
    if (keys.length === 0) return this.clear();
    return this.database.atomic(async () => {
      await this.#delete((other) => sql` and not (${this.#isAmong(other, keys)})`);
      await this.add(keys);
    });
  }

  clear(): Promise<void> {
    return this.#delete(() => sql``);
  }

  get #own(): OperationNode {
    const { own } = this.ends;
    return parameter(toParameter(this.ownKey, fieldType(own), statementFor(this.database)));
  }

  #other(key: unknown): OperationNode {
    return parameter(toParameter(key, fieldType(this.ends.other), statementFor(this.database)));
  }

  #isAmong(column: string, keys: readonly unknown[]): OperationNode {
    const list = join(
      keys.map((key) => this.#other(key)),
      ', ',
    );
    return sql`${identifier(column)} in (${list})`;
  }

  /** Deletes links of the row; what is asked of a link is asked by the column of the other row. */
  #delete(condition: (other: string) => OperationNode): Promise<void> {
    const { through } = this.ends;
    const { ownColumn, otherColumn } = through;
    const from = (own: string, other: string): OperationNode =>
      sql`${identifier(own)} = ${this.#own}${condition(other)}`;
    const links = from(ownColumn, otherColumn);
    const where = this.isSymmetrical ? sql`(${links}) or (${from(otherColumn, ownColumn)})` : links;
    return this.#send(sql`delete from ${tableNode(through)} where ${where}`);
  }

  async #send(node: OperationNode): Promise<void> {
    await write(this.database, statementFor(this.database).dialect, node);
  }
}
