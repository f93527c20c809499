import { StoreRefusedError } from '../errors.js';
import { MemcachedConnection, MemcachedRefusal, type MemcachedReply } from './memcached-connection.js';

/** Opens a connection to one server when it is needed first, and again when it is lost. */
export class MemcachedClient {
  readonly #host: string;
  readonly #port: number;
  #opening: Promise<MemcachedConnection> | undefined;
  #abort = new AbortController();

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  /** Sends commands in one round trip. @throws StoreRefusedError when Memcached answers with an error. */
  async send(commands: readonly (string | Buffer)[]): Promise<MemcachedReply[]> {
    const connection = await this.#connection();
    try {
      return await connection.send(commands);
    } catch (error) {
      if (!(error instanceof MemcachedRefusal)) throw error;
      throw new StoreRefusedError(error.message, error.message, { cause: error });
    }
  }

  /** Lets go of the connection; what is under way on it fails. */
  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    this.#abort.abort(new Error('the connection was closed'));
    this.#abort = new AbortController();
    await opening?.then(
      (connection) => connection.destroy(),
      () => undefined,
    );
  }

  async #connection(): Promise<MemcachedConnection> {
    const opening = (this.#opening ??= this.#open());
    const connection = await opening;
    if (connection.isOpen) return connection;
    // A connection that the server closed while nobody used it is opened again by whoever comes next.
    if (this.#opening === opening) this.#opening = this.#open();
    return this.#opening ?? this.#open();
  }

  #open(): Promise<MemcachedConnection> {
    const opening = MemcachedConnection.open(this.#host, this.#port, this.#abort.signal);
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = undefined;
    });
    return opening;
  }
}
