import { describe, expect, it } from '@jest/globals';
import type { Dialect } from '../database/database.js';
import { schema } from '../../../../apps/bookshop/src/generated/quintet/index.js';
import { statementTables } from './statement-tables.js';
import { TableGraph } from './table-graph.js';

const graph = new TableGraph(schema);

function tablesOf(sql: string, dialect: Dialect = 'postgres') {
  const { reads, writes } = statementTables(sql, graph, dialect);
  return { reads: [...reads].sort(), writes: [...writes].sort() };
}

describe('statementTables()', () => {
  it.each([
    ['SELECT * FROM "public"."shop_book" AS b JOIN "shop_author" ON true', ['shop_author', 'shop_book'], []],
    ['select 1 from SHOP_BOOK', ['shop_book'], []],
    [`SELECT 'shop_book' AS "x" -- shop_author`, [], []],
    ['SELECT "shop_book"."id" FROM "shop_book" FOR UPDATE OF "shop_book" SKIP LOCKED', ['shop_book'], []],
    ['SELECT * FROM shop_book FOR NO KEY UPDATE', ['shop_book'], []],
    ['SELECT * FROM "SHOP_BOOK"', [], []],
    ['SELECT replace(name, $1, $2) FROM shop_store', ['shop_store'], []],
    ['INSERT INTO "public"."shop_store" ("name") VALUES ($1)', [], ['shop_store']],
    ['INSERT INTO "shop_store" ("name") SELECT "name" FROM "shop_author"', ['shop_author'], ['shop_store']],
    ['INSERT INTO "_Friends" ("A", "B") VALUES ($1, $2) ON CONFLICT DO NOTHING', [], ['_Friends']],
    ['INSERT INTO shop_store (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET name = $1', [], ['shop_store']],
    ['UPDATE "shop_order" SET "status" = $1', [], ['shop_order']],
    [
      'UPDATE ONLY shop_order SET status = $1 FROM shop_customer WHERE true',
      ['shop_customer'],
      ['shop_order'],
    ],
    ['UPDATE "shop_order" SET "status" = $1 WHERE "shop_order"."id" = 1', ['shop_order'], ['shop_order']],
    [
      'WITH gone AS (DELETE FROM "shop_store" RETURNING *) SELECT * FROM gone, shop_author',
      ['shop_author'],
      ['_BookStores', 'shop_store'],
    ],
    [
      'WITH x AS (UPDATE shop_order SET status = 1 RETURNING 1), y AS (INSERT INTO shop_outbox VALUES (1)) SELECT 1',
      [],
      ['shop_order', 'shop_outbox'],
    ],
    [
      'MERGE INTO shop_store s USING shop_author a ON true WHEN MATCHED THEN UPDATE SET name = a.name',
      ['shop_author'],
      ['_BookStores', 'shop_store'],
    ],
    ['EXPLAIN ANALYZE UPDATE shop_order SET status = 1', [], ['shop_order']],
    [
      'SELECT 1; UPDATE shop_order SET status = 1; SELECT * FROM shop_author',
      ['shop_author'],
      ['shop_order'],
    ],
    ['UPDATE elsewhere SET x = 1', [], ['elsewhere']],
    ['SET search_path = shop_book', [], []],
    ['SAVEPOINT shop_book', [], []],
  ])('reads %p', (sql, reads, writes) => {
    expect(tablesOf(sql)).toEqual({ reads, writes });
  });

  it('follows deletions through the foreign keys of the schema', () => {
    expect(tablesOf('DELETE FROM "shop_publisher"').writes).toEqual([
      '_BookAuthors',
      '_BookStores',
      'shop_book',
      'shop_publisher',
    ]);
    expect(tablesOf('DELETE FROM shop_author').writes).toEqual([
      '_BookAuthors',
      '_Friends',
      'shop_author',
      'shop_book',
    ]);
    expect(tablesOf('DELETE FROM shop_customer').writes).toEqual([
      'shop_customer',
      'shop_customerprofile',
      'shop_order',
      'shop_orderitem',
    ]);
    expect(tablesOf('DELETE FROM shop_employee').writes).toEqual(['shop_employee']);
  });

  it('follows a changed key, and no other column', () => {
    expect(tablesOf('UPDATE shop_publisher SET "name" = $1 WHERE id = 1').writes).toEqual(['shop_publisher']);
    expect(tablesOf('UPDATE shop_publisher SET "id" = $1').writes).toEqual(['shop_book', 'shop_publisher']);
  });

  it.each([
    'CREATE INDEX i ON shop_store (name)',
    'ALTER TABLE shop_store ADD x int',
    'COPY shop_store FROM STDIN',
    'LOCK TABLE shop_store',
  ])('counts what it does not know as both: %p', (sql) => {
    const { reads, writes } = tablesOf(sql);
    expect(reads).toEqual(['shop_store']);
    expect(writes).toContain('shop_store');
  });

  it.each(['DO $$ BEGIN PERFORM 1; END $$', 'CALL restock()', 'EXECUTE prepared'])(
    'expects anything of %p',
    (sql) => {
      expect(tablesOf(sql)).toEqual({ reads: [...graph.tables].sort(), writes: [...graph.tables].sort() });
    },
  );

  it('empties what refers to a truncated table', () => {
    expect(tablesOf('TRUNCATE shop_order CASCADE').writes).toEqual(['shop_order', 'shop_orderitem']);
  });

  it('folds names as the database does', () => {
    expect(tablesOf('SELECT * FROM "SHOP_BOOK", `Shop_Author`', 'sqlite').reads).toEqual([
      'shop_author',
      'shop_book',
    ]);
  });

  it.each([
    ['REPLACE INTO shop_store VALUES (1)', 'sqlite', ['_BookStores', 'shop_store']],
    ['INSERT OR REPLACE INTO shop_store VALUES (1)', 'sqlite', ['_BookStores', 'shop_store']],
    ['INSERT OR IGNORE INTO shop_store VALUES (1)', 'sqlite', ['shop_store']],
    ['UPDATE OR IGNORE shop_store SET name = 1', 'sqlite', ['shop_store']],
    [
      'UPDATE shop_store s JOIN shop_author a ON true SET s.name = a.name, a.age = 1',
      'mysql',
      ['shop_author', 'shop_store'],
    ],
    ['INSERT INTO shop_store VALUES (1) ON DUPLICATE KEY UPDATE name = 1', 'mysql', ['shop_store']],
  ] as const)('reads %p of %s', (sql, dialect, writes) => {
    expect(tablesOf(sql, dialect).writes).toEqual(writes);
  });
});
