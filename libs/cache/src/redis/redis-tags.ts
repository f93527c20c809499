import { MAX_TAGS, type TagReading, type TagStore } from '../tags/tag-store.js';
import type { LostWrites } from './lost-writes.js';
import type { RedisClient, RedisConnection } from './redis-connection.js';

/** The tag clock as one hash on the server, so that every process goes by the same one. */
export class RedisTags implements TagStore {
  readonly name: string;
  readonly #connection: RedisConnection;
  readonly #lost: LostWrites;

  constructor(connection: RedisConnection, name: string, lost: LostWrites) {
    this.#connection = connection;
    this.name = name;
    this.#lost = lost;
  }

  /** While Redis is down everything changed just now: nothing tagged is served or stored. */
  read(tags: readonly string[]): Promise<TagReading> {
    return this.#connection.run(
      async (client) => {
        const [now, ...changes] = await client.readTags(this.name, MAX_TAGS, tags);
        return { now: now!, changes };
      },
      () => ({ now: 0, changes: tags.map(() => Infinity) }),
    );
  }

  invalidate(tags: readonly string[]): Promise<void> {
    return this.#connection.run(
      (client) => this.invalidateWith(client, tags),
      () => this.#lost.tags(tags),
    );
  }

  async invalidateWith(client: RedisClient, tags: readonly string[]): Promise<void> {
    if (tags.length > 0) await client.invalidateTags(this.name, MAX_TAGS, tags);
  }
}
