import { contextKey, ImproperlyConfiguredError } from '@nest-quintet/core';
import { Exchange } from '../pipeline/exchange.js';

/** How much a message matters, in Django's numbers. */
export const MessageLevel = { debug: 10, info: 20, success: 25, warning: 30, error: 40 } as const;
export type MessageLevelName = keyof typeof MessageLevel;

/** Is one message for a visitor. Everything is a field, as template engines may look at no others. */
export class Message {
  /** The name of the level; empty for a level of one's own. */
  readonly levelTag: string;
  /** What templates take as classes: the extra tags and the name of the level. */
  readonly tags: string;

  constructor(
    readonly level: number,
    readonly text: string,
    readonly extraTags = '',
  ) {
    this.levelTag = Object.entries(MessageLevel).find(([, value]) => value === level)?.[0] ?? '';
    this.tags = [extraTags, this.levelTag].filter((tag) => tag !== '').join(' ');
  }

  toString(): string {
    return this.text;
  }
}

/**
 * Holds what a visitor is to be told once: by this response or, after a redirect, by the next one.
 *
 * Iterating shows the messages, and what was shown is gone. Django: `django.contrib.messages`.
 */
export class Messages implements Iterable<Message> {
  readonly #queued: Message[] = [];
  #stored: readonly Message[] | undefined;
  #isShown = false;

  /** @param load Reads what earlier responses left, when somebody asks. */
  constructor(
    private readonly load: () => readonly Message[],
    readonly minLevel: number = MessageLevel.info,
  ) {}

  /** Adds a message, unless its level is below the one that is kept. */
  add(level: number | MessageLevelName, text: string, { extraTags = '' }: { extraTags?: string } = {}): void {
    const value = typeof level === 'number' ? level : MessageLevel[level];
    if (value >= this.minLevel && text !== '') this.#queued.push(new Message(value, text, extraTags));
  }

  /** How many messages wait to be shown. */
  get length(): number {
    return this.#loaded().length + this.#queued.length;
  }

  /** Shows the messages, oldest first. */
  *[Symbol.iterator](): Generator<Message> {
    const shown = [...this.#loaded(), ...this.#queued.splice(0)];
    this.#stored = shown;
    this.#isShown = true;
    yield* shown;
  }

  /** What is to be kept for the next request; `undefined` when nothing has changed. */
  get leftovers(): readonly Message[] | undefined {
    if (this.#isShown) return this.#queued;
    return this.#queued.length > 0 ? [...this.#loaded(), ...this.#queued] : undefined;
  }

  #loaded(): readonly Message[] {
    return (this.#stored ??= this.load());
  }
}

/** Where a request keeps its messages. @internal */
export const messagesSlot = contextKey<Messages>('middleware.messages', { isPassive: true });

/**
 * Returns the messages of a request.
 *
 * @example
 * messages(request).add('success', 'Saved.');
 *
 * @param request The request as guards, handlers or middleware have it.
 */
export function messages(request: object): Messages {
  const found = Exchange.of(request)?.context.get(messagesSlot);
  if (found !== undefined) return found;
  throw new ImproperlyConfiguredError(
    'There are no messages here: add MessagesMiddleware to the list of MiddlewareModule.',
  );
}
