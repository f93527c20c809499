import type { Session } from '@nest-quintet/sessions';
import { HostObject, isTuple, native, raise, tuple, type Value } from '../python/index.js';
import { Timedelta, toOurs, toPython } from './python-values.js';

/** Names that are not Django's in camelCase. */
const spellings: Record<string, string> = { items: 'entries', setdefault: 'setDefault', has_key: 'has' };

/** `request.session` of the program. */
export class SessionObject extends HostObject {
  readonly typeName = 'SessionStore';

  constructor(readonly session: Session) {
    super();
  }

  override getItem(key: Value): Value {
    return this.contains(key) ? toPython(this.session.get(String(key))) : raise('KeyError', String(key));
  }

  override setItem(key: Value, value: Value): void {
    this.session.set(String(key), toOurs(value));
  }

  override deleteItem(key: Value): void {
    if (!this.session.delete(String(key))) raise('KeyError', String(key));
  }

  override contains(key: Value): boolean {
    return this.session.has(String(key));
  }

  override getAttribute(name: string): Value | undefined {
    if (name === 'pop') return native(name, (args) => this.#pop(args));
    const ours = spellings[name] ?? toCamelCase(name);
    const member = (this.session as unknown as Record<string, unknown>)[ours];
    if (typeof member !== 'function') return ours in this.session ? toPython(member) : undefined;
    return native(name, async (args) => {
      const result: unknown = await (member as (...args: unknown[]) => unknown)(...args.map(toArgument));
      if (result === this.session) return null;
      return ours === 'entries' ? (result as [string, unknown][]).map(toPair) : toPython(result);
    });
  }

  override setAttribute(name: string, value: Value): void {
    Reflect.set(this.session, toCamelCase(name), value);
  }

  #pop([key, ...otherwise]: readonly Value[]): Value {
    // Without a default Python tells the missing key by an error, we by undefined.
    if (otherwise.length === 0 && !this.contains(key)) raise('KeyError', String(key));
    return toPython(this.session.pop(String(key), toOurs(otherwise[0])));
  }
}

function toArgument(value: Value): unknown {
  // Python's way to say a moment from now.
  if (value instanceof Timedelta) return new Date(Date.now() + value.milliseconds);
  return isTuple(value) ? [...(value as Value[])].map(toOurs) : toOurs(value);
}

function toPair([key, value]: [string, unknown]): Value {
  return tuple([key, toPython(value)]);
}

function toCamelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
