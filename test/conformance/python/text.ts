import { raise } from './errors.js';
import { HostObject, native, type Value } from './host-object.js';
import { isTuple, iterate, typeName } from './types.js';

/** Answers `str(x)`. */
export async function toText(value: Value): Promise<string> {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.message;
  return represent(value);
}

/** Answers `repr(x)`. */
export async function represent(value: Value): Promise<string> {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof HostObject) return value.toText ? value.toText() : `<${value.typeName} object>`;
  if (value instanceof Map) {
    const entries = [];
    for (const [key, item] of value) entries.push(`${await represent(key)}: ${await represent(item)}`);
    return `{${entries.join(', ')}}`;
  }
  const items = [];
  for (const item of await iterate(value)) items.push(await represent(item));
  if (isTuple(value)) return `(${items.join(', ')}${items.length === 1 ? ',' : ''})`;
  return value instanceof Set ? `{${items.join(', ')}}` : `[${items.join(', ')}]`;
}

function quote(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return text.includes("'") && !text.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
}

/** Answers `'%d of %s' % (1, 'x')`. */
export async function formatPercent(template: string, values: Value): Promise<string> {
  const queue = isTuple(values) ? [...(values as Value[])] : [values];
  let text = '';
  let at = 0;
  for (const match of template.matchAll(/%(0?)(\d*)(?:\.(\d+))?([dsrf%])/g)) {
    text += template.slice(at, match.index);
    at = match.index + match[0].length;
    if (match[4] === '%') text += '%';
    else {
      if (queue.length === 0) raise('TypeError', 'not enough arguments for format string');
      const shown = await formatOne(match[4]!, queue.shift(), match[3]);
      text += shown.padStart(Number(match[2]), match[1] || ' ');
    }
  }
  if (queue.length > 0) raise('TypeError', 'not all arguments converted during string formatting');
  return text + template.slice(at);
}

async function formatOne(kind: string, value: Value, digits: string | undefined): Promise<string> {
  if (kind === 'd') return String(Math.trunc(Number(value)));
  if (kind === 'f') return Number(value).toFixed(Number(digits ?? 6));
  return kind === 'r' ? represent(value) : toText(value);
}

type TextMethod = (text: string, args: readonly Value[]) => Value;

const methods: Record<string, TextMethod> = {
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  title: (text) => text.replace(/\p{L}+/gu, (word) => word[0]!.toUpperCase() + word.slice(1).toLowerCase()),
  strip: (text) => text.trim(),
  startswith: (text, [prefix]) => anyOf(prefix).some((each) => text.startsWith(each)),
  endswith: (text, [suffix]) => anyOf(suffix).some((each) => text.endsWith(each)),
  split: (text, [by]) => (typeof by === 'string' ? text.split(by) : text.split(/\s+/).filter(Boolean)),
  replace: (text, [from, to]) => text.replaceAll(String(from), String(to)),
  encode: (text) => text,
  find: (text, [part]) => text.indexOf(String(part)),
  count: (text, [part]) => text.split(String(part)).length - 1,
  isdigit: (text) => /^\d+$/.test(text),
  join: async (text, [items]) => (await iterate(items)).map((item) => expectText(item)).join(text),
};

function anyOf(value: Value): string[] {
  return Array.isArray(value) ? (value as string[]) : [expectText(value)];
}

function expectText(value: Value): string {
  return typeof value === 'string' ? value : raise('TypeError', `expected a str, '${typeName(value)}' found`);
}

/** Answers `'text'.upper` and the like. */
export function textAttribute(text: string, name: string): Value {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  return method && native(name, (args) => method(text, args));
}
