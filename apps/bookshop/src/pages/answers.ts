/** What a handler has to show: programs get `data`, pages get what only they need besides. */
export class Shown<T = unknown> {
  constructor(
    readonly data: T,
    readonly context: Record<string, unknown>,
  ) {}
}

/**
 * Adds to what a handler returns something that only its page needs.
 *
 * QuerySets and functions in `context` are asked when the template prints them, and so never for JSON.
 *
 * @example
 * return show({ items }, { publishers: this.publishers.withBookCounts() });
 */
export function show<T>(data: T, context: Record<string, unknown>): Shown<T> {
  return new Shown(data, context);
}

/** What a form has done: programs get `data`, browsers go on to another page, so that a reload does nothing again. */
export class Done<T = unknown> {
  constructor(
    readonly data: T,
    readonly next: string,
    readonly message: string | undefined,
  ) {}
}

/**
 * Answers a form: with `data` for programs, with a redirect to `next` for browsers, where `message` is told once.
 *
 * @example
 * return done(cart, '/cart', 'The book is in your cart.');
 */
export function done<T>(data: T, next: string, message?: string): Done<T> {
  return new Done(data, next, message);
}
