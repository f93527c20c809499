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
  ) {}

  async add(keys: readonly unknown[]): Promise<void> {
    if (keys.length === 0) return;
    const { through } = this.ends;
    const columns = sql`${identifier(through.ownColumn)}, ${identifier(through.otherColumn)}`;
    const rows = keys.map((key) => sql`(${this.#own}, ${this.#other(key)})`);
    const { dialect } = statementFor(this.database);
    await this.#send(
      dialect.insertIgnoring(sql`${tableNode(through)} (${columns}) values ${join(rows, ', ')}`),
    );
  }

  async remove(keys: readonly unknown[]): Promise<void> {
    if (keys.length > 0) await this.#delete(sql` and ${this.#isAmong(keys)}`);
  }

  /** Makes these the only ones. */
  set(keys: readonly unknown[]): Promise<void> {
    if (keys.length === 0) return this.clear();
    return this.database.atomic(async () => {
      await this.#delete(sql` and not (${this.#isAmong(keys)})`);
      await this.add(keys);
    });
  }

  clear(): Promise<void> {
    return this.#delete(sql``);
  }

  get #own(): OperationNode {
    const { own } = this.ends;
    return parameter(toParameter(this.ownKey, fieldType(own), statementFor(this.database)));
  }

  #other(key: unknown): OperationNode {
    return parameter(toParameter(key, fieldType(this.ends.other), statementFor(this.database)));
  }

  #isAmong(keys: readonly unknown[]): OperationNode {
    const list = join(
      keys.map((key) => this.#other(key)),
      ', ',
    );
    return sql`${identifier(this.ends.through.otherColumn)} in (${list})`;
  }

  #delete(condition: OperationNode): Promise<void> {
    const { through } = this.ends;
    const own = sql`${identifier(through.ownColumn)} = ${this.#own}`;
    return this.#send(sql`delete from ${tableNode(through)} where ${own}${condition}`);
  }

  async #send(node: OperationNode): Promise<void> {
    await write(this.database, statementFor(this.database).dialect, node);
  }
}
