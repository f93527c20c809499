/** What a header may be set to; a list makes one line of each item, as `Set-Cookie` needs. */
export type HeaderValue = string | number | readonly string[];

/** What headers can be made of: a plain object, pairs, or other headers. */
export type HeadersInit =
  Iterable<readonly [string, HeaderValue]> | Readonly<Record<string, HeaderValue | undefined>>;

interface Entry {
  /** The name as it was first written, which is how it is sent. */
  readonly name: string;
  readonly value: string | readonly string[];
}

/**
 * Holds the headers of a response: names in any case, several lines per name.
 *
 * @example
 * response.headers.set('X-Frame-Options', 'DENY');
 * response.headers.append('Set-Cookie', 'a=1');
 * response.headers.getAll('set-cookie'); // ['a=1']
 */
export class HttpHeaders implements Iterable<[name: string, value: string | readonly string[]]> {
  readonly #entries = new Map<string, Entry>();

  constructor(init?: HeadersInit) {
    if (init === undefined) return;
    const pairs =
      Symbol.iterator in init ? (init as Iterable<readonly [string, HeaderValue]>) : Object.entries(init);
    for (const [name, value] of pairs) if (value !== undefined) this.set(name, value);
  }

  /** Returns the value; several lines are joined by a comma. `undefined` when there is none. */
  get(name: string): string | undefined {
    const value = this.#entries.get(name.toLowerCase())?.value;
    return value === undefined || typeof value === 'string' ? value : value.join(', ');
  }

  /** Returns the value's lines, which is how several `Set-Cookie` are read. */
  getAll(name: string): readonly string[] {
    const value = this.#entries.get(name.toLowerCase())?.value;
    return value === undefined ? [] : typeof value === 'string' ? [value] : value;
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase());
  }

  /** Sets the value in place of what was there. */
  set(name: string, value: HeaderValue): this {
    const key = name.toLowerCase();
    const text = typeof value === 'object' ? value : String(value);
    this.#entries.set(key, { name: this.#entries.get(key)?.name ?? name, value: text });
    return this;
  }

  /** Sets the value unless there is one. Django: `response.headers.setdefault`. */
  setDefault(name: string, value: HeaderValue): this {
    return this.has(name) ? this : this.set(name, value);
  }

  /** Adds a line after those that are there. */
  append(name: string, value: string): this {
    const lines = this.getAll(name);
    return this.set(name, lines.length === 0 ? value : [...lines, value]);
  }

  /** Removes the header and says whether it was there. */
  delete(name: string): boolean {
    return this.#entries.delete(name.toLowerCase());
  }

  clear(): void {
    this.#entries.clear();
  }

  get size(): number {
    return this.#entries.size;
  }

  *[Symbol.iterator](): Generator<[name: string, value: string | readonly string[]]> {
    for (const { name, value } of this.#entries.values()) yield [name, value];
  }

  /** Returns a copy that changes on its own. */
  clone(): HttpHeaders {
    return new HttpHeaders(this);
  }

  toJSON(): Record<string, string | readonly string[]> {
    return Object.fromEntries(this);
  }
}
