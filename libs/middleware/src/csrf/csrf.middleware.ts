import { type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Duration, ImproperlyConfiguredError, toSeconds } from '@nest-quintet/core';
import { type SerializeOptions, stringifySetCookie } from 'cookie';
import type { HttpRequest } from '../http/http-request.js';
import type { HttpResponse } from '../http/http-response.js';
import { patchVary } from '../http/vary.js';
import { Exchange } from '../pipeline/exchange.js';
import type { TemplateResponse } from '../http/template-response.js';
import type { Middleware, NextResponse } from '../pipeline/middleware.js';
import { MiddlewareOptions } from '../pipeline/middleware-options.decorator.js';
import { routeMetadata } from '../pipeline/route-metadata.decorator.js';
import { type CsrfState, csrfToken, openCsrf, stateOf } from './csrf-state.js';
import { OriginCheck, type OriginCheckOptions, type OriginFlaw } from './origin-check.js';
import { flawOf, isSameSecret } from './tokens.js';

const EXEMPT = routeMetadata<boolean>('csrf exempt');
const ENSURE_COOKIE = routeMetadata<boolean>('csrf cookie');
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const SESSION_KEY = '_csrftoken';

/** Why a request was refused, in Django's words; where a token was wrong, with the place that it came from. */
export type CsrfReason = OriginFlaw | 'REASON_NO_CSRF_COOKIE' | 'REASON_CSRF_TOKEN_MISSING' | (string & {});

/** Is Django's `CSRF_*` settings, in camelCase and with their defaults. */
export interface CsrfOptions extends OriginCheckOptions {
  /** `'csrftoken'` when left out. */
  csrfCookieName?: string;
  /** A year when left out; `null` is until the browser closes. */
  csrfCookieAge?: Duration | null;
  csrfCookiePath?: string;
  csrfCookieSecure?: boolean;
  csrfCookieHttponly?: boolean;
  /** `'Lax'` when left out. */
  csrfCookieSamesite?: 'Lax' | 'Strict' | 'None' | false;
  /** `'X-CSRFToken'` when left out. */
  csrfHeaderName?: string;
  /** Keeps the secret in the session in place of a cookie; the session middleware stands further out. */
  csrfUseSessions?: boolean;
  /** Makes the answer to a refused request; a 403 through the exception filters when left out. */
  csrfFailureView?: (request: HttpRequest, reason: CsrfReason) => HttpResponse | Promise<HttpResponse>;
}

/** Says that a request could have been sent by another site's page; a 403. */
export class CsrfFailedException extends ForbiddenException {
  constructor(readonly reason: CsrfReason) {
    super('CSRF verification failed. Request aborted.');
  }
}

/** Lets a handler be called from anywhere. Django: `csrf_exempt`. */
export const CsrfExempt = (): MethodDecorator & ClassDecorator => EXEMPT.decorate(true);

/** Sends the cookie with a page that has no form, for scripts. Django: `ensure_csrf_cookie`. */
export const EnsureCsrfCookie = (): MethodDecorator & ClassDecorator => ENSURE_COOKIE.decorate(true);

/**
 * Refuses what another site's page could have sent in a visitor's name. Django: `CsrfViewMiddleware`.
 *
 * Pages put {@link csrfToken} into their forms as `csrfmiddlewaretoken`, scripts send it as `X-CSRFToken`.
 */
@Injectable()
export class CsrfMiddleware implements Middleware {
  readonly #origins: OriginCheck;
  readonly #cookie: SerializeOptions;
  readonly #age: number | null;
  readonly #name: string;
  readonly #header: string;

  constructor(
    private readonly reflector: Reflector,
    @MiddlewareOptions() private readonly options: CsrfOptions = {},
  ) {
    const { csrfCookieAge = 31_449_600, csrfCookieSamesite = 'Lax' } = options;
    this.#origins = new OriginCheck(options);
    this.#name = options.csrfCookieName ?? 'csrftoken';
    this.#header = options.csrfHeaderName ?? 'X-CSRFToken';
    this.#age = csrfCookieAge === null ? null : toSeconds(csrfCookieAge, 'csrfCookieAge');
    this.#cookie = {
      domain: options.csrfCookieDomain,
      path: options.csrfCookiePath ?? '/',
      secure: options.csrfCookieSecure,
      httpOnly: options.csrfCookieHttponly,
      sameSite: csrfCookieSamesite === false ? undefined : (csrfCookieSamesite.toLowerCase() as 'lax'),
    };
  }

  async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const state = openCsrf(request.context, this.#storedSecret(request));
    const response = await next();
    if (state.isUsed) this.#store(request, state, response);
    return response;
  }

  async processView(context: ExecutionContext): Promise<HttpResponse | undefined> {
    const { request } = Exchange.of(context.switchToHttp().getRequest<object>())!;
    if (ENSURE_COOKIE.read(this.reflector, context) === true) csrfToken(request.raw);
    if (SAFE_METHODS.has(request.method) || EXEMPT.read(this.reflector, context) === true) return undefined;
    const reason = this.#origins.flawOf(request) ?? this.#tokenFlaw(request);
    if (reason === undefined) return undefined;
    if (this.options.csrfFailureView === undefined) throw new CsrfFailedException(reason);
    return this.options.csrfFailureView(request, reason);
  }

  /** Gives templates `csrfToken()`; the cookie is sent with the pages that call it. */
  processTemplateResponse(response: TemplateResponse, context: ExecutionContext): TemplateResponse {
    const request = context.switchToHttp().getRequest<object>();
    response.context['csrfToken'] ??= () => csrfToken(request);
    return response;
  }

  #tokenFlaw(request: HttpRequest): CsrfReason | undefined {
    const { secret } = stateOf(request.raw);
    if (secret === undefined) return 'REASON_NO_CSRF_COOKIE';
    const form = request.method === 'POST' ? formToken(request) : undefined;
    const given = form || request.header(this.#header);
    if (given === undefined) return 'REASON_CSRF_TOKEN_MISSING';
    const place = form ? 'form' : 'header';
    const flaw = flawOf(given) ?? (isSameSecret(given, secret) ? undefined : 'TOKEN_INCORRECT');
    return flaw && `${flaw} (${place})`;
  }

  #storedSecret(request: HttpRequest): string | undefined {
    const stored =
      this.options.csrfUseSessions === true ? sessionOf(request)[SESSION_KEY] : request.cookies[this.#name];
    return typeof stored === 'string' && flawOf(stored) === undefined ? stored : undefined;
  }

  #store(request: HttpRequest, { secret }: CsrfState, response: HttpResponse): void {
    if (this.options.csrfUseSessions === true) {
      const session = sessionOf(request);
      if (session[SESSION_KEY] !== secret) session[SESSION_KEY] = secret;
      return;
    }
    const maxAge = this.#age;
    const lasting = maxAge === null ? {} : { maxAge, expires: new Date(Date.now() + maxAge * 1000) };
    response.headers.append(
      'Set-Cookie',
      stringifySetCookie(this.#name, secret!, { ...this.#cookie, ...lasting }),
    );
    patchVary(response, ['Cookie']);
  }
}

function formToken(request: HttpRequest): string | undefined {
  const body = (request.platform as { body?: Record<string, unknown> }).body;
  const token = body?.['csrfmiddlewaretoken'];
  return typeof token === 'string' ? token : undefined;
}

function sessionOf(request: HttpRequest): Record<string, unknown> {
  const { session } = request.raw as typeof request.raw & { session?: Record<string, unknown> };
  if (session !== undefined) return session;
  throw new ImproperlyConfiguredError(
    'CsrfMiddleware with csrfUseSessions found no session: put the session middleware before it in the list.',
  );
}
