import { HostObject } from '../python/index.js';
import { Moment, StoredDict, Timedelta } from './python-values.js';
import { digest, type StoredRow } from './session-stores.js';

/** Writes down what was observed in the form of the recorded cases. */
export class Encoder {
  /** Keys that were seen, and their names in order of first mention. */
  readonly #keys = new Set<string>();
  readonly #names = new Map<string, string>();

  constructor(private readonly cookieName: string) {}

  get keys(): string[] {
    return [...this.#keys];
  }

  /** Notes a session key, so that it is known where it appears. */
  see(key: string): void {
    this.#keys.add(key);
  }

  value(value: unknown): unknown {
    if (value === undefined || value === null) return null;
    if (typeof value === 'string')
      return this.#keys.has(value) ? this.#nameOf(digest(value)) : canonical(value);
    if (value instanceof Moment) return canonical(value.date.toISOString());
    if (value instanceof Date) return canonical(value.toISOString());
    if (value instanceof Timedelta) return { seconds: value.milliseconds / 1000 };
    if (value instanceof StoredDict) return this.value(value.values);
    if (value instanceof HostObject) return { type: value.typeName };
    if (value instanceof Map) return this.value(Object.fromEntries(value));
    if (value instanceof Set) return [...value].map((item) => this.value(item));
    if (Array.isArray(value)) return value.map((item) => this.value(item));
    if (typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.value(item)]));
  }

  /** Encodes a `Set-Cookie`: the order of attributes and the case of their names mean nothing. */
  setCookie(text: string): string {
    const [pair, ...attributes] = text.split('; ') as [string, ...string[]];
    const value = pair.slice(this.cookieName.length + 1);
    return cookieOf(this.cookieName, value === '' ? '""' : this.#nameOf(digest(value)), attributes);
  }

  stored(rows: readonly StoredRow[]): unknown[] {
    const known = new Map(this.keys.map((key, index) => [digest(key), index]));
    const order = (row: StoredRow) => known.get(row.id) ?? known.size;
    return [...rows]
      .sort((a, b) => order(a) - order(b))
      .map(({ id, data, expiresAt }) => ({
        key: this.#nameOf(id),
        data: this.value(JSON.parse(data)),
        expires_in: (expiresAt.getTime() - Date.now()) / 1000,
      }));
  }

  #nameOf(id: string): string {
    if (!this.#names.has(id)) this.#names.set(id, `<key${this.#names.size + 1}>`);
    return this.#names.get(id)!;
  }
}

/** What the rows and keys of an engine look like. */
export interface EngineForm {
  /** Whether the key is the session itself: it then changes with every save, and nothing is stored. */
  readonly isSealed: boolean;
  /** Whether Django's engine notes when a session ends; the recordings name `expires_in` only there. */
  readonly hasExpiry: boolean;
}

/** Brings what was recorded, or observed, to the same spelling. */
export function normalise(value: unknown, form: EngineForm): unknown {
  const { isSealed, hasExpiry } = form;
  if (typeof value === 'string') {
    const text = isSealed ? value.replaceAll(/<(?:key|signed)\d+>/g, '<sealed>') : value;
    return isSetCookie(text) ? normaliseCookie(text) : canonical(text);
  }
  if (Array.isArray(value)) return value.map((item) => normalise(item, form));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !(isSealed && key === 'stored') && !(!hasExpiry && key === 'expires_in'))
      .map(([key, item]) => [key, normalise(item, form)]),
  );
}

function isSetCookie(text: string): boolean {
  return /^[^=;\s]+=.*; Path=/.test(text);
}

function normaliseCookie(text: string): string {
  const [pair, ...attributes] = text.split('; ') as [string, ...string[]];
  const equals = pair.indexOf('=');
  return cookieOf(pair.slice(0, equals), pair.slice(equals + 1), attributes);
}

function cookieOf(name: string, value: string, attributes: readonly string[]): string {
  const lowerCase = attributes.map((attribute) =>
    attribute.replace(/^[^=]*/, (title) => title.toLowerCase()),
  );
  return [`${name}=${value}`, ...lowerCase.sort()].join('; ');
}

/** Writes every spelling of a moment alike. */
function canonical(text: string): string {
  const isMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text);
  return isMoment ? new Date(text).toISOString() : text;
}
