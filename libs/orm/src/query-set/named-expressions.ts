import { InvalidQueryError } from '../errors.js';
import { Expression, operandOf } from '../expressions/expression.js';
import { FilteredRelationSpecification } from '../expressions/filtered-relation.js';

export interface NamedExpressions {
  readonly expressions: ReadonlyMap<string, Expression>;
  readonly relations: ReadonlyMap<string, FilteredRelationSpecification>;
}

/** Names what `annotate()` and `aggregate()` are given by objects, and positionally by its own name. */
export function namedExpressions(given: readonly object[]): NamedExpressions {
  const expressions = new Map<string, Expression>();
  const relations = new Map<string, FilteredRelationSpecification>();
  for (const item of given) {
    if (!(item instanceof Expression)) {
      for (const [name, value] of Object.entries(item)) {
        if (value instanceof FilteredRelationSpecification) relations.set(name, value);
        else expressions.set(name, value instanceof Expression ? value : operandOf(value));
      }
      continue;
    }
    const name = item.defaultAlias;
    if (name === undefined)
      throw new InvalidQueryError('An expression over more than a name needs a name of its own.');
    expressions.set(name, item);
  }
  return { expressions, relations };
}
