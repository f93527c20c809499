import { FieldError, InvalidValueError } from '../errors.js';
import { Expression, isExpressionSource } from '../expressions/expression.js';
import { JsonKey, Reference } from '../expressions/reference.js';
import type { ModelMetadata, RelationField, SchemaMetadata } from '../metadata/schema.js';
import type { Annotations } from './annotations.js';
import { type Condition, group, lookup } from './condition.js';
import { isDecimal } from './decimal.js';
import { keyLookups, lookups } from './lookups.js';
import { findField } from './names.js';
import { isDateTransform } from './transforms.js';
import { fieldType, isTemporal, typeOf, type ValueType } from './value-type.js';

/** What names mean where a `where` object stands. */
export interface WhereContext {
  readonly schema: SchemaMetadata;
  readonly model: ModelMetadata;
  readonly annotations?: Annotations;
  /** The names of a path, where some of them mean others. */
  names?(path: string): string[];
}

/** An expression that is made of conditions, as `Q` is. */
interface ConditionSource {
  conditionIn(context: WhereContext): Condition;
}

function isConditionSource(where: unknown): where is ConditionSource {
  return where instanceof Expression && 'conditionIn' in where;
}

/** Brings what `filter()` takes, an object in the form of Prisma's `where` or an expression, into a condition. */
export function conditionOf(where: unknown, context: WhereContext): Condition {
  if (isConditionSource(where)) return where.conditionIn(context);
  if (where instanceof Expression) return { kind: 'expression', expression: where };
  if (isExpressionSource(where)) return { kind: 'expression', expression: where.toExpression() };
  if (!isPlainObject(where)) {
    throw new InvalidValueError(`A filter is an object or an expression, not "${String(where)}".`);
  }
  const conditions: Condition[] = [];
  for (const key in where) {
    const value = where[key];
    if (value !== undefined) conditions.push(entry(key, value, context));
  }
  return conditions.length === 1 ? conditions[0]! : group('and', conditions);
}

function entry(key: string, value: unknown, context: WhereContext): Condition {
  switch (key) {
    case 'AND':
      return group('and', many(value, context));
    case 'OR':
      return group('or', many(value, context));
    case 'NOT':
      return group(
        'and',
        many(value, context).map((condition) => ({ kind: 'not', condition })),
      );
    default:
      return named(key, value, context);
  }
}

function many(value: unknown, context: WhereContext): Condition[] {
  return (Array.isArray(value) ? value : [value]).map((item) => conditionOf(item, context));
}

function named(given: string, value: unknown, context: WhereContext): Condition {
  const names = context.names?.(given) ?? given.split('.');
  const key = names.join('.');
  const annotation = context.annotations?.type(names[0]!);
  if (annotation) return valueCondition(key, value, afterTransforms(annotation, names.slice(1)));
  let model = context.model;
  for (const [index, name] of names.entries()) {
    const field = findField(model, name.split(':', 1)[0]!);
    if (!field) {
      const choices = [
        ...Object.keys(model.fields),
        ...(index === 0 ? (context.annotations?.names() ?? []) : []),
      ];
      throw FieldError.unknown(name, model.name, choices);
    }
    if (field.kind === 'scalar') {
      return valueCondition(key, value, afterTransforms(fieldType(field), names.slice(index + 1)));
    }
    model = context.schema.models[field.model]!;
    if (index === names.length - 1) {
      return relationCondition(key, value, field, { schema: context.schema, model });
    }
  }
  throw FieldError.unknown(key, context.model.name, Object.keys(context.model.fields));
}

function afterTransforms(type: ValueType, names: readonly string[]): ValueType {
  if (names.length === 0 || type.kind === 'Json') return type;
  if (names[0] === 'date') return typeOf('Date');
  return names[0] === 'time' ? typeOf('Time') : typeOf('Int');
}

const quantifiers = ['some', 'every', 'none', 'is', 'isNot'] as const;

function relationCondition(
  path: string,
  value: unknown,
  relation: RelationField,
  context: WhereContext,
): Condition {
  // There is no one column that tells of a key of several whether there is a row.
  const isComposite = context.model.primaryKey.length > 1 && !relation.isList;
  const missing = (isMissing: boolean): Condition =>
    isComposite
      ? { kind: 'related', path, quantifier: isMissing ? 'is' : 'isNot', condition: null }
      : lookup(path, 'isnull', isMissing);
  if (value === null) return missing(true);
  if (!isPlainObject(value)) return lookup(path, 'equals', value);
  const related = { schema: context.schema, model: context.model };
  const conditions: Condition[] = [];
  const nested: Record<string, unknown> = {};
  for (const key in value) {
    const inner = value[key];
    if (inner === undefined) continue;
    const quantifier = quantifiers.find((name) => name === key);
    if (quantifier) {
      const condition = inner === null ? null : conditionOf(inner, related);
      conditions.push({ kind: 'related', path, quantifier, condition });
    } else if (isComposite && key === 'isnull' && typeof inner === 'boolean') {
      conditions.push(missing(inner));
    } else if (keyLookups.has(key) && !findField(context.model, key)) {
      conditions.push(lookup(path, key, inner));
    } else {
      nested[key] = inner;
    }
  }
  const [unknown] = Object.keys(nested).filter(
    (name) => !/^(AND|OR|NOT)$/.test(name) && !findField(context.model, name.split('.')[0]!),
  );
  if (unknown !== undefined)
    throw FieldError.unknown(unknown, context.model.name, [
      ...Object.keys(context.model.fields),
      ...keyLookups,
    ]);
  if (Object.keys(nested).length > 0) {
    if (relation.isList) {
      throw new FieldError(
        `"${path}" has many rows: say some, every or none of them, or name a path such as "${path}.${Object.keys(nested)[0]}".`,
      );
    }
    conditions.push({ kind: 'related', path, quantifier: 'is', condition: conditionOf(nested, related) });
  }
  return conditions.length === 1 ? conditions[0]! : group('and', conditions);
}

/** The conditions on a value: lookups in an object, or a value that it equals. */
function valueCondition(left: string, value: unknown, type: ValueType): Condition {
  if (!isLookups(value, type)) return lookup(left, 'equals', value);
  const insensitive = value['mode'] === 'insensitive';
  const path = jsonPath(value['path']);
  const target = path ? new JsonKey(new Reference(left), path) : left;
  const conditions: Condition[] = [];
  for (const key in value) {
    const right = value[key];
    if (right === undefined || key === 'mode' || (key === 'path' && path)) continue;
    if (key === 'not') {
      conditions.push(notCondition(target, right, type, insensitive));
    } else if (isTemporal(type) && isDateTransform(key)) {
      conditions.push(valueCondition(`${left}.${key}`, right, afterTransforms(type, [key])));
    } else if (lookups.has(key)) {
      conditions.push({ ...lookup(target, key, right), ...(insensitive && { insensitive }) });
    } else {
      throw FieldError.unknown(key, `the filter of "${left}"`, lookups.keys());
    }
  }
  return conditions.length === 1 ? conditions[0]! : group('and', conditions);
}

function notCondition(
  left: string | Expression,
  value: unknown,
  type: ValueType,
  insensitive: boolean,
): Condition {
  if (value === null) return lookup(left, 'isnull', false);
  if (typeof left !== 'string' || !isLookups(value, type)) return lookup(left, 'not', value);
  const inner = insensitive ? { mode: 'insensitive', ...value } : value;
  return { kind: 'not', condition: valueCondition(left, inner, type) };
}

/** An object is a set of lookups; for a JSON field only where it names some, as any other object is a document. */
function isLookups(value: unknown, type: ValueType): value is Record<string, unknown> {
  if (!isPlainObject(value)) return false;
  if (type.kind !== 'Json') return true;
  const keys = Object.keys(value);
  return (
    keys.length > 0 &&
    keys.every((key) => lookups.has(key) || key === 'path' || key === 'not' || key === 'mode')
  );
}

function jsonPath(path: unknown): string[] | undefined {
  return Array.isArray(path) ? path.map(String) : undefined;
}

/** Whether a value is an object written in braces, and not a value of its own kind. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Expression) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array) &&
    !isDecimal(value) &&
    !isExpressionSource(value) &&
    (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
  );
}
