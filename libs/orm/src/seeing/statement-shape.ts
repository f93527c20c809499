/**
 * Brings a statement into the form that it has in common with those that differ by their values only: parameters lose
 * their numbers, and lists of them their length.
 *
 * @example
 * statementShape('SELECT … WHERE id IN ($1, $2)') // 'SELECT … WHERE id IN (?)'
 */
export function statementShape(sql: string): string {
  return sql
    .replace(/\$\d+|\?\d*/g, '?')
    .replace(/\(\s*\?(?:\s*,\s*\?)*\s*\)(?:\s*,\s*\(\s*\?(?:\s*,\s*\?)*\s*\))*/g, '(?)');
}
