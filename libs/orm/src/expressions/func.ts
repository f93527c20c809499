import type { Scope } from '../query/scope.js';
import { call } from '../query/sql.js';
import type { ValueType } from '../query/value-type.js';
import { Expression, inherited, type Operand } from './expression.js';

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
    const node =
      this.write?.(args, scope) ??
      call(
        this.name,
        args.map((arg) => arg.node),
      );
    return { node, type: this.type(args.map((arg) => arg.type)), ...inherited(args) };
  }
}
