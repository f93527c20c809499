import { observing } from './flow-observers.js';
import { describeCallSite } from './call-site.js';
import { UnexpectedQueriesError } from './unexpected-queries-error.js';

/**
 * Runs `fn`, and refuses whatever it, and what it calls, would send to a database; returns what `fn` returns.
 *
 * @example
 * const books = await this.books.selectRelated('publisher');
 * return preventQueries(() => this.templates.render('books', { books }));
 *
 * @throws UnexpectedQueriesError out of the call that would send a statement.
 */
export function preventQueries<T>(fn: () => T | Promise<T>): Promise<T> {
  return observing(
    {
      needsCallSite: true,
      sending({ sql, callSite }) {
        const from = callSite ? ` by ${describeCallSite(callSite)}` : '';
        throw new UnexpectedQueriesError(
          `A statement was to be sent${from} where preventQueries() allows none; load what is needed before: ${sql}`,
        );
      },
    },
    fn,
  );
}
