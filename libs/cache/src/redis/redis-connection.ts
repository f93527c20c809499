import { createClient, createCluster, ErrorReply, RESP_TYPES, type RedisClientOptions } from 'redis';
import { StoreRefusedError } from '../errors.js';
import { locate, type RedisPlace } from './redis-place.js';
import { scripts } from './scripts.js';

const BYTES = { [RESP_TYPES.BLOB_STRING]: Buffer } as const;

/** Nothing waits in line for a server that is not there. */
function withoutWaiting(options: RedisClientOptions, connectTimeout: number): RedisClientOptions {
  return {
    ...options,
    disableOfflineQueue: true,
    socket: { ...options.socket, connectTimeout, reconnectStrategy: false },
  };
}

/** Makes the client whose replies are bytes. */
function makeClient(options: RedisClientOptions, connectTimeout: number) {
  return createClient({ ...withoutWaiting(options, connectTimeout), scripts }).withTypeMapping(BYTES);
}

function makeSubscriber(options: RedisClientOptions, connectTimeout: number) {
  return createClient(withoutWaiting(options, connectTimeout));
}

function makeCluster(urls: readonly string[], options: RedisClientOptions, connectTimeout: number) {
  return createCluster({
    rootNodes: urls.map((url) => ({ url })),
    defaults: withoutWaiting(options, connectTimeout),
    scripts,
  }).withTypeMapping(BYTES);
}

export type RedisSubscriber = ReturnType<typeof makeSubscriber>;

export type RedisClient = ReturnType<typeof makeClient>;

type RedisCluster = ReturnType<typeof makeCluster>;

/** A connection, and when it can be used. */
interface Opened {
  client?: RedisClient;
  isClosed?: boolean;
  ready: Promise<RedisClient>;
}

/** One connection to Redis, or one to each server of a cluster: opened by whoever needs it first, and again when lost. */
export class RedisConnection {
  readonly #place: RedisPlace;
  readonly #options: RedisClientOptions;
  readonly #connectTimeout: number;
  #current: Opened | undefined;
  /** How the server knows the last connection. */
  #last: { id: number; addr: `${string}:${number}` } | undefined;

  /** @param connectTimeout Milliseconds. */
  constructor(place: RedisPlace, options: RedisClientOptions, connectTimeout: number) {
    this.#place = place;
    this.#options = options;
    this.#connectTimeout = connectTimeout;
  }

  /** Runs commands. @throws StoreRefusedError when Redis answers, but refuses. */
  async run<T>(commands: (client: RedisClient) => Promise<T>): Promise<T> {
    const current = (this.#current ??= this.#open());
    const client = await current.ready;
    try {
      return await commands(client);
    } catch (error) {
      if (!(error instanceof ErrorReply)) throw error;
      // What was the master is none any more: whoever comes next asks the sentinels again.
      if (error.message.startsWith('READONLY') && this.#place.kind === 'sentinel') this.#close(current);
      throw new StoreRefusedError(error.message.split(' ', 1)[0]!, error.message, { cause: error });
    }
  }

  /** Reads many names; in a cluster one by one, since they lie on different servers, but all at once. */
  async readMany(names: readonly string[]): Promise<(Buffer | null)[]> {
    return this.run((client) =>
      this.#place.kind === 'cluster'
        ? Promise.all(names.map((name) => client.get(name)))
        : client.mGet([...names]),
    );
  }

  /** Removes many names; returns how many there were. */
  async removeMany(names: readonly string[]): Promise<number> {
    return this.run(async (client) => {
      if (this.#place.kind !== 'cluster') return client.unlink([...names]);
      const removed = await Promise.all(names.map((name) => client.unlink(name)));
      return removed.reduce((sum, count) => sum + count, 0);
    });
  }

  /** Lists the servers that hold a part of the names. */
  async eachServer(work: (client: RedisClient) => Promise<void>): Promise<void> {
    await this.run(async (client) => {
      if (this.#place.kind !== 'cluster') return work(client);
      const cluster = client as unknown as RedisCluster;
      for (const master of cluster.masters) {
        await work(await cluster.nodeClient(master));
      }
    });
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
    const options = await locate(this.#place, this.#options, this.#connectTimeout);
    const subscriber = makeSubscriber(options, this.#connectTimeout);
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
    if (this.#current) this.#close(this.#current);
  }

  #close(opened: Opened): void {
    if (this.#current === opened) this.#current = undefined;
    opened.isClosed = true;
    if (opened.client?.isOpen) opened.client.destroy();
  }

  #open(): Opened {
    const opened = {} as Opened;
    opened.ready = this.#connect(opened).catch((error: unknown) => {
      this.#close(opened);
      throw error;
    });
    return opened;
  }

  async #connect(opened: Opened): Promise<RedisClient> {
    const client = await this.#make();
    opened.client = client;
    // Every failure is seen by the operation it belongs to, or by 'error' when there is none: a connection that the
    // server closed while nobody used it is opened again by whoever comes next.
    client.on('error', () => {
      if (this.#current === opened) this.#current = undefined;
    });
    if (opened.isClosed) throw new Error('the connection was closed.');
    await client.connect();
    if (this.#place.kind !== 'cluster') await this.#replace(client);
    return client;
  }

  async #make(): Promise<RedisClient> {
    const place = this.#place;
    if (place.kind === 'cluster') {
      return makeCluster(place.urls, this.#options, this.#connectTimeout) as unknown as RedisClient;
    }
    return makeClient(await locate(place, this.#options, this.#connectTimeout), this.#connectTimeout);
  }

  /**
   * Has the server end the connection before this one: what was sent on it and is still under way must not be done
   * after what comes now. A server that does not let us do so goes without.
   */
  async #replace(client: RedisClient): Promise<void> {
    const last = this.#last;
    const [own] = await Promise.all([
      client.sendCommand<string>(['CLIENT', 'INFO']).catch(ignoreRefusal),
      // By its address too: a server that was started anew gives the same numbers to other clients.
      last &&
        client
          .clientKill([
            { filter: 'ID', id: last.id },
            { filter: 'ADDR', address: last.addr },
          ])
          .catch(ignoreRefusal),
    ]);
    this.#last = own === undefined ? undefined : connectionIn(own);
  }
}

/** Reads what `CLIENT INFO` says of the connection that it is sent on. */
function connectionIn(info: string): { id: number; addr: `${string}:${number}` } | undefined {
  const [, id] = /\bid=(\d+)/.exec(info) ?? [];
  const [, addr] = /\baddr=(\S+)/.exec(info) ?? [];
  return id && addr ? { id: Number(id), addr: addr as `${string}:${number}` } : undefined;
}

function ignoreRefusal(error: unknown): undefined {
  if (!(error instanceof ErrorReply)) throw error;
}
