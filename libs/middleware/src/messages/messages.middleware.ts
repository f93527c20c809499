import { type ExecutionContext, Injectable } from '@nestjs/common';
import type { HttpRequest } from '../http/http-request.js';
import type { HttpResponse } from '../http/http-response.js';
import type { TemplateResponse } from '../http/template-response.js';
import type { Middleware, NextResponse } from '../pipeline/middleware.js';
import { MiddlewareOptions } from '../pipeline/middleware-options.decorator.js';
import {
  CookieMessageStorage,
  FallbackMessageStorage,
  type MessageStorage,
  SessionMessageStorage,
} from './message-storage.js';
import { MessageLevel, type MessageLevelName, Messages, messages, messagesSlot } from './messages.js';

/** Is Django's `MESSAGE_*` settings, in camelCase. */
export interface MessagesOptions {
  /**
   * `'session'`; `'cookie'`, with a `secret`; `'fallback'`, which is the cookie first and the session for what has no
   * room there; a storage of one's own. `'session'` when left out.
   */
  messageStorage?: 'cookie' | 'fallback' | 'session' | MessageStorage;
  /** The least level that is kept; `'info'` when left out. */
  messageLevel?: number | MessageLevelName;
  /** Signs the cookie: the current secret first, then the retired ones. */
  secret?: string | readonly string[];
  /** `'messages'` when left out. */
  messageCookieName?: string;
  messageCookieSecure?: boolean;
}

/** Tells visitors something once, also after a redirect. Django: `MessageMiddleware`. */
@Injectable()
export class MessagesMiddleware implements Middleware {
  readonly #storage: MessageStorage;
  readonly #level: number;

  constructor(@MiddlewareOptions() options: MessagesOptions = {}) {
    const { messageLevel = 'info' } = options;
    this.#level = typeof messageLevel === 'number' ? messageLevel : MessageLevel[messageLevel];
    this.#storage = storageOf(options);
  }

  async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const own = new Messages(() => this.#storage.load(request), this.#level);
    request.context.set(messagesSlot, own);
    request.expose('messages', own);
    const response = await next();
    const { leftovers } = own;
    if (leftovers !== undefined) this.#storage.store(leftovers, request, response);
    return response;
  }

  /** Gives templates `messages`: whatever iterates them has shown them. */
  processTemplateResponse(response: TemplateResponse, context: ExecutionContext): TemplateResponse {
    response.context['messages'] ??= messages(context.switchToHttp().getRequest<object>());
    return response;
  }
}

function storageOf({
  messageStorage = 'session',
  secret = [],
  messageCookieName,
  messageCookieSecure,
}: MessagesOptions): MessageStorage {
  if (typeof messageStorage === 'object') return messageStorage;
  if (messageStorage === 'session') return new SessionMessageStorage();
  const secrets = typeof secret === 'string' ? [secret] : secret;
  const cookie = new CookieMessageStorage(
    messageCookieName ?? 'messages',
    secrets,
    messageCookieSecure ?? false,
  );
  return messageStorage === 'cookie' ? cookie : new FallbackMessageStorage(cookie);
}
