import { InvalidValueError } from '../errors.js';

export interface PreparedStatementsOptions {
  /** How many statements are kept; those that come later are sent as without it. Default 500. */
  max?: number;
}

/** What can come again with other parameters. */
const repeatable = /^\s*(?:select|with|insert|update|delete)\b/i;

/**
 * Names statements for `PrismaPg`, so that PostgreSQL parses each of them once for every connection, and soon plans it
 * once too: QuerySets and Prisma's own calls alike. Short queries, such as those by key, gain most.
 *
 * The statements stay with the connection: not for a pooler that gives a connection to another client after each
 * transaction, as PgBouncer did before 1.21.
 *
 * @example
 * new PrismaPg({ connectionString }, { statementNameGenerator: preparedStatements() })
 */
export function preparedStatements({ max = 500 }: PreparedStatementsOptions = {}): (query: {
  sql: string;
}) => string {
  if (!Number.isInteger(max) || max < 1)
    throw new InvalidValueError(`preparedStatements() takes a max from 1 on, not ${max}.`);
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    // A statement without a name is parsed and forgotten.
    if (names.size >= max || !repeatable.test(sql)) return '';
    const name = `quintet_${names.size + 1}`;
    names.set(sql, name);
    return name;
  };
}
