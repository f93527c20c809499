import { FieldError } from '../errors.js';
import type { Operand } from '../expressions/expression.js';
import type { Scope } from './scope.js';
import { dateParts } from './sql-dialect.js';
import { isTemporal, typeOf } from './value-type.js';

/** Takes what the rest of a path names out of a value: the keys of a JSON document, or a part of a date. */
export function transformed(operand: Operand, names: readonly string[], scope: Scope): Operand {
  if (names.length === 0) return operand;
  if (operand.type.kind === 'Json') {
    const { dialect } = scope;
    return {
      ...operand,
      node: dialect.jsonPath(operand.node, names),
      text: dialect.jsonText(operand.node, names),
      type: typeOf('Json'),
    };
  }
  const [name, ...rest] = names;
  if (isTemporal(operand.type) && isDateTransform(name!)) {
    return transformed(datePart(operand, name, 'UTC', scope), rest, scope);
  }
  const choices = isTemporal(operand.type) ? dateTransforms : [];
  throw FieldError.unknown(name!, `a value of type ${operand.type.kind}`, choices);
}

/** What a path or a filter can take out of a date. */
export const dateTransforms = [...dateParts, 'date', 'time'] as const;
export type DateTransform = (typeof dateTransforms)[number];

export function isDateTransform(name: string): name is DateTransform {
  return (dateTransforms as readonly string[]).includes(name);
}

/** A part of a date, in a time zone. */
export function datePart(operand: Operand, name: DateTransform, timeZone: string, scope: Scope): Operand {
  if (name === 'date' || name === 'time') {
    const kind = name === 'date' ? 'Date' : 'Time';
    return { ...operand, node: scope.dialect.dateOrTime(kind, operand, timeZone), type: typeOf(kind) };
  }
  return {
    ...operand,
    node: scope.dialect.datePart(name, operand, timeZone),
    type: typeOf('Int'),
  };
}
