import type { Type } from '@nestjs/common';
import {
  CommonMiddleware,
  CompressionMiddleware,
  ConditionalGetMiddleware,
  CsrfMiddleware,
  FrameOptionsMiddleware,
  HttpResponse,
  LocaleMiddleware,
  LoginRequiredMiddleware,
  MessagesMiddleware,
  type Middleware,
  type MiddlewareEntry,
  SecurityMiddleware,
} from '@nest-quintet/middleware';
import { SessionMiddleware } from '@nest-quintet/sessions';
import { AuthMiddleware } from './auth.middleware.js';

const classes: Readonly<Record<string, Type<Middleware>>> = {
  Auth: AuthMiddleware,
  Common: CommonMiddleware,
  ConditionalGet: ConditionalGetMiddleware,
  Csrf: CsrfMiddleware,
  GZip: CompressionMiddleware,
  Locale: LocaleMiddleware,
  LoginRequired: LoginRequiredMiddleware,
  Messages: MessagesMiddleware,
  Security: SecurityMiddleware,
  Session: SessionMiddleware,
  XFrame: FrameOptionsMiddleware,
};

/** The header by which the evaluator, like a proxy that ends TLS, says how a client came. */
export const SCHEME_HEADER = 'X-Conformance-Scheme';

export type Options = Record<string, unknown>;

/** Spells Django's settings as our options. */
export function optionsOf(settings: Readonly<Record<string, unknown>>, description: string): Options {
  const options: Options = {
    secureProxySslHeader: [SCHEME_HEADER, 'https'],
    languageCookieName: 'django_language',
    messageStorage: 'cookie',
    secret: 'the secret of the recorded site',
    encodings: ['gzip'],
    csrfFailureView: (_request: unknown, reason: string) =>
      HttpResponse.text(`REJECT ${reason}`, { status: 403 }),
  };
  for (const [name, value] of Object.entries(settings)) options[camelCase(name)] = encode(name, value);
  // The one setting that could not be recorded as data.
  const [, agents] = /DISALLOWED_USER_AGENTS = \[regex (.+?)\]/.exec(description) ?? [];
  if (agents !== undefined) options['disallowedUserAgents'] = [new RegExp(agents)];
  return options;
}

/** Makes an entry of the list of one of Django's middleware. */
export function entryOf(name: string, options: Options): MiddlewareEntry {
  const use = classes[name.replace(/Middleware$/, '')];
  if (use === undefined) throw new Error(`There is no middleware for "${name}".`);
  return { use, options };
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

function encode(name: string, value: unknown): unknown {
  switch (name) {
    case 'LANGUAGES':
      return (value as [string, string][]).map(([code]) => code);
    case 'SECURE_PROXY_SSL_HEADER': {
      const [header, word] = value as [string, string];
      return [header.replace(/^HTTP_/, '').replaceAll('_', '-'), word];
    }
    case 'MESSAGE_STORAGE':
      return String(value).includes('Session') ? 'session' : 'cookie';
    default:
      return value;
  }
}
