import { randomUUID } from 'node:crypto';
import type { BusListener, CacheBus } from '../backends/cache-bus.js';
import type { RedisConnection, RedisSubscriber } from './redis-connection.js';

/** Milliseconds between two proofs that messages arrive. */
const BEAT = 1_000;
const FIRST_RETRY = 50;
const LONGEST_RETRY = 1_000;

/**
 * Messages over Redis's publish and subscribe.
 *
 * A connection that hangs is told by a message that the process sends to itself: when it does not come back in time,
 * nothing else may have come either.
 */
export class RedisBus implements CacheBus {
  readonly #connection: RedisConnection;
  readonly #channel: string;
  readonly #beatChannel: string;
  readonly #limit: number;
  #listener: BusListener | undefined;
  #subscriber: RedisSubscriber | undefined;
  #isUp = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;
  #heardBeat: (() => void) | undefined;

  /** @param limit The milliseconds that a message may take. */
  constructor(connection: RedisConnection, channel: string, limit: number) {
    this.#connection = connection;
    this.#channel = channel;
    this.#beatChannel = `${channel}:${randomUUID()}`;
    this.#limit = limit;
  }

  listen(listener: BusListener): void {
    this.#listener = listener;
    void this.#subscribe(FIRST_RETRY);
  }

  async publish(message: string): Promise<void> {
    await this.#within(this.#connection.run((client) => client.publish(this.#channel, message)));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#drop();
  }

  async #subscribe(delay: number): Promise<void> {
    if (this.#isClosed) return;
    try {
      const subscriber = await this.#connection.openSubscriber(
        (lost) => this.#lost(lost),
        AbortSignal.timeout(this.#limit),
      );
      this.#subscriber = subscriber;
      await this.#within(
        Promise.all([
          subscriber.subscribe(this.#channel, (message) => this.#listener?.heard(message)),
          subscriber.subscribe(this.#beatChannel, () => this.#heardBeat?.()),
        ]),
      );
      await this.#beat();
    } catch {
      this.#drop();
      if (this.#isClosed) return;
      this.#timer = setTimeout(() => void this.#subscribe(Math.min(delay * 2, LONGEST_RETRY)), delay).unref();
    }
  }

  /** Sends a message to itself; goes down, and subscribes anew, when it does not arrive. */
  async #beat(): Promise<void> {
    const heard = new Promise<void>((resolve) => (this.#heardBeat = resolve));
    await this.#within(
      Promise.all([heard, this.#connection.run((client) => client.publish(this.#beatChannel, ''))]),
    );
    if (this.#isClosed || !this.#subscriber) return;
    if (!this.#isUp) {
      this.#isUp = true;
      this.#listener?.up();
    }
    this.#timer = setTimeout(() => {
      this.#beat().catch(() => this.#lost(this.#subscriber));
    }, BEAT).unref();
  }

  #lost(subscriber: RedisSubscriber | undefined): void {
    if (!subscriber || subscriber !== this.#subscriber) return;
    clearTimeout(this.#timer);
    this.#drop();
    void this.#subscribe(FIRST_RETRY);
  }

  #drop(): void {
    const subscriber = this.#subscriber;
    this.#subscriber = undefined;
    if (subscriber?.isOpen) subscriber.destroy();
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#listener?.down();
  }

  async #within<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${this.#limit} ms.`)), this.#limit);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
