import { ForbiddenException, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { HttpRequest } from '../http/http-request.js';
import { HttpResponse } from '../http/http-response.js';
import { RouteTable } from '../nest/route-table.js';
import type { Middleware, NextResponse } from '../pipeline/middleware.js';
import { MiddlewareOptions } from '../pipeline/middleware-options.decorator.js';

const NO_APPEND_SLASH = Symbol('no append slash');

export interface CommonOptions {
  /** Sends a path that no route serves to the one with a slash, when a route serves that; `true` when left out. */
  appendSlash?: boolean;
  /** Sends `example.com` to `www.example.com`. */
  prependWww?: boolean;
  /** Refuses these browsers with 403; matched from the beginning of their name. */
  disallowedUserAgents?: readonly RegExp[];
}

/** Keeps a handler from being found without its slash. Django: `no_append_slash`. */
export const NoAppendSlash = (): MethodDecorator => SetMetadata(NO_APPEND_SLASH, true);

/**
 * Makes URLs canonical, checks the host and refuses unwanted browsers. Django: `CommonMiddleware`.
 *
 * `Content-Length` needs no middleware here: every response that is no stream has it.
 */
@Injectable()
export class CommonMiddleware implements Middleware {
  readonly #appendSlash: boolean;
  readonly #prependWww: boolean;
  readonly #disallowed: readonly RegExp[];

  constructor(
    private readonly routes: RouteTable,
    private readonly reflector: Reflector,
    @MiddlewareOptions()
    { appendSlash = true, prependWww = false, disallowedUserAgents = [] }: CommonOptions = {},
  ) {
    this.#appendSlash = appendSlash;
    this.#prependWww = prependWww;
    this.#disallowed = disallowedUserAgents;
  }

  async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const agent = request.header('user-agent');
    if (agent !== undefined && this.#disallowed.some((pattern) => agent.search(pattern) === 0)) {
      throw new ForbiddenException('Forbidden user agent');
    }
    const host = request.getHost();
    const www =
      this.#prependWww && host !== '' && !host.startsWith('www.') ? `${request.scheme}://www.${host}` : '';
    const target = this.#lacksSlash(request) ? withSlash(request.url) : request.url;
    if (www !== '' || target !== request.url) {
      return HttpResponse.redirect(www + escapeLeadingSlashes(target), { status: 301 });
    }
    return next();
  }

  #lacksSlash({ path }: HttpRequest): boolean {
    if (!this.#appendSlash || path.endsWith('/') || this.routes.find(path) !== undefined) return false;
    const handler = this.routes.find(`${path}/`);
    return handler !== undefined && this.reflector.get(NO_APPEND_SLASH, handler as () => void) !== true;
  }
}

function withSlash(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? `${url}/` : `${url.slice(0, end)}/${url.slice(end)}`;
}

/** Two slashes at the beginning would name another host. */
function escapeLeadingSlashes(url: string): string {
  return url.startsWith('//') ? `/%2F${url.slice(2)}` : url;
}
