import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWith, type PostgresServer } from '../support/servers.js';
import { scalars } from './find-many.js';
import { type Museum, openMuseum } from './museum.js';

function suite(server: () => PostgresServer | undefined): void {
  let museum: Museum;
  beforeAll(async () => {
    museum = await openMuseum(server());
  }, 60_000);
  afterAll(() => museum.close());

  const rowsOf = () => museum.model('Exhibit').findMany({ orderBy: { id: 'asc' } });

  it('writes in bulk what Prisma reads, column by column', async () => {
    const before = await rowsOf();
    const changed = before.map((row, index) => ({
      ...before.at(-1 - index),
      id: row['id'],
      code: row['code'],
      uuid: row['uuid'],
    }));
    const columns = scalars(museum.schema.models['Exhibit']!).map(({ name }) => name);
    for (const name of columns.filter(
      (each) => !['id', 'code', 'uuid', 'wingId', 'roomNumber'].includes(each),
    )) {
      expect(await museum.of('Exhibit').bulkUpdate(changed, [name])).toBe(before.length);
      const written = (await rowsOf()).map((row) => row[name]);
      expect([name, written]).toEqual([name, changed.map((row) => (row as Record<string, unknown>)[name])]);
    }
  });

  it('creates in bulk what Prisma reads', async () => {
    const before = await rowsOf();
    const copies = before.map((row, index) => ({ ...row, id: BigInt(1000 + index), code: null, uuid: null }));
    const created = await museum.of('Exhibit').bulkCreate(copies);
    const read = (await rowsOf()).slice(before.length);
    expect(read).toEqual(copies);
    expect(created).toEqual(copies);
  });
}

describe('A row of every type, on PGlite', () => {
  suite(() => undefined);
});

describeWith('postgres', 'A row of every type, on PostgreSQL', (servers) => {
  suite(() => servers.postgres);
});
