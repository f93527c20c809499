import type { INestApplication } from '@nestjs/common';
import { createBookshop } from '../../apps/bookshop/src/bookshop.js';
import { createTestDatabase, type TestDatabaseOptions } from '../support/database.js';

/** A bookshop in this process, on a database of its own. */
export interface TestShop {
  readonly app: INestApplication;
  readonly address: string;
  close(): Promise<void>;
}

export async function startTestShop({
  redisUrl,
  isDevelopment,
  ...options
}: TestDatabaseOptions & { redisUrl?: string; isDevelopment?: boolean } = {}): Promise<TestShop> {
  const database = await createTestDatabase(options);
  const settings = { redisUrl, secretKeys: ['a secret of the tests'], isDevelopment };
  const app = await createBookshop(settings, database, { logger: false });
  // It has to listen: the page cache knows pages apart by their host, and so by the port.
  await app.listen(0, '127.0.0.1');
  return {
    app,
    address: await app.getUrl(),
    async close() {
      await app.close();
      await database.close();
    },
  };
}
