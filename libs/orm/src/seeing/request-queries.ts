import type { StatementEvent } from '../database/database.js';
import { statementShape } from './statement-shape.js';

/** The statements of one shape that a request sent. */
export interface RepeatedQuery {
  /** The SQL, without the numbers of its parameters. */
  readonly shape: string;
  readonly statements: readonly StatementEvent[];
}

/** What one request sent to its databases, in the order in which it was answered. Django: `connection.queries`. */
export class RequestQueries {
  readonly #statements: StatementEvent[] = [];
  readonly #byShape = new Map<string, StatementEvent[]>();
  #dropped = 0;

  /** @param limit How many statements are kept; the first ones go first. */
  constructor(private readonly limit: number) {}

  get statements(): readonly StatementEvent[] {
    return this.#statements;
  }

  /** How many statements there were, those no longer kept included. */
  get count(): number {
    return this.#statements.length + this.#dropped;
  }

  /** How long the databases took for all of them. */
  get milliseconds(): number {
    return this.#statements.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  }

  /** The shapes that came more than once, the most frequent first. */
  get repeated(): readonly RepeatedQuery[] {
    return Array.from(this.#byShape, ([shape, statements]) => ({ shape, statements }))
      .filter(({ statements }) => statements.length > 1)
      .sort((left, right) => right.statements.length - left.statements.length);
  }

  /** Keeps a statement; returns those of its shape. */
  add(statement: StatementEvent): RepeatedQuery {
    const shape = statementShape(statement.sql);
    const alike = this.#byShape.get(shape) ?? [];
    this.#byShape.set(shape, alike);
    alike.push(statement);
    this.#statements.push(statement);
    if (this.#statements.length > this.limit) this.#drop();
    return { shape, statements: alike };
  }

  #drop(): void {
    const { sql } = this.#statements.shift()!;
    this.#byShape.get(statementShape(sql))?.shift();
    this.#dropped += 1;
  }
}
