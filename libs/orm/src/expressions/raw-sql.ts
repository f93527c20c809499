import type { OperationNode } from 'kysely';
import { InvalidValueError } from '../errors.js';
import type { Scope } from '../query/scope.js';
import type { SqlDialect } from '../query/sql-dialect.js';
import { join, keyword, parameter } from '../query/sql.js';
import { toParameter } from '../query/to-parameter.js';
import { typeOf, type ValueType } from '../query/value-type.js';
import type { SchemaMetadata } from '../metadata/schema.js';
import type { CastTypes } from './cast-types.js';
import { Expression, inherited, isExpressionSource, Literal, type Operand, operandOf } from './expression.js';
import { inferType } from './literal.js';

/** SQL written by hand, as an expression or as a statement for `raw()`; values in it are bound, never concatenated. */
export class SqlFragment<T = unknown> extends Expression<T> {
  constructor(
    readonly texts: readonly string[],
    readonly values: readonly unknown[],
    readonly type: ValueType = typeOf('Unknown'),
  ) {
    super();
  }

  override get sources(): readonly Expression[] {
    return this.values.filter((value) => value instanceof Expression);
  }

  /** Says what its value is, so that it is read as Prisma reads a field of that type. */
  as<K extends keyof CastTypes>(type: K): SqlFragment<CastTypes[K] | null> {
    return new SqlFragment(this.texts, this.values, typeOf(type));
  }

  override resolve(scope: Scope): Operand {
    const operands = this.values.map((value) => operandOf(value).resolve(scope));
    const node = this.#written(operands.map((operand) => operand.node));
    return { node, type: this.type, ...inherited(operands) };
  }

  /** Writes it as a statement, in which there are no names of a model. */
  statement(dialect: SqlDialect, schema: SchemaMetadata): OperationNode {
    return this.#written(
      this.values.map((value) => {
        if (value instanceof SqlFragment) return value.statement(dialect, schema);
        const given: unknown = value instanceof Literal ? value.value : value;
        if (given instanceof Expression || isExpressionSource(given)) {
          throw new InvalidValueError(
            'A statement takes values and other sql`…`; an expression has no model here.',
          );
        }
        return parameter(toParameter(given, inferType(given), { dialect, schema }));
      }),
    );
  }

  #written(nodes: readonly OperationNode[]): OperationNode {
    const parts = this.texts.flatMap((text, index) =>
      index < nodes.length ? [keyword(text), nodes[index]!] : [keyword(text)],
    );
    return join(parts, '');
  }
}

/**
 * Writes SQL by hand: values are bound, expressions and QuerySets are put in their place.
 *
 * @example
 * books.annotate({ initial: sql`left(${F('name')}, ${1})`.as('String') })
 * await books.raw(sql`select * from shop_book where rating > ${4}`)
 */
export function sql<T = unknown>(texts: TemplateStringsArray, ...values: unknown[]): SqlFragment<T> {
  return new SqlFragment(texts, values);
}

/** SQL as text, with `%s` where a parameter stands and `%%` for a percent sign. Django: `RawSQL`. */
export function RawSQL<K extends keyof CastTypes = never>(
  text: string,
  parameters: readonly unknown[] = [],
  as?: K,
): SqlFragment<[K] extends [never] ? unknown : CastTypes[K] | null> {
  const texts = [''];
  for (const part of text.split(/(%%|%s)/)) {
    if (part === '%s') texts.push('');
    else texts.push(texts.pop()! + (part === '%%' ? '%' : part));
  }
  if (texts.length - 1 !== parameters.length) {
    throw new InvalidValueError(
      `RawSQL has %s ${texts.length - 1} times, and ${parameters.length} parameters.`,
    );
  }
  const [first = '', ...rest] = texts;
  const parenthesized = [`(${first}`, ...rest];
  return new SqlFragment(
    [...parenthesized.slice(0, -1), `${parenthesized.at(-1)})`],
    parameters,
    typeOf(as ?? 'Unknown'),
  );
}
