/** Cuts a text that is longer than anybody reads, and says so. */
export function shorten(text: string, length = 10_000): string {
  return text.length <= length ? text : `${text.slice(0, length)} … (${text.length} characters)`;
}

/** Shows any value as a text of bounded length, on one line. */
export function show(value: unknown, length = 500): string {
  return shorten(textOf(value, length), length);
}

function textOf(value: unknown, length: number): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'bigint':
      return `${value}n`;
    case 'object':
      return value === null ? 'null' : textOfObject(value, length);
    case 'function':
      return `function ${value.name}`;
    case 'symbol':
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value);
  }
}

function textOfObject(value: object, length: number): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Error) return value.stack ?? String(value);
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${value.byteLength})`;
  try {
    let room = length;
    const json = JSON.stringify(value, (_key, item: unknown) => {
      // Large values are not walked to their end for a text that is cut.
      if ((room -= 8) < 0) return '…';
      return typeof item === 'bigint' ? `${item}n` : item;
    });
    return json ?? '';
  } catch {
    return Object.prototype.toString.call(value);
  }
}
