import type { HttpRequest } from '../http/http-request.js';
import { HttpResponse } from '../http/http-response.js';

export interface LoginOptions {
  /** Where visitors log in; `'/accounts/login/'` when left out. Django: `LOGIN_URL`. */
  loginUrl?: string;
  /** The parameter that says where they wanted to go; `'next'` when left out. */
  redirectFieldName?: string;
  /** Tells whether somebody is logged in; `request.user` there when left out, as passport leaves it. */
  isAuthenticated?: (request: any) => boolean | Promise<boolean>;
}

/** Tells whether somebody is logged in, as passport and Django leave it. */
export async function isLoggedIn(
  request: HttpRequest,
  { isAuthenticated = hasUser }: LoginOptions,
): Promise<boolean> {
  return isAuthenticated(request.platform);
}

/** Sends a visitor to log in and come back. Django: `redirect_to_login`. */
export function redirectToLogin(
  request: HttpRequest,
  { loginUrl = '/accounts/login/', redirectFieldName = 'next' }: LoginOptions,
): HttpResponse {
  const [path, query = ''] = loginUrl.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.delete(redirectFieldName);
  const kept = parameters.size === 0 ? '' : `${parameters.toString()}&`;
  const target = `${redirectFieldName}=${encode(wayBack(request, loginUrl))}`;
  return HttpResponse.redirect(`${path}?${kept}${target}`);
}

/** A login page elsewhere has to know our host to send somebody back. */
function wayBack(request: HttpRequest, loginUrl: string): string {
  const origin = `${request.scheme}://${request.getHost()}`;
  const isHere = !/^([a-z][a-z0-9+.-]*:)?\/\//i.test(loginUrl) || loginUrl.startsWith(`${origin}/`);
  return isHere ? request.url : origin + request.url;
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/');
}

function hasUser(request: { user?: unknown; raw?: { user?: unknown } }): boolean {
  return (request.user ?? request.raw?.user ?? null) !== null;
}
