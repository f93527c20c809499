import { Injectable } from '@nestjs/common';
import { contextKey, requestContext } from '@nest-quintet/core';
import Negotiator from 'negotiator';
import type { HttpRequest } from '../http/http-request.js';
import type { HttpResponse } from '../http/http-response.js';
import { patchVary } from '../http/vary.js';
import type { Middleware, NextResponse } from '../pipeline/middleware.js';
import { MiddlewareOptions } from '../pipeline/middleware-options.decorator.js';
import { Languages } from './languages.js';

const active = contextKey<string>('middleware.language', { isPassive: true });

export interface LocaleOptions {
  /** The languages that the application speaks, for example `['en', 'de', 'pt-br']`. Django: `LANGUAGES`. */
  languages: readonly string[];
  /** What is spoken to those who ask for nothing else; the first of the languages when left out. */
  languageCode?: string;
  /** The cookie that holds a visitor's choice; `'language'` when left out. */
  languageCookieName?: string;
  /**
   * Takes the language from the beginning of the path: `/de/books` is `/books` in German. Routes are written without.
   *
   * Django: `i18n_patterns`.
   */
  pathPrefix?: boolean;
}

/** Returns the language of the current request; `undefined` outside of one. Django: `get_language`. */
export function currentLanguage(): string | undefined {
  return requestContext.get(active);
}

/**
 * Chooses the language of each request: from its path, its cookie, or what its browser prefers.
 *
 * Handlers find it as `request.language`, everything else with {@link currentLanguage}. Django: `LocaleMiddleware`.
 */
@Injectable()
export class LocaleMiddleware implements Middleware {
  readonly #languages: Languages;
  readonly #cookieName: string;
  readonly #usesPath: boolean;

  constructor(@MiddlewareOptions() options: LocaleOptions = { languages: ['en'] }) {
    const {
      languages,
      languageCode = languages[0] ?? '',
      languageCookieName = 'language',
      pathPrefix = false,
    } = options;
    this.#languages = new Languages(languages, languageCode);
    this.#cookieName = languageCookieName;
    this.#usesPath = pathPrefix;
  }

  async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const fromPath = this.#usesPath ? this.#takeFromPath(request) : undefined;
    const language =
      fromPath ?? this.#fromCookie(request) ?? this.#fromHeader(request) ?? this.#languages.fallback;
    request.context.set(active, language);
    request.expose('language', language);
    const response = await next();
    if (fromPath === undefined) patchVary(response, ['Accept-Language']);
    response.headers.setDefault('Content-Language', language);
    return response;
  }

  #takeFromPath(request: HttpRequest): string | undefined {
    const [, first = ''] = /^\/([^/?#]+)/.exec(request.url) ?? [];
    const language = this.#languages.variantOf(first);
    if (language?.toLowerCase() !== first.toLowerCase()) return undefined;
    const rest = request.url.slice(first.length + 1);
    request.url = rest.startsWith('/') ? rest : `/${rest}`;
    return language;
  }

  #fromCookie(request: HttpRequest): string | undefined {
    return this.#languages.variantOf(request.cookies[this.#cookieName] ?? '');
  }

  #fromHeader(request: HttpRequest): string | undefined {
    for (const tag of new Negotiator(request.raw).languages()) {
      // Anything will do: nothing that comes after it can be preferred to it.
      if (tag === '*') return undefined;
      const language = this.#languages.variantOf(tag);
      if (language !== undefined) return language;
    }
    return undefined;
  }
}
