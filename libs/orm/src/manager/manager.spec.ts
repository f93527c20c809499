import { Controller, Get, Injectable, Param } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import request from 'supertest';
import type { App } from 'supertest/types.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { PrismaClient } from '../../../../apps/bookshop/src/generated/prisma/client.js';
import { Databases } from '../database/databases.js';
import { OrmModule } from '../orm.module.js';
import { DoesNotExistError, MultipleObjectsReturnedError } from '../errors.js';
import { getManagerToken, InjectManager } from './inject-manager.decorator.js';
import { Manager } from './manager.js';
import { ManagerFor } from './manager-for.decorator.js';
import { QuerySet } from '../query-set/query-set.js';
import { reservedNames } from './reserved-names.js';

@Injectable()
class Limits {
  readonly cheap = 15;
}

@Injectable()
@ManagerFor('Book', { ordering: ['-price', 'id'] })
class BookManager extends Manager<'Book'> {
  constructor(readonly limits: Limits) {
    super();
  }

  cheap() {
    return this.filter({ price: { lt: this.limits.cheap } });
  }

  long() {
    return this.filter({ pages: { gte: 300 } });
  }
}

@Controller()
class BooksController {
  constructor(
    readonly books: BookManager,
    @InjectManager('Author') readonly authors: Manager<'Author'>,
  ) {}

  @Get('books/:id')
  book(@Param('id') id: string) {
    return this.books.get({ id: Number(id) });
  }

  @Get('broken')
  broken() {
    return this.authors.get();
  }
}

describe('Manager', () => {
  let shop: TestDatabase;
  let app: INestApplication<App>;
  let books: BookManager;

  beforeAll(async () => {
    shop = await createTestDatabase();
    const { adapter, schema } = shop;
    const module = await Test.createTestingModule({
      imports: [
        OrmModule.forRoot({ adapter, schema, client: (wrapped) => new PrismaClient({ adapter: wrapped }) }),
        OrmModule.forFeature(['Author']),
      ],
      providers: [Limits, BookManager],
      controllers: [BooksController],
    }).compile();
    app = module.createNestApplication({ logger: false });
    await app.init();
    books = app.get(BookManager);
  });

  afterAll(async () => {
    await app.close();
    await shop.close();
  });

  it('has the methods of a QuerySet', async () => {
    expect(await books.count()).toBe(18);
    expect(await books.filter({ pages: 0 }).exists()).toBe(true);
    expect(await books.orderBy('id').values('id').slice(0, 1)).toEqual([{ id: 1 }]);
  });

  it('chains the methods that it adds', async () => {
    const ids = await books
      .cheap()
      .filter({ rating: { gt: 0 } })
      .long()
      .valuesList('id', { flat: true });
    expect(ids).toEqual(
      await books
        .filter({ price: { lt: 15 }, rating: { gt: 0 }, pages: { gte: 300 } })
        .valuesList('id', { flat: true }),
    );
  });

  it('orders rows where a query does not say it', () => {
    expect(books.all().toSQL().sql).toMatch(/ order by "t0"."price" desc, "t0"."id" asc$/);
    expect(books.orderBy().toSQL().sql).not.toContain('order by');
  });

  it('changes what a row is related to', () =>
    app
      .get(Databases)
      .get()
      .atomic(async () => {
        const related = books.related(await books.get({ id: 1 }));
        const idsOf = async () => (await related.authors.orderBy('id')).map((author) => author.id);
        await related.authors.add(3);
        expect(await idsOf()).toEqual([1, 2, 3]);
        await related.authors.set([2, 4]);
        expect(await idsOf()).toEqual([2, 4]);
        await related.authors.clear();
        expect(await related.authors.exists()).toBe(false);
        const publisher = (await related.publisher)[0];
        expect(publisher?.id).toBe(1);
      }));

  it('takes names that QuerySets use for themselves, and refuses those that they are known by', async () => {
    @ManagerFor('Book')
    class Named extends Manager<'Book'> {
      of(publisher: number) {
        return this.filter({ publisherId: publisher });
      }
      with(text: string) {
        return this.filter({ name: { contains: text } });
      }
      one = 1;
      known = 'a property';
    }
    const started = <T extends Manager>(manager: T): T =>
      Object.assign(manager, { databases: app.get(Databases) });
    const named = started(new Named());
    const all = await books.filter({ publisherId: 1, name: { contains: 'a' } }).count();
    expect(
      await named
        .of(1)
        .filter({ id: { gt: 0 } })
        .with('a')
        .count(),
    ).toBe(all);
    expect(all).toBeGreaterThan(0);
    expect((await named.get({ id: 1 })).id).toBe(1);

    @ManagerFor('Book')
    class Torn extends Manager<'Book'> {
      or = () => this.all();
      state = 'unsaved';
    }
    expect(() => started(new Torn())).toThrow(/^Torn has "or", "state", .* Reserved are: and, context, /);
  });

  it('reserves all names that QuerySets have and managers have not', () => {
    const names = new Set(['context', 'state']);
    for (
      let at: object = QuerySet.prototype;
      at !== Object.prototype;
      at = Object.getPrototypeOf(at) as object
    )
      for (const name of Object.getOwnPropertyNames(at)) names.add(name);
    const ofQuerySets = [...names].filter((name) => !(name in Manager.prototype)).sort();
    expect(ofQuerySets).toEqual(['delete', ...reservedNames].sort());
  });

  it('writes a symmetrical relation in both directions', () =>
    app
      .get(Databases)
      .get()
      .atomic(async () => {
        @ManagerFor('Author', { symmetrical: ['friends'] })
        class Friends extends Manager<'Author'> {}
        const authors = Object.assign(new Friends(), { databases: app.get(Databases) }) as Friends;
        const friendsOf = (id: number) =>
          authors.related({ id }).friends.orderBy('id').valuesList('id', { flat: true });
        const mine = authors.related({ id: 11 }).friends;
        await mine.add(10, 12);
        expect([await friendsOf(11), await friendsOf(10), await friendsOf(12)]).toEqual([
          [10, 12],
          [7, 11],
          [11],
        ]);
        await mine.remove(10);
        expect([await friendsOf(11), await friendsOf(10)]).toEqual([[12], [7]]);
        await mine.set([10]);
        expect([await friendsOf(11), await friendsOf(10), await friendsOf(12)]).toEqual([[10], [7, 11], []]);
        const made: { id: number } = await mine.create({ name: 'New', age: 30 });
        expect(await friendsOf(made.id)).toEqual([11]);
        await mine.clear();
        expect([await friendsOf(11), await friendsOf(10), await friendsOf(made.id)]).toEqual([[], [7], []]);
      }));

  it('refuses a symmetrical relation that leads to another model', () => {
    @ManagerFor('Book', { symmetrical: ['authors'] })
    class Wrong extends Manager<'Book'> {}
    expect(() => Object.assign(new Wrong(), { databases: app.get(Databases) })).toThrow(
      '"authors" is no many-to-many relation of Book to itself, so it cannot be symmetrical. There are no choices.',
    );
  });

  it('tells the errors of its model from those of others', async () => {
    const authors = app.get<Manager<'Author'>>(getManagerToken('Author'));
    const missing: unknown = await books.get({ id: 999 }).catch((error: unknown) => error);
    expect(missing instanceof books.DoesNotExist).toBe(true);
    expect(missing instanceof DoesNotExistError).toBe(true);
    expect(missing instanceof authors.DoesNotExist).toBe(false);
    expect(missing instanceof books.MultipleObjectsReturned).toBe(false);
    const several: unknown = await authors.get().catch((error: unknown) => error);
    expect(several instanceof authors.MultipleObjectsReturned).toBe(true);
    expect(several instanceof MultipleObjectsReturnedError).toBe(true);
    const http: unknown = await books.getOr404({ id: 999 }).catch((error: unknown) => error);
    expect(http instanceof books.DoesNotExist).toBe(true);
  });

  it('answers a missing row with 404, and several with 500', async () => {
    await request(app.getHttpServer()).get('/books/1').expect(200);
    const { body } = await request(app.getHttpServer()).get('/books/999').expect(404);
    expect(body).toMatchObject({ statusCode: 404, message: 'No Book matches the query.' });
    await request(app.getHttpServer()).get('/broken').expect(500);
  });
});
