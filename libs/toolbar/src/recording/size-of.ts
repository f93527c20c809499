/** Estimates the bytes that a value holds in memory, down to a few levels: enough to bound what is kept. */
export function sizeOf(value: unknown, depth = 4): number {
  switch (typeof value) {
    case 'string':
      return 16 + value.length * 2;
    case 'object':
      break;
    case 'function':
      return 64;
    default:
      return 8;
  }
  if (value === null) return 8;
  if (ArrayBuffer.isView(value)) return 64 + value.byteLength;
  if (depth === 0) return 64;
  let size = 32;
  if (Array.isArray(value) || value instanceof Set) {
    for (const item of value) size += sizeOf(item, depth - 1);
    return size;
  }
  for (const [key, item] of Object.entries(value)) size += 16 + key.length * 2 + sizeOf(item, depth - 1);
  return size;
}
