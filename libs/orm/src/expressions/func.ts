import { InvalidValueError } from '../errors.js';
import type { Scope } from '../query/scope.js';
import { join, keyword, sql } from '../query/sql.js';
import { typeOf, type ValueType } from '../query/value-type.js';
import type { CastTypes } from './cast-types.js';
import { type Argument, Expression, inherited, type Operand } from './expression.js';
import { argumentOf } from './reference.js';

/**
 * A call of a function of the database: the parent of most expressions. Django: `Func`.
 *
 * @example
 * const Soundex = (name: Argument) => new FunctionCall<string>('soundex', [argumentOf(name)], () => typeOf('String'));
 */
export class FunctionCall<T = unknown> extends Expression<T> {
  constructor(
    readonly name: string,
    readonly args: readonly Expression[],
    readonly type: (args: readonly ValueType[]) => ValueType,
    /** Writes the call where it is more than the name and its arguments. */
    readonly write?: (args: readonly Operand[], scope: Scope) => Operand['node'],
  ) {
    super();
  }

  override get sources(): readonly Expression[] {
    return this.args;
  }

  override resolve(scope: Scope): Operand {
    const args = this.args.map((arg) => arg.resolve(scope));
    const node = this.write?.(args, scope) ?? scope.dialect.call(this.name, args);
    return { node, type: this.type(args.map((arg) => arg.type)), ...inherited(args) };
  }
}

export interface FuncOptions<K extends keyof CastTypes> {
  /** The type of its value. Default: the type of its first argument. */
  as?: K;
  /** How the call is written. Default `'{function}({expressions})'`. */
  template?: string;
}

/**
 * Calls any function of the database. Its name and the template become a part of the SQL as they are; values can only
 * enter as arguments. Django: `Func`.
 *
 * @example
 * authors.annotate({ sound: Func('soundex', ['name'], { as: 'String' }) })
 */
export function Func<K extends keyof CastTypes = never>(
  name: string,
  args: readonly Argument[],
  { as, template = '{function}({expressions})' }: FuncOptions<K> = {},
): FunctionCall<[K] extends [never] ? unknown : CastTypes[K] | null> {
  if (!/^[a-z_][\w.]*$/i.test(name)) throw new InvalidValueError(`"${name}" is no name of a function.`);
  const parts = template.split(/(\{function\}|\{expressions\})/);
  return new FunctionCall(
    name,
    args.map(argumentOf),
    ([first]) => (as ? typeOf(as) : (first ?? typeOf('Unknown'))),
    (operands) => {
      const list = operands.map(({ node }) => node);
      const nodes = parts.map((part) => {
        if (part === '{expressions}') return list.length > 0 ? join(list, ', ') : sql``;
        return keyword(part === '{function}' ? name : part);
      });
      return join(nodes, '');
    },
  );
}
