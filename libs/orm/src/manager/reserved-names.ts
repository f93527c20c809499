import { ImproperlyConfiguredError } from '@nest-quintet/core';

/** What QuerySets have and managers have not, `delete()` apart, which a manager may make its own. */
export const reservedNames: readonly string[] = [
  'and',
  'context',
  'isOrdered',
  'model',
  'or',
  'state',
  'then',
  'toExpression',
  'toSQL',
  'xor',
];

/**
 * Refuses names of a manager's methods and properties that its QuerySets, which have them too, need for themselves.
 *
 * @throws ImproperlyConfiguredError
 */
export function refuseReserved(manager: string, names: readonly string[]): void {
  const taken = names.filter((name) => reservedNames.includes(name));
  if (taken.length === 0) return;
  throw new ImproperlyConfiguredError(
    `${manager} has "${taken.join('", "')}", and what a manager has its QuerySets have too, to which that means something else. ` +
      `Give it another name, or one that starts with #. Reserved are: ${reservedNames.join(', ')}.`,
  );
}
