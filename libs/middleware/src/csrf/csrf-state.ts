import { contextKey, ImproperlyConfiguredError } from '@nest-quintet/core';
import { Exchange } from '../pipeline/exchange.js';
import { makeSecret, maskSecret, secretOf } from './tokens.js';

/** Is what a request knows of its CSRF secret. */
export interface CsrfState {
  /** The secret that came with the request or was made for it. */
  secret: string | undefined;
  /** Whether somebody asked for a token, so that the cookie has to be sent (again). */
  isUsed: boolean;
}

const slot = contextKey<CsrfState>('middleware.csrf', { isPassive: true });

/** Gives a request its state; called by the middleware. */
export function openCsrf(
  context: { set(key: typeof slot, state: CsrfState): void },
  secret: string | undefined,
): CsrfState {
  const state: CsrfState = { secret, isUsed: false };
  context.set(slot, state);
  return state;
}

/**
 * Returns a token for a form or a header of this visitor, and has the cookie sent that it belongs to.
 *
 * @param request The request as guards, handlers or middleware have it.
 *
 * Django: `get_token`.
 */
export function csrfToken(request: object): string {
  const state = stateOf(request);
  state.isUsed = true;
  state.secret = secretOf(state.secret ?? makeSecret());
  return maskSecret(state.secret);
}

/** Gives the visitor a new secret, as is due after a login. Django: `rotate_token`. */
export function rotateCsrfToken(request: object): void {
  const state = stateOf(request);
  state.secret = makeSecret();
  state.isUsed = true;
}

/** Returns the state of a request, for the middleware itself. */
export function stateOf(request: object): CsrfState {
  const state = Exchange.of(request)?.context.get(slot);
  if (state !== undefined) return state;
  throw new ImproperlyConfiguredError(
    'There is no CSRF token here: add CsrfMiddleware to the list of MiddlewareModule.',
  );
}
