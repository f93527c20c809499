import { deleteAttribute, deleteItem, setAttribute, setItem } from './access.js';
import { raise } from './errors.js';
import { evaluate } from './expressions.js';
import type { Value } from './host-object.js';
import type { Scope } from './scope.js';
import type { Expression } from './syntax.js';
import { iterate } from './types.js';

/** Gives a value to a name, an attribute, an item, or to several of them. */
export async function assign(target: Expression, value: Value, scope: Scope): Promise<void> {
  switch (target._) {
    case 'Name':
      return scope.set(target.id, value);
    case 'Attribute':
      return setAttribute(await evaluate(target.value, scope), target.attr, value);
    case 'Subscript':
      return setItem(await evaluate(target.value, scope), await evaluate(target.slice, scope), value);
    case 'Tuple':
    case 'List':
      return unpack(target.elts ?? [], await iterate(value), scope);
    default:
      return raise('SyntaxError', `cannot assign to ${target._}`);
  }
}

async function unpack(targets: readonly Expression[], values: readonly Value[], scope: Scope): Promise<void> {
  const starred = targets.findIndex((target) => target._ === 'Starred');
  if (starred < 0 && targets.length !== values.length)
    raise('ValueError', `expected ${targets.length} values`);
  const extra = values.length - targets.length;
  for (const [index, target] of targets.entries()) {
    if (target._ === 'Starred') await assign(target.value, values.slice(index, index + extra + 1), scope);
    else await assign(target, values[starred >= 0 && index > starred ? index + extra : index], scope);
  }
}

/** Runs `del target`. */
export async function remove(target: Expression, scope: Scope): Promise<void> {
  switch (target._) {
    case 'Name':
      return scope.delete(target.id);
    case 'Attribute':
      return deleteAttribute(await evaluate(target.value, scope), target.attr);
    case 'Subscript':
      return deleteItem(await evaluate(target.value, scope), await evaluate(target.slice, scope));
    default:
      return raise('SyntaxError', `cannot delete ${target._}`);
  }
}
