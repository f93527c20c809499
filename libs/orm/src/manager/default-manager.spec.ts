import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { PrismaClient } from '../../../../apps/bookshop/src/generated/prisma/client.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { Count } from '../expressions/index.js';
import { OrmModule } from '../orm.module.js';
import { getManagerToken } from './inject-manager.decorator.js';
import { Manager } from './manager.js';
import { ManagerFor } from './manager-for.decorator.js';
import type { RelatedRows } from '../query-set/rows.js';
import type { MissingRow, PayloadOf } from '../query-set/types.js';

/** Books without pages, and publishers without awards, are as if they were deleted. */
@Injectable()
@ManagerFor('Book', { isDefault: true })
class LivingBooks extends Manager<'Book'> {
  override getQuerySet() {
    return super.getQuerySet().filter({ pages: { gt: 200 } });
  }
}

@Injectable()
@ManagerFor('Book')
class AllBooks extends Manager<'Book'> {}

@Injectable()
@ManagerFor('Publisher', { isDefault: true })
class LivingPublishers extends Manager<'Publisher'> {
  override getQuerySet() {
    return super.getQuerySet().filter({ numAwards: { gt: 1 } });
  }
}

describe('A default manager', () => {
  let shop: TestDatabase;
  let app: TestingModule;
  let hidden: Set<number>;

  beforeAll(async () => {
    shop = await createTestDatabase();
    const { adapter, schema } = shop;
    app = await Test.createTestingModule({
      imports: [
        OrmModule.forRoot({ adapter, schema, client: (wrapped) => new PrismaClient({ adapter: wrapped }) }),
        OrmModule.forFeature([LivingBooks, AllBooks, LivingPublishers, 'Author', 'OrderItem']),
      ],
    }).compile();
    await app.init();
    const all = await app.get(AllBooks).all();
    hidden = new Set(all.filter((book) => book.pages <= 200).map((book) => book.id));
  });

  afterAll(async () => {
    await app.close();
    await shop.close();
  });

  const managerOf = <M extends 'Author' | 'OrderItem'>(model: M) =>
    app.get<Manager<M>>(getManagerToken(model));

  it('hides rows from prefetches', async () => {
    const authors = await managerOf('Author').prefetchRelated('books');
    const seen = authors.flatMap((author) => author.books.map((book) => book.id));
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter((id) => hidden.has(id))).toEqual([]);
  });

  it('hides rows from joins', async () => {
    const items = await managerOf('OrderItem').selectRelated('book').orderBy('id');
    expect(items.some((item) => hidden.has(item.bookId))).toBe(true);
    for (const item of items)
      expect(item.book?.id ?? null).toBe(hidden.has(item.bookId) ? null : item.bookId);
  });

  it('hides rows from conditions, aggregates and related managers', async () => {
    const authors = managerOf('Author');
    const everything = app.get(AllBooks);
    const [id] = hidden;
    const writer = await everything.filter({ id: id! }).valuesList('authors.id', { flat: true });
    expect(await authors.filter({ books: { some: { id: id! } } })).toEqual([]);
    expect(await authors.filter({ 'books.id': id! })).toEqual([]);
    const counted = await authors
      .filter({ id: writer[0]! })
      .annotate({ n: Count('books') })
      .get();
    const own = await everything.filter({ 'authors.id': writer[0]! });
    expect(counted.n).toBe(own.filter((book) => !hidden.has(book.id)).length);
    const related = await authors.related(await authors.get({ id: writer[0]! })).books;
    expect(related).toHaveLength(counted.n);
    const items = managerOf('OrderItem');
    expect(await items.filter({ book: { pages: { lte: 200 } } }).count()).toBe(0);
  });

  it('holds across several relations, each with its own', async () => {
    const seen = await managerOf('OrderItem')
      .filter({ 'book.publisher.numAwards': { lte: 1 } })
      .count();
    expect(seen).toBe(0);
  });

  it('leaves other managers of the model as they are', async () => {
    expect(hidden.size).toBeGreaterThan(0);
    expect(await app.get(AllBooks).count()).toBe(18);
    expect(await app.get(LivingBooks).count()).toBe(18 - hidden.size);
  });

  it('can leave null in the place of a row that is always there, for the types where they are told', () => {
    type Book = PayloadOf<'OrderItem'>['objects']['book'];
    const told: MissingRow<Book, 'Book'> = null;
    // @ts-expect-error -- no row of a model is hidden where nothing says so
    const untold: MissingRow<Book> = null;
    // @ts-expect-error -- nor in what a join brings along
    const joined: RelatedRows<'OrderItem', 'book'> = { book: null };
    expect([told, untold, joined]).toEqual([null, null, { book: null }]);
  });
});
