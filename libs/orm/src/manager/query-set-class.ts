import { QuerySet } from '../query-set/query-set.js';
import { refuseReserved } from './reserved-names.js';

/**
 * Makes the class of a manager's QuerySets: they have the methods that the manager's class adds, and see the
 * properties that it was given, such as injected services.
 */
export function querySetClassOf(manager: object, base: { prototype: object }): typeof QuerySet {
  refuseReserved(manager.constructor.name, addedNames(manager, base));
  const Class = class extends QuerySet {};
  for (const prototype of prototypesOf(manager, base.prototype)) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (!(name in base.prototype)) Object.defineProperty(Class.prototype, name, descriptor);
    }
  }
  for (const name of Object.keys(manager)) {
    if (name in Class.prototype) continue;
    Object.defineProperty(Class.prototype, name, { get: () => Reflect.get(manager, name) as unknown });
  }
  return Class as unknown as typeof QuerySet;
}

/** The names of all that a manager has beyond the base class. */
export function addedNames(manager: object, base: { prototype: object }): string[] {
  return [manager, ...prototypesOf(manager, base.prototype)].flatMap(Object.getOwnPropertyNames);
}

/** The prototypes between a manager and the base class, the base's side first. */
function prototypesOf(manager: object, end: object): object[] {
  const prototypes: object[] = [];
  let prototype: unknown = Object.getPrototypeOf(manager);
  while (typeof prototype === 'object' && prototype !== null && prototype !== end) {
    prototypes.unshift(prototype);
    prototype = Object.getPrototypeOf(prototype);
  }
  return prototypes;
}
