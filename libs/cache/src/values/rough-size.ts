/** What an object, an array or a map takes beside what is in it, and each of its members, in bytes. */
const HEADER = 16;
const SLOT = 8;

/** Estimates how many bytes a value takes in memory, to within a factor of two or so. */
export function roughSize(value: unknown): number {
  if (typeof value === 'string') return HEADER + value.length;
  if (typeof value !== 'object' || value === null) return SLOT;
  if (ArrayBuffer.isView(value)) return HEADER + value.byteLength;
  let size = HEADER;
  if (Array.isArray(value)) for (const item of value) size += SLOT + roughSize(item);
  else if (value instanceof Map)
    for (const [key, item] of value) size += SLOT + roughSize(key) + roughSize(item);
  else if (value instanceof Set) for (const item of value) size += SLOT + roughSize(item);
  else for (const item of Object.values(value)) size += SLOT + roughSize(item);
  return size;
}
