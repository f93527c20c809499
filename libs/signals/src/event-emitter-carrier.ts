import type { Isolate, SignalCarrier, SignalLogger } from './carrier.js';
import type { SignalEvent } from './event.js';

/** The part of EventEmitter2 that carries signals. */
export interface EventEmitterLike {
  listeners(event: string): readonly unknown[];
  listenersAny(): readonly unknown[];
  readonly wildcard?: boolean;
  readonly delimiter?: string;
}

type Listener = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Carries signals on an EventEmitter2 under two names: `orderPlaced`, and `postSave.Book` when the sender has a name.
 *
 * Every listener is called once, whichever of the names it hears, and each on its own: one that fails is logged and
 * does not keep the others from running.
 */
export class EventEmitterCarrier implements SignalCarrier {
  constructor(
    private readonly emitter: EventEmitterLike,
    private readonly logger: SignalLogger,
  ) {}

  hears(signal: string, sender: unknown): boolean {
    return (
      this.emitter.listenersAny().length > 0 ||
      this.#names(signal, sender).some((name) => this.emitter.listeners(name).length > 0)
    );
  }

  async carry(event: SignalEvent, isolate: Isolate = atOnce): Promise<void> {
    const names = this.#names(event.signal.name, event.sender);
    // `emit` under each name would call a listener of `postSave.**` twice.
    const listeners = new Set(names.flatMap((name) => this.emitter.listeners(name))) as Set<Listener>;
    await Promise.all([
      ...[...listeners].map((listener) => this.#call(isolate, event, listener, event)),
      ...(this.emitter.listenersAny() as Listener[]).map((listener) =>
        this.#call(isolate, event, listener, names[0], event),
      ),
    ]);
  }

  #names(signal: string, sender: unknown): string[] {
    const name = nameOf(sender);
    if (name === undefined) return [signal];
    const delimiter = this.emitter.delimiter ?? '.';
    const names = [`${signal}${delimiter}${name}`, signal];
    // Without wildcards EventEmitter2 takes `postSave.*` for an ordinary name, so it is sent under that name too.
    if (this.emitter.wildcard !== true) names.push(`${signal}${delimiter}*`);
    return names;
  }

  async #call(isolate: Isolate, event: SignalEvent, listener: Listener, ...args: unknown[]): Promise<void> {
    try {
      await isolate(async () => await listener.apply(this.emitter, args));
    } catch (error) {
      this.logger.error(
        `A listener of the event "${event.signal.name}" failed: ${String(error)}`,
        error instanceof Error ? error.stack : undefined,
      );
    }
  }
}

function atOnce<T>(fn: () => Promise<T>): Promise<T> {
  return fn();
}

function nameOf(sender: unknown): string | undefined {
  if (typeof sender === 'string') return sender === '' ? undefined : sender;
  return typeof sender === 'function' && sender.name !== '' ? sender.name : undefined;
}
