/**
 * The names of what QuerySets do for themselves. Methods of a manager are methods of its QuerySets, and a symbol is a
 * name that none of them can have.
 */

/** A QuerySet of the same class for another state. */
export const withState: unique symbol = Symbol('withState');

/** The same query, with changes. */
export const withChanges: unique symbol = Symbol('withChanges');

/** The rows, where they have been read. */
export const knownRows: unique symbol = Symbol('knownRows');

/** Gives the query rows that are known already. */
export const presetRows: unique symbol = Symbol('presetRows');

/** The one row that the query finds. */
export const oneRow: unique symbol = Symbol('oneRow');

/** Computes values over all rows. */
export const aggregated: unique symbol = Symbol('aggregated');

/** The values that a row which meets a filter is created with. */
export const givenValues: unique symbol = Symbol('givenValues');
