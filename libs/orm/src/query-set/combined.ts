import { InvalidQueryError } from '../errors.js';
import { QExpression } from '../expressions/q.js';
import { SubqueryExpression } from '../expressions/subquery.js';
import { isSliced } from '../query/slice.js';
import { type Combination, initialState, type QueryState } from '../query/state.js';

/** A query over the rows of several queries, put together by the database. */
export function combined(
  operator: Combination['operator'],
  all: boolean,
  states: readonly [QueryState, ...QueryState[]],
): QueryState {
  const [{ model, selection, annotations }] = states;
  return { ...initialState(model), selection, annotations, combination: { operator, all, states } };
}

/** One query whose conditions are those of two. */
export function merged(
  connector: 'and' | 'or' | 'xor',
  left: QueryState,
  right: QueryState,
): Partial<QueryState> {
  if (left.model !== right.model)
    throw new InvalidQueryError(`${connector}() combines queries for one model.`);
  if (connector === 'and' && (isSliced(left) || isSliced(right)))
    throw new InvalidQueryError(`${connector}() cannot follow slice().`);
  if (Boolean(left.distinct) !== Boolean(right.distinct)) {
    throw new InvalidQueryError(`${connector}() cannot combine distinct rows with others.`);
  }
  if (left.isNone || right.isNone) {
    const isEmpty = connector === 'and' || (left.isNone && right.isNone);
    return isEmpty ? { isNone: true } : left.isNone ? right : {};
  }
  const [first, second] = [unsliced(left), unsliced(right)];
  const ordering = right.ordering?.length && !right.isDefaultOrdering ? right : left;
  return {
    ...(isSliced(left) && first),
    ordering: ordering.ordering,
    isDefaultOrdering: ordering.isDefaultOrdering,
    conditions: joined(connector, first.conditions, second.conditions),
  };
}

function joined(
  connector: 'and' | 'or' | 'xor',
  left: QueryState['conditions'],
  right: QueryState['conditions'],
): QueryState['conditions'] {
  if (connector === 'and') return [...left, ...right];
  if (connector === 'or' && (left.length === 0 || right.length === 0)) return [];
  return [new QExpression([everything(left), everything(right)], connector)];
}

/** Conditions as one; without any it is one that always holds. */
function everything(conditions: QueryState['conditions']): QExpression {
  return new QExpression(conditions.length > 0 ? conditions : [{ OR: [{ AND: [] }] }]);
}

/** A slice as a query for rows whose keys are in it: what is limited cannot be limited further. */
function unsliced(state: QueryState): QueryState {
  if (!isSliced(state)) return state;
  const condition = new QExpression([{ pk: { in: new SubqueryExpression(state) } }]);
  return { ...state, start: undefined, end: undefined, isReversed: false, conditions: [condition] };
}
