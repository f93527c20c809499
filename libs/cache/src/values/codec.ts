import { UncacheableValueError } from '../errors.js';
import { uncacheable } from './copy-value.js';
import { isPlainObject, setOwn } from './plain.js';
import type { ValueType } from './value-type.js';

/** What JSON cannot say is written as `{ "$": type, "v": data }`. */
interface Labelled {
  readonly $: string;
  readonly v?: unknown;
}

/** The first byte of a value that carries raw bytes; no JSON text begins with it. */
const BINARY = 0;

/** No JSON text has a line break within one of its strings. */
const SEPARATOR = Buffer.of(0x2c, 0x0a);
const EMPTY = Buffer.alloc(0);

/**
 * Writes values for stores outside of this process, and reads them back.
 *
 * Plain data is JSON text, so that whole numbers can be counted by the store and other programs can read along.
 * A value with bytes in it is a zero byte, the length of its JSON, the JSON, then the bytes as they are.
 */
export class ValueCodec {
  readonly #types: readonly ValueType[];

  /** @param meter Counts the bytes that are written and read. */
  constructor(
    types: readonly ValueType[],
    private readonly meter?: { bytesRead: number; bytesWritten: number },
  ) {
    this.#types = types;
  }

  /** @throws UncacheableValueError for functions, symbols, circular data and instances of unknown classes. */
  encode(value: unknown): string | Buffer {
    const encoded = this.#encode(value);
    if (this.meter) this.meter.bytesWritten += sizeOf(encoded);
    return encoded;
  }

  #encode(value: unknown): string | Buffer {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const json = this.#stringify(value, (bytes) => {
      chunks.push(bytes);
      size += bytes.length;
      return [size - bytes.length, bytes.length];
    });
    if (chunks.length === 0) return json;
    const head = Buffer.from(json);
    const start = Buffer.alloc(5);
    start[0] = BINARY;
    start.writeUInt32BE(head.length, 1);
    return Buffer.concat([start, head, ...chunks]);
  }

  /** Writes a value as text alone, bytes in Base64, for stores that keep text. */
  encodeText(value: unknown): string {
    return this.#stringify(value, (bytes) => Buffer.from(bytes).toString('base64'));
  }

  /** @throws Error when the store answered something that was not written here; the caller makes it a miss. */
  decode(stored: Buffer | string): unknown {
    if (this.meter) this.meter.bytesRead += sizeOf(stored);
    if (typeof stored === 'string') return this.#parse(stored, EMPTY);
    if (stored[0] !== BINARY) return this.#parse(stored.toString(), EMPTY);
    const end = 5 + stored.readUInt32BE(1);
    return this.#parse(stored.toString('utf8', 5, end), stored.subarray(end));
  }

  /** Reads many values at once, which is faster; whatever was not written here is `undefined`, a miss. */
  decodeMany(stored: readonly (Buffer | null | undefined)[]): unknown[] {
    const texts = stored.filter((bytes) => bytes && bytes[0] !== BINARY) as Buffer[];
    const parsed = texts.length > 1 ? this.#parseMany(texts) : undefined;
    if (!parsed) return stored.map((bytes) => (bytes ? this.#decodeOrMiss(bytes) : undefined));
    let next = 0;
    return stored.map((bytes) => {
      if (!bytes) return undefined;
      return bytes[0] === BINARY ? this.#decodeOrMiss(bytes) : parsed[next++];
    });
  }

  /** Reads texts as one; `undefined` where that cannot be done, since one of them is no JSON. */
  #parseMany(texts: readonly Buffer[]): unknown[] | undefined {
    const text = `[${join(texts)}]`;
    let parsed: unknown[];
    try {
      parsed = JSON.parse(text) as unknown[];
      if (text.includes('"$":')) parsed = parsed.map((data) => this.#unpack(data, EMPTY));
    } catch {
      return undefined;
    }
    if (parsed.length !== texts.length) return undefined;
    if (this.meter) this.meter.bytesRead += texts.reduce((sum, { length }) => sum + length, 0);
    return parsed;
  }

  #decodeOrMiss(bytes: Buffer): unknown {
    try {
      return this.decode(bytes);
    } catch {
      return undefined;
    }
  }

  #stringify(value: unknown, putBytes: (bytes: Uint8Array) => unknown): string {
    try {
      return JSON.stringify(this.#pack(value, putBytes));
    } catch (error) {
      if (error instanceof RangeError) {
        throw new UncacheableValueError('Cannot cache data that refers to itself, or is nested too deeply.', {
          cause: error,
        });
      }
      throw error;
    }
  }

  #pack(value: unknown, putBytes: (bytes: Uint8Array) => unknown): unknown {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) ? value : label('number', String(value));
      case 'bigint':
        return label('bigint', String(value));
      case 'undefined':
        return label('undefined');
      case 'object':
        return value === null ? null : this.#packObject(value, putBytes);
      default:
        throw uncacheable(value);
    }
  }

  #packObject(value: object, putBytes: (bytes: Uint8Array) => unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#pack(item, putBytes));
    if (isPlainObject(value)) {
      const packed: Record<string, unknown> = {};
      for (const key of Object.keys(value)) setOwn(packed, key, this.#pack(value[key], putBytes));
      return '$' in packed ? label('object', packed) : packed;
    }
    if (value instanceof Uint8Array)
      return label(Buffer.isBuffer(value) ? 'Buffer' : 'Uint8Array', putBytes(value));
    const type = this.#types.find((candidate) => candidate.is(value));
    if (!type) throw uncacheable(value);
    return label(type.name, this.#pack(type.toData(value), putBytes));
  }

  #parse(text: string, bytes: Buffer): unknown {
    const data: unknown = JSON.parse(text);
    return text.includes('"$":') ? this.#unpack(data, bytes) : data;
  }

  #unpack(data: unknown, bytes: Buffer): unknown {
    if (typeof data !== 'object' || data === null) return data;
    if (Array.isArray(data)) return data.map((item) => this.#unpack(item, bytes));
    return '$' in data ? this.#unlabel(data as Labelled, bytes) : this.#unpackFields(data, bytes);
  }

  #unpackFields(data: object, bytes: Buffer): Record<string, unknown> {
    const target: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(data)) setOwn(target, key, this.#unpack(item, bytes));
    return target;
  }

  #unlabel({ $: name, v: data }: Labelled, bytes: Buffer): unknown {
    switch (name) {
      case 'undefined':
        return undefined;
      case 'number':
        return Number(data);
      case 'bigint':
        return BigInt(data as string);
      case 'object':
        return this.#unpackFields(data as object, bytes);
      case 'Buffer':
        return takeBytes(data, bytes);
      case 'Uint8Array':
        return Uint8Array.from(takeBytes(data, bytes));
    }
    const type = this.#types.find((candidate) => candidate.name === name);
    if (!type)
      throw new UncacheableValueError(`The stored value is a ${name}, of which \`types\` says nothing.`);
    return type.fromData(this.#unpack(data, bytes));
  }
}

/** Reads texts as one, a comma and a line break after each but the last. */
function join(texts: readonly Buffer[]): string {
  const size = texts.reduce((sum, { length }) => sum + length + SEPARATOR.length, 0);
  const all = Buffer.allocUnsafe(size);
  let end = 0;
  for (const text of texts) {
    end += text.copy(all, end);
    end += SEPARATOR.copy(all, end);
  }
  return all.toString('utf8', 0, size - SEPARATOR.length);
}

function sizeOf(encoded: string | Buffer): number {
  return typeof encoded === 'string' ? Buffer.byteLength(encoded) : encoded.length;
}

function label($: string, v?: unknown): Labelled {
  return { $, v };
}

function takeBytes(data: unknown, bytes: Buffer): Buffer {
  if (typeof data === 'string') return Buffer.from(data, 'base64');
  const [offset, length] = data as [number, number];
  return bytes.subarray(offset, offset + length);
}
