import { MAX_TAGS, type TagReading, type TagStore } from '../tags/tag-store.js';
import type { RedisConnection } from './redis-connection.js';

/** The tag clock as one hash on the server, so that every process goes by the same one. */
export class RedisTags implements TagStore {
  constructor(
    private readonly connection: RedisConnection,
    readonly name: string,
  ) {}

  read(tags: readonly string[]): Promise<TagReading> {
    return this.connection.run(async (client) => {
      const [now, ...changes] = await client.readTags(this.name, MAX_TAGS, tags);
      return { now: now!, changes };
    });
  }

  async invalidate(tags: readonly string[]): Promise<void> {
    if (tags.length > 0) {
      await this.connection.run((client) => client.invalidateTags(this.name, MAX_TAGS, tags));
    }
  }
}
