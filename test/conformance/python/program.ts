import { builtins } from './builtins.js';
import { evaluate } from './expressions.js';
import type { Value } from './host-object.js';
import { Scope } from './scope.js';
import { executeBlock } from './statements.js';
import type { Expression, Statement } from './syntax.js';

/**
 * A Python program that runs piece by piece and keeps its names in between.
 *
 * @example
 * const program = new Program({ session: new SessionObject(session) });
 * await program.run(op.ast); // the value of `session["a"]`
 */
export class Program {
  readonly #scope: Scope;

  constructor(names: Readonly<Record<string, Value>>) {
    this.#scope = new Scope(new Scope(undefined, { ...builtins, ...names }));
  }

  evaluate(expression: Expression): Promise<Value> {
    return evaluate(expression, this.#scope);
  }

  /** Runs statements; returns the value of the last one where that is an expression, and undefined otherwise. */
  async run(statements: readonly Statement[]): Promise<Value | undefined> {
    const last = statements.at(-1);
    if (last?._ !== 'Expr') return void (await executeBlock(statements, this.#scope));
    await executeBlock(statements.slice(0, -1), this.#scope);
    return this.evaluate(last.value);
  }
}
