import { FieldError } from '../errors.js';
import { Expression, inherited, type Operand } from '../expressions/expression.js';
import { Reference } from '../expressions/reference.js';
import type { Condition, GroupCondition, LookupCondition, RelatedCondition } from './condition.js';
import { lookups, negate, type Outcome, type Predicate } from './lookups.js';
import { exists } from './exists.js';
import { keyFields } from './names.js';
import type { Scope } from './scope.js';
import { join, sql } from './sql.js';

/**
 * Compiles a condition on the rows of a scope.
 *
 * Conditions across a to-many relation become `EXISTS`, so that no row comes twice: those that one `AND` joins mean
 * the same related row, and each of an `OR` may mean its own.
 */
export function predicateOf(condition: Condition, scope: Scope, negated = false): Outcome {
  switch (condition.kind) {
    case 'constant':
      return condition.value;
    case 'not':
      return negate(predicateOf(condition.condition, scope, negated));
    case 'group':
      return groupPredicate(condition, scope, negated);
    case 'lookup':
      return lookupPredicate(condition, scope, negated);
    case 'related':
      return relatedPredicate(condition, scope);
    case 'expression':
      return expressionPredicate(condition.expression, scope);
  }
}

function groupPredicate(condition: GroupCondition, scope: Scope, negated: boolean): Outcome {
  const isNegated = negated !== condition.negated;
  const outcome = combine(condition, scope, isNegated);
  return condition.negated ? negate(outcome) : outcome;
}

function combine({ connector, conditions }: GroupCondition, scope: Scope, negated: boolean): Outcome {
  if (connector === 'and') return conjunction(conditions, scope, negated);
  const outcomes = conditions.map((condition) => predicateOf(condition, scope, negated));
  return connector === 'or' ? disjunction(outcomes) : parity(outcomes);
}

function conjunction(conditions: readonly Condition[], scope: Scope, negated: boolean): Outcome {
  return all(conjuncts(conditions, scope, negated));
}

/** Compiles conditions that all have to hold, each apart. */
export function conjuncts(conditions: readonly Condition[], scope: Scope, negated = false): Outcome[] {
  const outcomes: Outcome[] = [];
  const byRelation = new Map<string, Condition[]>();
  for (const condition of flattened(conditions)) {
    const [relation] = conditionRelations(condition, scope);
    if (relation === undefined) {
      outcomes.push(predicateOf(condition, scope, negated));
    } else {
      const same = byRelation.get(relation);
      if (same) same.push(condition);
      else byRelation.set(relation, [condition]);
    }
  }
  for (const [relation, same] of byRelation) outcomes.push(anyRelated(relation, same, scope));
  return outcomes;
}

/** Takes conditions apart where all of them have to hold. */
export function flattened(conditions: readonly Condition[]): Condition[] {
  return conditions.flatMap((condition) =>
    condition.kind === 'group' && condition.connector === 'and' && !condition.negated
      ? flattened(condition.conditions)
      : [condition],
  );
}

/** Whether there is a related row that meets all of the conditions. */
function anyRelated(relation: string, conditions: readonly Condition[], scope: Scope): Outcome {
  const related = scope.descend(relation);
  const outcome = conjunction(conditions, related, false);
  return outcome === false ? false : exists(related, outcome);
}

function all(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes(false)) return false;
  const predicates = outcomes.filter((outcome) => typeof outcome !== 'boolean');
  return predicates.length === 0 ? true : joined(predicates, ' and ');
}

function disjunction(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes(true)) return true;
  const predicates = outcomes.filter((outcome) => typeof outcome !== 'boolean');
  return predicates.length === 0 ? false : joined(predicates, ' or ');
}

/** XOR of several holds where an odd number of them does. */
function parity(outcomes: readonly Outcome[]): Outcome {
  let isFlipped = false;
  const predicates: Predicate[] = [];
  for (const outcome of outcomes) {
    if (typeof outcome !== 'boolean') predicates.push(outcome);
    else if (outcome) isFlipped = !isFlipped;
  }
  if (predicates.length === 0) return isFlipped;
  const bits = predicates.map(({ node }) => sql`case when ${node} then 1 else 0 end`);
  const odd: Predicate =
    predicates.length === 1
      ? predicates[0]!
      : { ...inheritedOf(predicates), node: sql`(${join(bits, ' + ')}) % 2 = 1` };
  return isFlipped ? negate(odd) : odd;
}

function joined(predicates: readonly Predicate[], separator: ' and ' | ' or '): Predicate {
  if (predicates.length === 1) return predicates[0]!;
  const nodes = predicates.map((predicate) => predicate.node);
  return { ...inheritedOf(predicates), node: sql`(${join(nodes, separator)})` };
}

function inheritedOf(predicates: readonly Predicate[]): Pick<Operand, 'isAggregate' | 'isWindow'> {
  return inherited(predicates as readonly Operand[]);
}

function lookupPredicate(condition: LookupCondition, scope: Scope, negated: boolean): Outcome {
  if (isNullLookup(condition) && typeof condition.left === 'string') {
    const [relation] = scope.manyPrefixes(condition.left);
    if (relation !== undefined) return missing(condition.left, relation, scope);
  }
  const [relation] = conditionRelations(condition, scope);
  if (relation !== undefined) return anyRelated(relation, [condition], scope);
  const lookup = lookups.get(condition.lookup);
  if (!lookup) throw FieldError.unknown(condition.lookup, 'a filter', lookups.keys());
  const left =
    typeof condition.left === 'string' ? scope.resolve(condition.left) : condition.left.resolve(scope);
  const { right, insensitive = false } = condition;
  const outcome = lookup({ left, right, scope, insensitive });
  if (!negated || typeof outcome === 'boolean' || right === null || condition.lookup === 'isnull')
    return outcome;
  return guarded(outcome, left, right, scope);
}

/** Keeps null out of a comparison that is to be negated, so that rows without a value match its opposite. */
function guarded(outcome: Predicate, left: Operand, right: unknown, scope: Scope): Predicate {
  const guards = [left.guard, right instanceof Reference ? right.resolve(scope).guard : undefined];
  const nodes = guards.filter((guard) => guard !== undefined).map((guard) => sql`${guard} is not null`);
  return nodes.length === 0
    ? outcome
    : { ...outcome, node: sql`(${join([outcome.node, ...nodes], ' and ')})` };
}

function isNullLookup({ lookup, right }: LookupCondition): boolean {
  return (
    (lookup === 'isnull' && right === true) || (right === null && (lookup === 'equals' || lookup === 'exact'))
  );
}

/** Across a to-many relation, what is null is missing: there is no related row, or one that has no value. */
function missing(path: string, relation: string, scope: Scope): Outcome {
  const related = scope.descend(relation);
  const none = negate(exists(related, true));
  if (path === relation) return none;
  const left = scope.descend(relation);
  const outcome = predicateOf({ kind: 'lookup', left: path, lookup: 'isnull', right: true }, left);
  const { guard } = left.resolve(path);
  return guard === undefined ? none : disjunction([none, outcome === false ? false : exists(left, outcome)]);
}

function relatedPredicate({ path, quantifier, condition }: RelatedCondition, scope: Scope): Outcome {
  if (quantifier === 'is' || quantifier === 'isNot') {
    const outcome = toOne(path, condition, scope);
    return quantifier === 'is' ? outcome : negate(outcome);
  }
  const related = scope.related(path);
  const outcome = condition === null ? true : predicateOf(condition, related);
  if (quantifier === 'every') return negate(existsUnlessFalse(related, negate(outcome)));
  const some = existsUnlessFalse(related, outcome);
  return quantifier === 'some' ? some : negate(some);
}

function existsUnlessFalse(related: Scope, outcome: Outcome): Outcome {
  return outcome === false ? false : exists(related, outcome);
}

/** A condition on the row of a to-one relation, which has to be there. */
function toOne(path: string, condition: Condition | null, scope: Scope): Outcome {
  const ref = scope.table(path);
  if (ref.model.primaryKey.length > 1) return toOneOfCompositeKey(path, condition, scope);
  const key = scope.resolve(path);
  if (condition === null) return { node: sql`${key.node} is null` };
  const outcome = predicateOf(condition, scope.onto(path));
  if (outcome === false || key.guard === undefined) return outcome;
  return all([outcome, { node: sql`${key.guard} is not null` }]);
}

function toOneOfCompositeKey(path: string, condition: Condition | null, scope: Scope): Outcome {
  const ref = scope.table(path);
  const keys = keyFields(ref.model).map((field) => ref.ownColumn(field));
  const isMissing = keys.map((key) => sql`${key} is null`);
  if (condition === null) return { node: sql`(${join(isMissing, ' or ')})` };
  const outcome = predicateOf(condition, scope.onto(path));
  if (outcome === false || !ref.isNullable) return outcome;
  return all([outcome, { node: sql`not (${join(isMissing, ' or ')})` }]);
}

function expressionPredicate(expression: Expression, scope: Scope): Outcome {
  const [relation] = expressionRelations(expression, scope);
  if (relation !== undefined) return anyRelated(relation, [{ kind: 'expression', expression }], scope);
  return expression.resolve(scope);
}

/** The to-many relations that a condition crosses, outermost first, and that it means one and the same row of. */
export function conditionRelations(condition: Condition, scope: Scope): string[] {
  switch (condition.kind) {
    case 'lookup': {
      if (isNullLookup(condition)) return [];
      return [...relationsOfSide(condition.left, scope), ...relationsOfSide(condition.right, scope, true)];
    }
    case 'group':
      return condition.negated
        ? []
        : condition.conditions.flatMap((inner) => conditionRelations(inner, scope));
    case 'expression':
      return expressionRelations(condition.expression, scope);
    default:
      return [];
  }
}

function relationsOfSide(side: unknown, scope: Scope, isRight = false): string[] {
  if (typeof side === 'string') return isRight ? [] : scope.manyPrefixes(side);
  if (Array.isArray(side))
    return side.flatMap((item) => (item instanceof Expression ? expressionRelations(item, scope) : []));
  return side instanceof Expression ? expressionRelations(side, scope) : [];
}

/** The to-many relations that the names in an expression cross. */
export function expressionRelations(expression: Expression, scope: Scope): string[] {
  if (expression instanceof Reference) return scope.manyPrefixes(expression.path);
  if (expression.opensScope) return [];
  return expression.sources.flatMap((inner) => expressionRelations(inner, scope));
}
