import { raise } from './errors.js';
import type { Value } from './host-object.js';

/** The names that a piece of the program sees: its own, then those around it. */
export class Scope {
  readonly #names = new Map<string, Value>();
  /** Names that belong to a scope further out, by `global` and `nonlocal`. */
  readonly #outer = new Set<string>();

  constructor(
    readonly parent: Scope | undefined,
    names: Readonly<Record<string, Value>> = {},
  ) {
    for (const [name, value] of Object.entries(names)) this.#names.set(name, value);
  }

  get(name: string): Value {
    const owner = this.#ownerOf(name);
    return owner ? owner.#names.get(name) : raise('NameError', `name '${name}' is not defined`);
  }

  set(name: string, value: Value): void {
    const owner = this.#outer.has(name) && this.parent ? this.parent.#ownerOf(name) : undefined;
    (owner ?? this).#names.set(name, value);
  }

  delete(name: string): void {
    if (!this.#names.delete(name)) raise('NameError', `name '${name}' is not defined`);
  }

  declareOuter(names: readonly string[]): void {
    for (const name of names) this.#outer.add(name);
  }

  /** The names of this scope alone. */
  own(): Map<string, Value> {
    return this.#names;
  }

  #ownerOf(name: string): Scope | undefined {
    if (this.#names.has(name)) return this;
    return this.parent ? this.parent.#ownerOf(name) : undefined;
  }
}
