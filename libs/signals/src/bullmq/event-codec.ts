/** Event payloads as JSON values; what JSON has no word for is put into an object with one key that begins with `$`. */
type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

/**
 * Makes a value one that JSON can carry: dates, bigints, sets, maps and bytes come back as they were.
 *
 * Functions and `undefined` are left out, and any other object becomes what its `toJSON()` or its own properties say.
 */
export function encode(value: unknown): Plain | undefined {
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value === 'bigint') return { $bigint: value.toString() };
  if (typeof value !== 'object' || value === null) return value as Plain;
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (value instanceof Set) return { $set: encodeAll([...value]) };
  if (value instanceof Map) return { $map: encodeAll([...value]) };
  if (Array.isArray(value)) return encodeAll(value);
  if ('toJSON' in value && typeof value.toJSON === 'function') return encode(value.toJSON());
  return encodeObject(value);
}

/** Makes of {@link encode}'s result what it was. */
export function decode(value: Plain): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(decode);
  const [[tag, content] = []] = Object.entries(value);
  const decoder = tag === undefined ? undefined : decoders[tag];
  if (decoder !== undefined && Object.keys(value).length === 1) return decoder(content as never);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, decode(one)]));
}

const decoders: Readonly<Record<string, (content: never) => unknown>> = {
  $bigint: (digits: string) => BigInt(digits),
  $date: (text: string) => new Date(text),
  $bytes: (text: string) => new Uint8Array(Buffer.from(text, 'base64')),
  $set: (items: Plain[]) => new Set(items.map(decode)),
  $map: (entries: Plain[]) => new Map(entries.map((entry) => decode(entry) as [unknown, unknown])),
  // An object of the application's that looks like one of these is wrapped once more.
  $object: (object: Plain) =>
    Object.fromEntries(Object.entries(object as object).map(([name, one]) => [name, decode(one as Plain)])),
};

function encodeAll(values: readonly unknown[]): Plain[] {
  return values.map((one) => encode(one) ?? null);
}

function encodeObject(value: object): Plain {
  const entries = Object.entries(value).flatMap(([name, one]) => {
    const encoded = encode(one);
    return encoded === undefined ? [] : [[name, encoded] as const];
  });
  const object = Object.fromEntries(entries);
  const [first] = entries;
  return entries.length === 1 && first![0] in decoders ? { $object: object } : object;
}
