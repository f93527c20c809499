import { type Channel, channel, subscribe, unsubscribe } from 'node:diagnostics_channel';

/**
 * Lets a library tell what it does to whoever watches this process, without knowing who that is.
 *
 * It stands on Node's `diagnostics_channel`, so that tracers can watch by the name `quintet:…` as well. While nobody
 * watches, asking is one comparison: look at {@link FactChannel.isWatched} before making a fact.
 */
export class FactChannel<Fact extends object> {
  readonly #channel: Channel;

  constructor(readonly name: string) {
    this.#channel = channel(`quintet:${name}`);
  }

  get isWatched(): boolean {
    return this.#channel.hasSubscribers;
  }

  /** Tells a fact, in the asynchronous context of what it is about. */
  tell(fact: Fact): void {
    this.#channel.publish(fact);
  }

  /**
   * Watches until the result is disposed of.
   *
   * @param watcher What it throws ends the process, as the one that told the fact could do nothing about it.
   */
  watch(watcher: (fact: Fact) => void): Disposable {
    const subscriber = (fact: unknown): void => watcher(fact as Fact);
    const { name } = this.#channel;
    subscribe(name, subscriber);
    return { [Symbol.dispose]: () => void unsubscribe(name, subscriber) };
  }
}

/**
 * Names what a library tells; every call with one name gives the same channel.
 *
 * @example
 * export const mails = factChannel<{ to: string; milliseconds: number }>('mail');
 * if (mails.isWatched) mails.tell({ to, milliseconds });
 */
export function factChannel<Fact extends object>(name: string): FactChannel<Fact> {
  return new FactChannel(name);
}
