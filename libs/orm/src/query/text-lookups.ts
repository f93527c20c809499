import type { OperationNode } from 'kysely';
import { InvalidValueError } from '../errors.js';
import type { Operand } from '../expressions/expression.js';
import { isDecimal } from './decimal.js';
import { isExpression, predicate, rightOperand } from './comparison.js';
import type { Comparison, Lookup, Outcome } from './lookups.js';
import { keyword, parameter, sql } from './sql.js';
import { typeOf } from './value-type.js';

type Place = 'contains' | 'startsWith' | 'endsWith';

/** A lookup that finds a text in another; what the text holds has no meaning of its own. */
export function matches(place: Place): Lookup {
  return (comparison) => {
    const { left, right, scope, insensitive } = comparison;
    if (right === null) throw new InvalidValueError(`${place} takes a text, not null.`);
    const other = isExpression(right) ? rightOperand(right, comparison) : undefined;
    const node = scope.dialect.matches({
      place,
      value: textOf(left, comparison),
      part: other ? textOf(other, comparison) : parameter(textGiven(right)),
      pattern: other
        ? computedPattern(place, other, comparison)
        : parameter(patternOf(place, textGiven(right))),
      insensitive,
    });
    return predicate(node, left, ...(other ? [other] : []));
  };
}

export function iexact(comparison: Comparison): Outcome {
  const { left, right, scope } = comparison;
  if (right === null) return predicate(sql`${left.node} is null`, left);
  if (isExpression(right)) {
    const other = rightOperand(right, comparison);
    return predicate(sql`upper(${textOf(left, comparison)}) = upper(${other.node})`, left, other);
  }
  const pattern = parameter(escapePattern(textGiven(right)));
  return predicate(scope.dialect.like(textOf(left, comparison), pattern, true), left);
}

export function regex(comparison: Comparison): Outcome {
  const { left, right, scope, insensitive } = comparison;
  const other = rightOperand(right, comparison, typeOf('String'));
  return predicate(scope.dialect.regex(textOf(left, comparison), other.node, insensitive), left, other);
}

/** Whether a text has the words of another one, in any form that the database's dictionary knows. */
export function search(comparison: Comparison): Outcome {
  const { left, right, scope } = comparison;
  const words = rightOperand(right, comparison, typeOf('String'));
  return predicate(scope.dialect.search(textOf(left, comparison), words.node), left, words);
}

/** A text, or what a number or a date reads as. */
function textGiven(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || isDecimal(value)) return (value as string | number).toString();
  throw new InvalidValueError('A text lookup takes a text.');
}

function textOf(operand: Operand, { scope }: Comparison): OperationNode {
  return scope.dialect.text(operand);
}

function patternOf(place: Place, text: string): string {
  const escaped = escapePattern(text);
  if (place === 'contains') return `%${escaped}%`;
  return place === 'startsWith' ? `${escaped}%` : `%${escaped}`;
}

/** A text as a pattern that matches nothing else. */
export function escapePattern(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

function computedPattern(place: Place, other: Operand, comparison: Comparison): OperationNode {
  const backslash = keyword(String.raw`'\'`);
  const twice = keyword(String.raw`'\\'`);
  const text = textOf(other, comparison);
  const escaped = sql`replace(replace(replace(${text}, ${backslash}, ${twice}), '%', ${keyword(String.raw`'\%'`)}), '_', ${keyword(String.raw`'\_'`)})`;
  if (place === 'contains') return sql`'%' || ${escaped} || '%'`;
  return place === 'startsWith' ? sql`${escaped} || '%'` : sql`'%' || ${escaped}`;
}
