import { call } from './access.js';
import { ExceptionClass, raise } from './errors.js';
import { HostObject, type Keywords, native, tuple, type Value } from './host-object.js';
import type { Parameters } from './syntax.js';

/** A function or a lambda of the program. */
export class PythonFunction extends HostObject {
  readonly typeName = 'function';

  constructor(
    readonly name: string,
    readonly isAsync: boolean,
    private readonly signature: Signature,
    private readonly run: (locals: Record<string, Value>) => Promise<Value>,
  ) {
    super();
  }

  override getAttribute(name: string): Value {
    return name === '__name__' || name === '__qualname__' ? this.name : undefined;
  }

  override async call(args: readonly Value[], keywords: Keywords): Promise<Value> {
    return this.run(this.signature.bind(this.name, args, keywords));
  }
}

/** The parameters of a function, their defaults computed. */
export class Signature {
  constructor(
    private readonly parameters: Parameters,
    /** Of the last positional parameters, and by name of those that are keywords only. */
    private readonly defaults: readonly Value[],
    private readonly keywordDefaults: Keywords,
  ) {}

  /** Gives every parameter its value. */
  bind(callee: string, args: readonly Value[], keywords: Keywords): Record<string, Value> {
    const { posonlyargs = [], args: positional = [], vararg, kwonlyargs = [], kwarg } = this.parameters;
    const names = [...posonlyargs, ...positional].map(({ arg }) => arg);
    const locals: Record<string, Value> = {};
    names
      .slice(names.length - this.defaults.length)
      .forEach((name, index) => (locals[name] = this.defaults[index]));
    Object.assign(locals, this.keywordDefaults);
    names.slice(0, args.length).forEach((name, index) => (locals[name] = args[index]));
    if (vararg) locals[vararg.arg] = tuple(args.slice(names.length));
    else if (args.length > names.length)
      raise('TypeError', `${callee}() takes ${names.length} positional arguments`);
    const rest = new Map<Value, Value>();
    const named = new Set([...positional, ...kwonlyargs].map(({ arg }) => arg));
    for (const [name, value] of Object.entries(keywords)) {
      if (named.has(name)) locals[name] = value;
      else if (kwarg) rest.set(name, value);
      else raise('TypeError', `${callee}() got an unexpected keyword argument '${name}'`);
    }
    if (kwarg) locals[kwarg.arg] = rest;
    const absent = [...names, ...kwonlyargs.map(({ arg }) => arg)].find(
      (name) => !Object.hasOwn(locals, name),
    );
    if (absent !== undefined) raise('TypeError', `${callee}() missing 1 required argument: '${absent}'`);
    return locals;
  }
}

/** A class of the program; calling it makes an instance. */
export class PythonClass extends HostObject {
  readonly typeName = 'type';

  constructor(
    readonly name: string,
    readonly bases: readonly Value[],
    readonly members: Map<string, Value>,
  ) {
    super();
  }

  /** Finds a member here or in a class that this one extends. */
  find(name: string): Value | undefined {
    if (this.members.has(name)) return this.members.get(name);
    for (const base of this.bases) {
      const found = base instanceof PythonClass ? base.find(name) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  override getAttribute(name: string): Value {
    return name === '__name__' || name === '__qualname__' ? this.name : this.find(name);
  }

  override setAttribute(name: string, value: Value): void {
    this.members.set(name, value);
  }

  override async call(args: readonly Value[], keywords: Keywords): Promise<Value> {
    const instance = new PythonInstance(this);
    const initialise = this.find('__init__');
    if (initialise !== undefined) await call(initialise, [instance, ...args], keywords);
    return instance;
  }

  override hasInstance(value: Value): boolean {
    return value instanceof PythonInstance && value.type.isOrExtends(this);
  }

  isOrExtends(other: PythonClass): boolean {
    return (
      this === other || this.bases.some((base) => base instanceof PythonClass && base.isOrExtends(other))
    );
  }
}

/** An object of a class of the program. */
export class PythonInstance extends HostObject {
  readonly #attributes = new Map<string, Value>();

  constructor(readonly type: PythonClass) {
    super();
  }

  get typeName(): string {
    return this.type.name;
  }

  override getAttribute(name: string): Value {
    if (this.#attributes.has(name)) return this.#attributes.get(name);
    if (name === '__class__') return this.type;
    const member = this.type.find(name);
    if (!(member instanceof PythonFunction)) return member;
    return native(member.name, (args, keywords) => member.call([this, ...args], keywords));
  }

  override setAttribute(name: string, value: Value): void {
    this.#attributes.set(name, value);
  }

  override deleteAttribute(name: string): void {
    if (!this.#attributes.delete(name)) raise('AttributeError', name);
  }

  override async call(args: readonly Value[], keywords: Keywords): Promise<Value> {
    return call(this.getAttribute('__call__'), args, keywords);
  }
}

/** Makes the class that a `class` statement describes: an exception where it extends one. */
export function makeClass(name: string, bases: readonly Value[], members: Map<string, Value>): HostObject {
  const exception = bases.find((base) => base instanceof ExceptionClass);
  return exception ? new ExceptionClass(name, exception) : new PythonClass(name, bases, members);
}
