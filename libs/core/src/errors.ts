/** The parent of every error that a Quintet library throws on purpose. */
export class QuintetError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/**
 * Says that a setting is wrong; thrown at start-up, never per request.
 *
 * The message names the offender and the remedy in one sentence. Django: `ImproperlyConfigured`.
 */
export class ImproperlyConfiguredError extends QuintetError {}

/**
 * Formats the second half of an "unknown name" message.
 *
 * @example
 * `Unknown cache "pagse". ${choices(['default', 'pages'])}` // … Choices are: default, pages.
 */
export function choices(names: Iterable<string>): string {
  const list = [...names].sort();
  return list.length === 0 ? 'There are no choices.' : `Choices are: ${list.join(', ')}.`;
}
