import { describe, expect, it } from '@jest/globals';
import { FieldError, InvalidValueError } from '../errors.js';
import { Exists, F, Lower, Lookup, OuterRef, Q } from '../expressions/index.js';
import { sqlOf, useQuerySets } from './query-sets.spec-support.js';

describe('QuerySet.filter()', () => {
  const sets = useQuerySets();
  const { of } = sets;

  it('binds every value', async () => {
    const query = of('Book').filter({ name: `'; drop table shop_book; --` });
    expect(query.toSQL().parameters).toEqual([`'; drop table shop_book; --`]);
    expect(await query).toEqual([]);
  });

  it('combines repeated calls with AND', async () => {
    const query = of('Book')
      .filter({ pages: { gte: 300 } })
      .filter({ rating: { gt: 4.4 } })
      .orderBy('id');
    expect(sqlOf(query)).toBe(
      'select … from "shop_book" as "t0" where "t0"."pages" >= $1 and "t0"."rating" > $2 order by "t0"."id" asc',
    );
    expect((await query).every((book) => book.pages >= 300 && book.rating > 4.4)).toBe(true);
  });

  it('reads what Prisma reads', async () => {
    const where = {
      OR: [
        { pages: { gt: 300 } },
        { publisher: { name: { contains: 'verlag', mode: 'insensitive' as const } } },
      ],
      NOT: { authors: { some: { age: { lt: 30 } } } },
    };
    const expected = await sets.shop.prisma.book.findMany({ where, orderBy: { id: 'asc' } });
    expect(await of('Book').filter(where).orderBy('id')).toEqual(expected);
  });

  it('joins to-one relations once', () => {
    const query = of('Book').filter({
      publisher: { numAwards: { gte: 1 } },
      'publisher.name': { startsWith: 'N' },
    });
    expect(sqlOf(query)).toBe(
      'select … from "shop_book" as "t0" inner join "shop_publisher" as "t1" on "t1"."id" = "t0"."publisher_id" ' +
        'where "t1"."num_awards" >= $1 and "t1"."name" like $2',
    );
  });

  it('compares a foreign key without a join', () => {
    expect(sqlOf(of('Book').filter({ publisher: 2, 'contact.id': { in: [1, 2] } }))).toBe(
      'select … from "shop_book" as "t0" where "t0"."publisher_id" = $1 and "t0"."contact_id" = any($2)',
    );
  });

  it('never multiplies rows', async () => {
    const query = of('Publisher')
      .filter({ 'books.pages': { gte: 300 } })
      .orderBy('id');
    expect(sqlOf(query)).toBe(
      'select … from "shop_publisher" as "t0" where exists (select 1 from "shop_book" as "t1" ' +
        'where "t1"."publisher_id" = "t0"."id" and "t1"."pages" >= $1) order by "t0"."id" asc',
    );
    expect((await query).map((row) => row.id)).toEqual([1, 2, 3, 4]);
  });

  it('means the same related row in one call, and any in two', async () => {
    const short = { 'books.pages': { lt: 150 } };
    const good = { 'books.rating': { gte: 3.5 } };
    const both = await of('Publisher')
      .filter({ ...short, ...good })
      .orderBy('id')
      .valuesList('id', { flat: true });
    const each = await of('Publisher')
      .filter(short)
      .filter(good)
      .orderBy('id')
      .valuesList('id', { flat: true });
    expect(both).toEqual([7]);
    expect(each.length).toBeGreaterThan(both.length);
  });

  it('compares columns, across relations too', async () => {
    const query = of('OrderItem').filter({ unitPrice: { lt: F('book.price') } });
    expect(sqlOf(query)).toContain('where "t0"."unit_price" < "t1"."price"');
    expect((await query).length).toBeGreaterThan(0);
  });

  it('takes expressions as the left side and subqueries as conditions', async () => {
    const ordered = of('OrderItem').filter({ book: OuterRef('pk') });
    const query = of('Book').filter(Lookup(Lower('name'), 'contains', 'harbour'), Exists(ordered));
    expect((await query).map((book) => book.name)).toContain('Winter Harbour');
  });

  it('keeps rows without a value in exclude() and not in NOT', async () => {
    const excluded = await of('Author').exclude({ email: 'bo@mail.example' }).count();
    const negated = await of('Author')
      .filter({ NOT: { email: 'bo@mail.example' } })
      .count();
    expect([excluded, negated]).toEqual([11, 8]);
  });

  it('combines by and, or, xor and not', async () => {
    const query = of('Book').filter(
      Q({ pages: { gt: 900 } })
        .or(
          Q({ pages: 0 })
            .and({ rating: { gt: 100 } })
            .not(),
        )
        .not(),
    );
    expect(sqlOf(query)).toContain(
      'where not (("t0"."pages" > $1 or not (("t0"."pages" = $2 and "t0"."rating" > $3))))',
    );
  });

  it('sends nothing for an empty list', async () => {
    expect(await of('Book').filter({ id: { in: [] } })).toEqual([]);
    expect(
      await of('Book')
        .filter(Q({ id: { in: [] } }).or({ id: 4 }))
        .count(),
    ).toBe(1);
  });

  it('names the choices for an unknown name', async () => {
    const query = of('Book').filter({ titel: 'x' } as object);
    await expect(query).rejects.toThrow(FieldError);
    await expect(query).rejects.toThrow(/^Cannot resolve "titel" on Book. Choices are: authors, contact,/);
  });

  it('refuses values that the column cannot hold', async () => {
    await expect(of('Book').filter({ pages: 'many' as never })).rejects.toThrow(InvalidValueError);
    await expect(of('Book').filter({ pubdate: '03/03/2008' })).rejects.toThrow(InvalidValueError);
  });

  it('reads wildcards as the characters that they are', async () => {
    const names = await of('Book')
      .filter({ name: { contains: '%' } })
      .valuesList('name', { flat: true });
    expect(names.every((name) => name.includes('%'))).toBe(true);
  });

  it('finds words, and documents that another one holds', async () => {
    const wordy = of('Book').filter({ name: { search: 'harbours winter' } });
    expect(await wordy.valuesList('name', { flat: true })).toContain('Winter Harbour');
    const all = await of('Book').orderBy('id');
    const tags = all.flatMap((book) => book.tags as string[]);
    expect(
      await of('Book')
        .filter({ tags: { containedBy: tags } })
        .count(),
    ).toBe(all.length);
    const untagged = all.filter((book) => (book.tags as string[]).length === 0);
    expect(
      await of('Book')
        .filter({ tags: { containedBy: [] } })
        .count(),
    ).toBe(untagged.length);
  });
});
