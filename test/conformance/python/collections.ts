import { equals, sort } from './comparison.js';
import { raise } from './errors.js';
import { native, tuple, type Keywords, type Value } from './host-object.js';
import { iterate } from './types.js';

type Method<Self> = (self: Self, args: readonly Value[], keywords: Keywords) => Value;

const listMethods: Record<string, Method<Value[]>> = {
  append: (list, [item]) => none(list.push(item)),
  extend: async (list, [items]) => none(list.push(...(await iterate(items)))),
  insert: (list, [at, item]) => none(list.splice(Number(at), 0, item)),
  pop: (list, [at = -1]) =>
    list.length === 0 ? raise('IndexError', 'pop from empty list') : list.splice(Number(at), 1)[0],
  clear: (list) => none(list.splice(0)),
  copy: (list) => [...list],
  reverse: (list) => none(list.reverse()),
  sort: async (list) => none(list.splice(0, list.length, ...(await sort(list, async (item) => item)))),
  index: (list, [item]) => indexOf(list, item),
  count: async (list, [item]) => {
    let count = 0;
    for (const each of list) if (await equals(each, item)) count++;
    return count;
  },
};

const tupleMethods = ['index', 'count'];

const dictMethods: Record<string, Method<Map<Value, Value>>> = {
  get: (dict, [key, otherwise = null]) => (dict.has(key) ? dict.get(key) : otherwise),
  keys: (dict) => [...dict.keys()],
  values: (dict) => [...dict.values()],
  items: (dict) => [...dict].map((entry) => tuple(entry)),
  pop: (dict, args) => {
    const value = dict.has(args[0])
      ? dict.get(args[0])
      : args.length > 1
        ? args[1]
        : raise('KeyError', String(args[0]));
    dict.delete(args[0]);
    return value;
  },
  setdefault: (dict, [key, value = null]) => dict.set(key, dict.has(key) ? dict.get(key) : value).get(key),
  update: (dict, [other], keywords) => {
    const entries = other instanceof Map ? [...other] : [];
    for (const [key, value] of [...entries, ...Object.entries(keywords)]) dict.set(key, value);
    return null;
  },
  clear: (dict) => none(dict.clear()),
  copy: (dict) => new Map(dict),
};

const setMethods: Record<string, Method<Set<Value>>> = {
  add: (set, [item]) => none(set.add(item)),
  discard: (set, [item]) => none(set.delete(item)),
  clear: (set) => none(set.clear()),
  copy: (set) => new Set(set),
};

/** Answers `[1, 2].append`, `{}.items` and the like. */
export function collectionAttribute(value: Value, name: string): Value {
  if (Array.isArray(value)) {
    return Object.isFrozen(value) && !tupleMethods.includes(name)
      ? undefined
      : bind(listMethods, name, value);
  }
  if (value instanceof Map) return bind(dictMethods, name, value);
  return value instanceof Set ? bind(setMethods, name, value) : undefined;
}

function bind<Self>(methods: Record<string, Method<Self>>, name: string, self: Self): Value {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  return method && native(name, (args, keywords) => method(self, args, keywords));
}

async function indexOf(list: Value[], item: Value): Promise<number> {
  for (const [index, each] of list.entries()) if (await equals(each, item)) return index;
  return raise('ValueError', 'the item is not in the list');
}

function none(_done: unknown): null {
  return null;
}
