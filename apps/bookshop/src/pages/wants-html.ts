import Negotiator from 'negotiator';

/** The two ways in which the shop shows things; the one that it gives to whoever asks for neither comes first. */
const types = { json: ['application/json', 'text/html'], html: ['text/html', 'application/json'] };

/**
 * Says whether a request is answered with a page rather than with JSON, by its `Accept`.
 *
 * @param unasked What clients get that leave it to us, with no `Accept` or with `*\/*`: `curl` and most programs.
 */
export function wantsHtml(accept: string | undefined, unasked: 'json' | 'html' = 'json'): boolean {
  const headers = accept === undefined ? {} : { accept };
  return new Negotiator({ headers }).mediaType(types[unasked]) === 'text/html';
}
