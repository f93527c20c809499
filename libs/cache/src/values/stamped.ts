import type { ValueCodec } from './codec.js';

/** Bytes of the moment at which the value ends. */
const STAMP = 8;

/** Writes a value behind the moment at which it ends, for stores that keep no such moment, or only roughly. */
export function stamp(payload: Uint8Array | string, expires: number | null): Buffer {
  const head = Buffer.alloc(STAMP);
  head.writeDoubleBE(expires ?? 0);
  return Buffer.concat([head, typeof payload === 'string' ? Buffer.from(payload) : payload]);
}

/** What was stamped, as long as it lives. */
export interface Stamped {
  /** Milliseconds since 1970; `null` for never. */
  readonly expires: number | null;
  readonly payload: Buffer;
}

/** Reads what `stamp()` wrote; `undefined` for what has ended, or was not written here. */
export function unstamp(stored: Buffer | undefined): Stamped | undefined {
  if (!stored || stored.length < STAMP) return undefined;
  const expires = stored.readDoubleBE();
  if (expires !== 0 && !(expires > Date.now())) return undefined;
  return { expires: expires || null, payload: stored.subarray(STAMP) };
}

/** Decodes a payload; `undefined`, a miss, for whatever was not written here. */
export function decodeOrMiss(codec: ValueCodec, payload: Buffer | string): unknown {
  try {
    return codec.decode(payload);
  } catch {
    return undefined;
  }
}

/** The moment at which a value ends that is stored now. */
export function expiryOf(timeout: number | null): number | null {
  return timeout === null ? null : Date.now() + timeout;
}
