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

export type RedisClient = ReturnType<typeof makeClient>;

/** One connection to Redis: opened by whoever needs it first, and again when it is lost. */
export class RedisConnection {
  readonly #options: RedisClientOptions;
  readonly #connectTimeout: number;
  #client: Promise<RedisClient> | undefined;

  /** @param connectTimeout Milliseconds. */
  constructor(options: RedisClientOptions, connectTimeout: number) {
    this.#options = options;
    this.#connectTimeout = connectTimeout;
  }

  /** Runs commands. @throws StoreRefusedError when Redis answers, but refuses. */
  async run<T>(commands: (client: RedisClient) => Promise<T>): Promise<T> {
    const client = await (this.#client ??= this.#connect());
    try {
      return await commands(client);
    } catch (error) {
      if (!(error instanceof ErrorReply)) throw error;
      throw new StoreRefusedError(error.message.split(' ', 1)[0]!, error.message, { cause: error });
    }
  }

  async close(): Promise<void> {
    const connecting = this.#client;
    this.#client = undefined;
    try {
      const client = await connecting;
      if (client?.isOpen) client.destroy();
    } catch {
      // It never connected, so there is nothing to let go of.
    }
  }

  #connect(): Promise<RedisClient> {
    const client = makeClient(this.#options, this.#connectTimeout);
    const connecting = client.connect().then(
      () => client,
      (error: unknown) => {
        this.#forget(connecting);
        if (client.isOpen) client.destroy();
        throw error;
      },
    );
    // Every failure is seen by the operation it belongs to, or by 'error' when there is none: a connection that the
    // server closed while nobody used it is opened again by whoever comes next.
    client.on('error', () => this.#forget(connecting));
    return connecting;
  }

  #forget(connecting: Promise<RedisClient>): void {
    if (this.#client === connecting) this.#client = undefined;
  }
}
