import { InvalidQueryError } from '../errors.js';
import { Expression, operandOf } from '../expressions/expression.js';

/** Names what `annotate()` and `aggregate()` are given by objects, and positionally by its own name. */
export function namedExpressions(given: readonly object[]): Map<string, Expression> {
  const named = new Map<string, Expression>();
  for (const item of given) {
    if (!(item instanceof Expression)) {
      for (const [name, value] of Object.entries(item))
        named.set(name, value instanceof Expression ? value : operandOf(value));
      continue;
    }
    const name = item.defaultAlias;
    if (name === undefined)
      throw new InvalidQueryError('An expression over more than a name needs a name of its own.');
    named.set(name, item);
  }
  return named;
}
