import { averageType, countType, sameType, sumType } from '../expressions/aggregate-types.js';
import { Aggregate } from '../expressions/aggregate.js';
import { Arithmetic, type Expression, Literal } from '../expressions/expression.js';
import { Reference } from '../expressions/reference.js';
import { Blank } from './blank.js';
import { textKey } from './text-key.js';
import { typeOf, type ValueType } from './value-type.js';

/** The aggregates that their name and this tell all of. */
const typeKeys = new Map<(argument: ValueType) => ValueType, string>([
  [countType, 'c'],
  [sumType, 's'],
  [averageType, 'a'],
  [sameType, 'm'],
]);

/**
 * Tells the form of an expression, and adds the values in it; `undefined` for one that is made of more than names,
 * numbers, arithmetic and plain aggregates.
 */
export function expressionForm(expression: Expression, values: unknown[]): string | undefined {
  // An expression of somebody's own may be of a class that one of these is the parent of.
  switch (expression.constructor) {
    case Reference:
      return `F${textKey((expression as Reference).path)}`;
    case Literal:
      return literalForm(expression as Literal, values);
    case Arithmetic: {
      const { operator, left, right } = expression as Arithmetic;
      const one = expressionForm(left, values);
      const other = one === undefined ? undefined : expressionForm(right, values);
      return other === undefined ? undefined : `(${operator}${one}${other})`;
    }
    case Aggregate:
      return aggregateForm(expression as Aggregate, values);
    default:
      return undefined;
  }
}

function literalForm({ value, type }: Literal, values: unknown[]): string | undefined {
  if (type || !Number.isInteger(value) || Math.abs(value as number) >= 2 ** 31) return undefined;
  values.push(value);
  return 'i';
}

function aggregateForm({ call, argument, options }: Aggregate, values: unknown[]): string | undefined {
  const type = typeKeys.get(call.type);
  const { distinct, filter, default: none } = options;
  const isPlain = !call.rest && !call.orderBy && filter === undefined && none === undefined;
  if (type === undefined || !isPlain) return undefined;
  const measured = argument ? expressionForm(argument, values) : '*';
  if (measured === undefined) return undefined;
  return `${type}${textKey(call.name)}${distinct === true ? 'd' : ''}{${measured}}`;
}

/** An expression that has a form, with a blank in the place of each of its values. */
export function blankedExpression(expression: Expression, count: { blanks: number }): Expression {
  if (expression instanceof Literal) return new Literal(new Blank(count.blanks++, false), typeOf('Int'));
  if (expression instanceof Arithmetic) {
    const left = blankedExpression(expression.left, count);
    return new Arithmetic(expression.operator, left, blankedExpression(expression.right, count));
  }
  if (expression instanceof Aggregate && expression.argument) {
    const { call, argument, options } = expression;
    return new Aggregate(call, blankedExpression(argument, count), options);
  }
  return expression;
}
