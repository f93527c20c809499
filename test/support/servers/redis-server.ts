import { createClient } from 'redis';
import { askKeeper, type KeptServer } from './keeper-client.js';
import { TestServer } from './test-server.js';

/** Our own servers have 1024 databases; one that was given from outside has the usual sixteen. */
const databases = { own: 1024, given: 16 };

/** A Redis server; every suite has a numbered database to itself, named in `url`. Channels are shared: prefix them. */
export class RedisServer extends TestServer {
  override get url(): string {
    const url = new URL(this.kept.url);
    const count = this.kept.handle === undefined ? databases.given : databases.own;
    url.pathname = `/${(this.kept.number % (count - 1)) + 1}`;
    return url.href;
  }

  /** Empties this suite's database. */
  async flush(): Promise<void> {
    const client = createClient({ url: this.url });
    await client.connect();
    await client.flushDb();
    client.destroy();
  }

  override release(): Promise<void> {
    return this.flush();
  }
}

/** Starts a Redis server for one suite alone; the suite stops it. */
export async function startRedis(): Promise<RedisServer> {
  return new RedisServer(await askKeeper<KeptServer>('start', 'redis'));
}

/** Returns this run's Redis server, started on first use, with an empty database. */
export async function sharedRedis(): Promise<RedisServer> {
  const server = new RedisServer(await askKeeper<KeptServer>('share', 'redis'));
  await server.flush();
  return server;
}
