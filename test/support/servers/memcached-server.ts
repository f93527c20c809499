import { askKeeper, type KeptServer } from './keeper-client.js';
import { TestServer } from './test-server.js';

/** A Memcached server; it knows no databases, so every suite's keys start with its `prefix`. */
export class MemcachedServer extends TestServer {
  /** `host:port`, as most clients want it. */
  get address(): string {
    return this.url.replace(/^memcached:\/\//, '');
  }
}

/** Starts a Memcached server for one suite alone; the suite stops it. */
export async function startMemcached(): Promise<MemcachedServer> {
  return new MemcachedServer(await askKeeper<KeptServer>('start', 'memcached'));
}

/** Returns this run's Memcached server, started on first use. */
export async function sharedMemcached(): Promise<MemcachedServer> {
  return new MemcachedServer(await askKeeper<KeptServer>('share', 'memcached'));
}
