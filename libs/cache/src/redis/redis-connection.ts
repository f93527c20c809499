import { createClient, ErrorReply, RESP_TYPES, type RedisClientOptions } from 'redis';
import type { CacheLogger } from '../backends/backend.js';
import { CacheUnavailableError } from '../errors.js';
import { scripts } from './scripts.js';

export interface RedisConnectionOptions {
  readonly client: RedisClientOptions;
  /** Milliseconds that one operation may take, connecting included. */
  readonly limit: number;
  readonly onError: 'miss' | 'throw';
  /** Begins the messages. */
  readonly name: string;
  readonly logger: CacheLogger;
}

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

/** What is to be done after an outage. */
export interface Recovery {
  repair(client: RedisClient): Promise<void>;
  isRepaired(): boolean;
}

const FIRST_RETRY = 50;
const LONGEST_RETRY = 1_000;

/**
 * One connection to Redis that is never waited for longer than its limit.
 *
 * The first operation connects. One that fails or takes too long takes the connection out of service: from then on
 * every operation is answered at once, while a fresh connection is tried in the background until one answers.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  #client: Promise<RedisClient> | undefined;
  #isDown = false;
  #isClosed = false;
  #retry: NodeJS.Timeout | undefined;
  readonly #complaints = new Set<string>();

  /** Makes up for what was lost in an outage, on a fresh connection, before anything else uses it. */
  recovery: Recovery = { repair: async () => {}, isRepaired: () => true };

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
  }

  /**
   * Runs commands within the limit.
   *
   * @param missed The answer while Redis is down.
   * @throws CacheUnavailableError with `onError: 'throw'`.
   */
  async run<T>(commands: (client: RedisClient) => Promise<T>, missed: () => T): Promise<T> {
    if (this.#isDown) return this.#miss(missed);
    this.#isClosed = false;
    const connecting = (this.#client ??= this.#connect());
    try {
      return await this.#within(connecting.then(commands));
    } catch (error) {
      if (error instanceof ErrorReply) this.#complain(error);
      else this.#goDown(connecting, error);
      return this.#miss(missed, error);
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#retry);
    this.#isClosed = true;
    this.#isDown = false;
    await this.#drop(this.#client);
  }

  async #connect(): Promise<RedisClient> {
    const client = makeClient(this.#options.client, this.#options.limit);
    // Every failure is seen by the operation it belongs to, or by 'error' when there is none.
    client.on('error', () => this.#forget(client));
    try {
      await this.#within(client.connect());
    } catch (error) {
      if (client.isOpen) client.destroy();
      throw error;
    }
    return client;
  }

  /** A connection that the server closed while nobody used it is opened again by whoever comes next. */
  #forget(client: RedisClient): void {
    const current = this.#client;
    void current?.then(
      (own) => {
        if (own === client && this.#client === current) this.#client = undefined;
      },
      () => undefined,
    );
  }

  #goDown(connecting: Promise<RedisClient>, error: unknown): void {
    const isCurrent = this.#client === undefined || this.#client === connecting;
    void this.#drop(connecting);
    // Of all operations that fail together the first one counts, and none of a connection that was replaced.
    if (!isCurrent || this.#isDown || this.#isClosed) return;
    this.#isDown = true;
    this.#options.logger.warn(
      `${this.#options.name} is down: ${messageOf(error)} Until Redis answers again it finds nothing.`,
    );
    this.#scheduleRetry(FIRST_RETRY);
  }

  #scheduleRetry(delay: number): void {
    this.#retry = setTimeout(() => void this.#recover(delay), delay).unref();
  }

  async #recover(delay: number): Promise<void> {
    const connecting = this.#connect();
    try {
      const client = await connecting;
      do await this.#within(client.ping().then(() => this.recovery.repair(client)));
      while (!this.recovery.isRepaired());
    } catch {
      await this.#drop(connecting);
      if (this.#isDown) this.#scheduleRetry(Math.min(delay * 2, LONGEST_RETRY));
      return;
    }
    if (!this.#isDown) return this.#drop(connecting);
    this.#client = connecting;
    this.#isDown = false;
    this.#complaints.clear();
    this.#options.logger.log(`${this.#options.name} is back.`);
  }

  async #drop(connecting: Promise<RedisClient> | undefined): Promise<void> {
    if (this.#client === connecting) this.#client = undefined;
    try {
      const client = await connecting;
      if (client?.isOpen) client.destroy();
    } catch {
      // It never connected, so there is nothing to let go of.
    }
  }

  /** Redis answers, but refuses: read-only, out of memory, still loading. Each kind is told once. */
  #complain(error: ErrorReply): void {
    const kind = error.message.split(' ', 1)[0]!;
    if (this.#complaints.has(kind)) return;
    this.#complaints.add(kind);
    this.#options.logger.warn(`${this.#options.name} was refused by Redis: ${error.message}`);
  }

  /** For operations that no miss can answer. */
  fail(cause?: unknown): never {
    throw new CacheUnavailableError(`${this.#options.name} is down.`, { cause });
  }

  /** What is lost is made up for in either case: whoever catches the error may do nothing about it. */
  #miss<T>(missed: () => T, cause?: unknown): T {
    const answer = missed();
    return this.#options.onError === 'throw' ? this.fail(cause) : answer;
  }

  async #within<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer within ${this.#options.limit} ms.`)),
        this.#options.limit,
      );
    });
    try {
      return await Promise.race([work, limit]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message.endsWith('.') ? message : `${message}.`;
}
