import { createClient, ErrorReply, RESP_TYPES, type RedisClientOptions } from 'redis';
import { StoreRefusedError } from '../errors.js';
import { scripts } from './scripts.js';

/** Makes the client: replies are bytes, and nothing waits in line for a server that is not there. */
function makeClient(options: RedisClientOptions, connectTimeout: number) {
  return createClient({
    ...options,
    scripts,
    disableOfflineQueue: true,
    socket: { ...options.socket, connectTimeout, reconnectStrategy: false },
  }).withTypeMapping({
    [RESP_TYPES.BLOB_STRING]: Buffer,
  });
}

function makeSubscriber(options: RedisClientOptions, connectTimeout: number) {
  return createClient({
    ...options,
    disableOfflineQueue: true,
    socket: { ...options.socket, connectTimeout, reconnectStrategy: false },
  });
}

export type RedisSubscriber = ReturnType<typeof makeSubscriber>;

export type RedisClient = ReturnType<typeof makeClient>;

/** A connection, and when it can be used. */
interface Opened {
  readonly client: RedisClient;
  readonly ready: Promise<RedisClient>;
}

/** One connection to Redis: opened by whoever needs it first, and again when it is lost. */
export class RedisConnection {
  readonly #options: RedisClientOptions;
  readonly #connectTimeout: number;
  #current: Opened | undefined;
  /** How the server knows the last connection. */
  #lastId: number | undefined;

  /** @param connectTimeout Milliseconds. */
  constructor(options: RedisClientOptions, connectTimeout: number) {
    this.#options = options;
    this.#connectTimeout = connectTimeout;
  }

  /** Runs commands. @throws StoreRefusedError when Redis answers, but refuses. */
  async run<T>(commands: (client: RedisClient) => Promise<T>): Promise<T> {
    const client = await (this.#current ??= this.#open()).ready;
    try {
      return await commands(client);
    } catch (error) {
      if (!(error instanceof ErrorReply)) throw error;
      throw new StoreRefusedError(error.message.split(' ', 1)[0]!, error.message, { cause: error });
    }
  }

  /**
   * Opens another connection, which only listens.
   *
   * @param lost Called when it breaks.
   * @param signal Gives up when it takes too long.
   */
  async openSubscriber(
    lost: (subscriber: RedisSubscriber) => void,
    signal: AbortSignal,
  ): Promise<RedisSubscriber> {
    const subscriber = makeSubscriber(this.#options, this.#connectTimeout);
    subscriber.on('error', () => lost(subscriber));
    subscriber.on('end', () => lost(subscriber));
    const destroy = () => subscriber.isOpen && subscriber.destroy();
    signal.addEventListener('abort', destroy, { once: true });
    try {
      await subscriber.connect();
    } catch (error) {
      destroy();
      throw error;
    } finally {
      signal.removeEventListener('abort', destroy);
    }
    return subscriber;
  }

  /** Lets go of the connection at once, also of one that is still being opened. */
  async close(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    if (current?.client.isOpen) current.client.destroy();
  }

  /**
   * Has the server end the connection before this one: what was sent on it and is still under way must not be done
   * after what comes now. A server that does not let us do so goes without.
   */
  async #replace(client: RedisClient): Promise<void> {
    const last = this.#lastId;
    const [id] = await Promise.all([
      client.clientId().catch(ignoreRefusal),
      last !== undefined && client.clientKill({ filter: 'ID', id: last }).catch(ignoreRefusal),
    ]);
    this.#lastId = id;
  }

  #open(): Opened {
    const client = makeClient(this.#options, this.#connectTimeout);
    const forget = () => {
      if (this.#current === opened) this.#current = undefined;
    };
    const ready = client
      .connect()
      .then(() => this.#replace(client))
      .then(
        () => client,
        (error: unknown) => {
          forget();
          if (client.isOpen) client.destroy();
          throw error;
        },
      );
    const opened = { client, ready };
    // Every failure is seen by the operation it belongs to, or by 'error' when there is none: a connection that the
    // server closed while nobody used it is opened again by whoever comes next.
    client.on('error', forget);
    return opened;
  }
}

function ignoreRefusal(error: unknown): undefined {
  if (!(error instanceof ErrorReply)) throw error;
}
