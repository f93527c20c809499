import { HostObject, type Keywords, native, raise, tuple, type Value } from '../python/index.js';

/** An aware datetime. */
export class Moment extends HostObject {
  readonly typeName = 'datetime';

  constructor(readonly date: Date) {
    super();
  }
}

/** A length of time. */
export class Timedelta extends HostObject {
  readonly typeName = 'timedelta';

  constructor(readonly milliseconds: number) {
    super();
  }
}

/** A dict that lives in the session: what the program does to it happens there. */
export class StoredDict extends HostObject {
  readonly typeName = 'dict';

  constructor(readonly values: Record<string, unknown>) {
    super();
  }

  override getItem(key: Value): Value {
    return this.contains(key) ? toPython(this.values[String(key)]) : raise('KeyError', String(key));
  }

  override setItem(key: Value, value: Value): void {
    this.values[String(key)] = toOurs(value);
  }

  override deleteItem(key: Value): void {
    if (!this.contains(key)) raise('KeyError', String(key));
    delete this.values[String(key)];
  }

  override contains(key: Value): boolean {
    return Object.hasOwn(this.values, String(key));
  }

  override iterate(): string[] {
    return Object.keys(this.values);
  }

  override length(): number {
    return this.iterate().length;
  }

  override getAttribute(name: string): Value {
    if (name === 'get') {
      return native('get', ([key, otherwise = null]) => (this.contains(key) ? this.getItem(key) : otherwise));
    }
    if (name === 'items') {
      return native('items', () => this.iterate().map((key) => tuple([key, this.getItem(key)])));
    }
    return undefined;
  }
}

const units: Record<string, number> = { days: 86400, hours: 3600, minutes: 60, seconds: 1, weeks: 604800 };

export const timedelta = native('timedelta', (args: readonly Value[], keywords: Keywords) => {
  const parts = [['days', args[0] ?? 0], ['seconds', args[1] ?? 0], ...Object.entries(keywords)] as const;
  const seconds = parts.reduce(
    (sum, [unit, amount]) => sum + Number(amount) * (units[unit] ?? Number.NaN),
    0,
  );
  return new Timedelta(seconds * 1000);
});

export const utc = native('utc', ([text]) => new Moment(new Date(`${String(text)}Z`)));

/** Turns a value of the program into what a TypeScript developer would write. */
export function toOurs(value: Value): unknown {
  if (value instanceof Moment) return value.date;
  if (value instanceof StoredDict) return value.values;
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, item]) => [String(key), toOurs(item)]));
  }
  if (!Array.isArray(value) || Object.isFrozen(value))
    return Array.isArray(value) ? value.map(toOurs) : value;
  // In place: the program goes on holding its list.
  for (const [index, item] of value.entries()) value[index] = toOurs(item);
  return value;
}

/** Turns a value of ours into one of the program. */
export function toPython(value: unknown): Value {
  if (value === undefined) return null;
  if (value instanceof Date) return new Moment(value);
  if (value instanceof HostObject) return value;
  if (Array.isArray(value)) return value.some(isPlain) ? value.map(toPython) : value;
  return isPlain(value) ? new StoredDict(value) : value;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
