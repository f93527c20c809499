import type { Decimal } from '@prisma/client/runtime/client';
import {
  Avg,
  Coalesce,
  Count,
  type Database,
  F,
  FilteredRelation,
  Func,
  kyselyOf,
  Lower,
  Manager,
  Max,
  Prefetch,
  Q,
  type QuerySet,
  RawSQL,
  RowNumber,
  sql,
  Sum,
  TruncMonth,
  Value,
  Window,
} from '@nest-quintet/orm';
import type { schema } from '../../apps/bookshop/src/generated/quintet/index.js';

/** The models that are registered by what is generated. */
export type Schema = typeof schema;

/** Nothing here runs: it is compiled, and what must not compile says so. */

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type RowsOf<Q> = Q extends PromiseLike<(infer Row)[]> ? Row : never;
declare function expectTrue<T extends true>(): T;

declare const books: QuerySet<'Book'>;
declare const orders: QuerySet<'Order'>;
declare const publishers: QuerySet<'Publisher'>;
declare const items: QuerySet<'OrderItem'>;

export function filters(): void {
  books.filter({ name: 'x', price: '9.99', pubdate: { year: { gte: 2019 } }, tags: { contains: 'sea' } });
  books.filter({ publisher: { name: { startsWith: 'N' } }, authors: { some: { age: { gt: 40 } } } });
  books.filter({
    publisher: 2,
    'publisher.numAwards': { gte: 1 },
    OR: [{ pages: 1 }, { NOT: { pages: 2 } }],
  });
  books.annotate({ n: Count('authors') }).filter({ n: { gt: 2 } });
  // @ts-expect-error -- there is no such field
  books.filter({ titel: 'x' });
  // @ts-expect-error -- a number is no text
  books.filter({ name: 5 });
  // @ts-expect-error -- texts are found in texts, not in numbers
  books.filter({ pages: { contains: 'x' } });
  // @ts-expect-error -- a relation with many rows has no fields
  books.filter({ authors: { age: 40 } });
  // @ts-expect-error -- a field of the related model that is not there
  books.filter({ publisher: { title: 'x' } });
  // @ts-expect-error -- a path does not go on behind what is no relation
  books.filter({ 'nope.name': 'x' });
}

export function annotations(): void {
  const sums = publishers.annotate({
    n: Count('books'),
    pages: Sum('books.pages'),
    dearest: Max('books.price'),
  });
  expectTrue<Equal<RowsOf<typeof sums>['n'], number>>();
  expectTrue<Equal<RowsOf<typeof sums>['pages'], number | null>>();
  expectTrue<Equal<RowsOf<typeof sums>['dearest'], Decimal | null>>();
  const computed = items.annotate({ worth: F('quantity').mul(F('unitPrice')), title: Lower('book.name') });
  expectTrue<Equal<RowsOf<typeof computed>['worth'], Decimal>>();
  expectTrue<Equal<RowsOf<typeof computed>['title'], string>>();
  const ranked = books.annotate({
    rank: Window(RowNumber(), { partitionBy: 'publisher', orderBy: '-price' }),
  });
  expectTrue<Equal<RowsOf<typeof ranked>['rank'], number>>();
  const zero = publishers.annotate({ pages: Coalesce(Sum('books.pages'), Value(0)) });
  expectTrue<Equal<RowsOf<typeof zero>['pages'], number>>();
  // @ts-expect-error -- a name that is a field already
  books.annotate({ name: Value('x') });
  // @ts-expect-error -- a name that is a relation already
  books.annotate({ authors: Count('stores') });
  // @ts-expect-error -- a path that leads nowhere
  books.annotate({ n: Count('authors.nope') });
  // @ts-expect-error -- a name that is not there, deep in an expression
  books.annotate({ n: Sum(F('pages').add(F('nope'))) });
}

export function filteredRelations(): void {
  const good = FilteredRelation('books', { condition: Q({ 'books.rating': { gte: 4 } }) });
  const some = publishers.annotate({ good });
  const counted = some.annotate({ n: Count('good'), dearest: Max('good.price') });
  expectTrue<Equal<RowsOf<typeof counted>['dearest'], Decimal | null>>();
  expectTrue<'good' extends keyof RowsOf<typeof counted> ? false : true>();
  some.filter({ 'good.price': { gt: 1 } }).orderBy('good.name');
  // @ts-expect-error -- the related model has no such field
  some.annotate({ dearest: Max('good.nope') });
  // @ts-expect-error -- no such relation
  publishers.annotate({ good: FilteredRelation('nope', { condition: Q({}) }) });
  // @ts-expect-error -- nor such a filtered relation
  some.orderBy('better.name');
}

export function defaults(): void {
  const sums = publishers.annotate({
    pages: Sum('books.pages', { default: 0 }),
    dearest: Max('books.price', { filter: Q({ 'books.pages': 1 }) }),
    mean: Avg('books.rating', { default: 1, distinct: true }),
  });
  expectTrue<Equal<RowsOf<typeof sums>['pages'], number>>();
  expectTrue<Equal<RowsOf<typeof sums>['dearest'], Decimal | null>>();
  expectTrue<Equal<RowsOf<typeof sums>['mean'], number>>();
}

export async function byHand(database: Database): Promise<void> {
  const named = books.annotate({
    initial: sql`left(${F('name')}, 1)`.as('String'),
    twice: RawSQL('pages * %s', [2], 'Int'),
    sound: Func('soundex', ['name'], { as: 'String' }),
  });
  expectTrue<Equal<RowsOf<typeof named>['initial'], string | null>>();
  expectTrue<Equal<RowsOf<typeof named>['twice'], number | null>>();
  expectTrue<Equal<RowsOf<typeof named>['sound'], string | null>>();
  const [row] = await kyselyOf(database)
    .selectFrom('shop_book')
    .select(['id', 'price', 'contact_id'])
    .execute();
  expectTrue<Equal<typeof row, { id: number; price: Decimal; contact_id: number | null } | undefined>>();
  // @ts-expect-error -- the table has no such column
  kyselyOf(database).selectFrom('shop_book').select('numAwards');
  // @ts-expect-error -- there is no such table
  kyselyOf(database).selectFrom('shop_books');
  books.filter({ name: { search: 'winter' }, tags: { containedBy: ['sea'] } });
  // @ts-expect-error -- words are found in texts
  books.filter({ pages: { search: 'winter' } });
  // @ts-expect-error -- there is no such format
  void books.explain({ format: 'pdf' });
}

export function values(): void {
  const named = books.values('id', 'publisher.name', { month: TruncMonth('pubdate') });
  expectTrue<Equal<RowsOf<typeof named>, { id: number; 'publisher.name': string; month: Date }>>();
  const flat = books.valuesList('contact.name', { flat: true });
  expectTrue<Equal<RowsOf<typeof flat>, string | null>>();
  const lists = books.valuesList('id', 'price');
  expectTrue<Equal<RowsOf<typeof lists>, readonly [number, Decimal]>>();
  const grouped = orders.values('status').annotate({ n: Count(), mean: Avg('totalPrice') });
  expectTrue<Equal<RowsOf<typeof grouped>['status'], string>>();
  expectTrue<Equal<RowsOf<typeof grouped>['mean'], Decimal | null>>();
  // @ts-expect-error -- there is no such field
  books.values('nope');
  // @ts-expect-error -- nor across a relation
  books.valuesList('publisher.nope', { flat: true });
}

export function orders_(): void {
  books.orderBy('-price', 'publisher.name', '?', F('rating').desc({ nulls: 'last' }));
  publishers.annotate({ n: Count('books') }).orderBy('-n');
  // @ts-expect-error -- there is no such field
  books.orderBy('nope');
  // @ts-expect-error -- nor with a minus
  books.orderBy('-nope');
}

export function relations(): void {
  const related = books.selectRelated('publisher', 'contact');
  expectTrue<Equal<RowsOf<typeof related>['publisher']['numAwards'], number>>();
  expectTrue<Equal<NonNullable<RowsOf<typeof related>['contact']>['age'], number>>();
  expectTrue<null extends RowsOf<typeof related>['contact'] ? true : false>();
  const prefetched = publishers.prefetchRelated(
    'books',
    Prefetch('books', { queryset: books.only('name'), toAttr: 'names' }),
  );
  expectTrue<Equal<RowsOf<typeof prefetched>['books'][number]['pages'], number>>();
  expectTrue<Equal<RowsOf<typeof prefetched>['names'][number]['name'], string>>();
  // @ts-expect-error -- only() has left the field out
  void ((row: RowsOf<typeof prefetched>) => row.names[0]?.pages);
  // @ts-expect-error -- no such relation
  books.selectRelated('nope');
  const deferred = books.defer('tags');
  // @ts-expect-error -- a deferred field cannot be read
  void ((row: RowsOf<typeof deferred>) => row.tags);
}

class BookManager extends Manager<'Book'> {
  long() {
    return this.filter({ pages: { gt: 500 } });
  }
}

export async function managers(manager: BookManager): Promise<void> {
  const rows = await manager
    .long()
    .filter({ rating: { gt: 4 } })
    .long()
    .annotate({ n: Count('authors') });
  expectTrue<Equal<(typeof rows)[number]['n'], number>>();
  await manager.related(rows[0]!).authors.add(1);
  // @ts-expect-error -- a manager's methods are its own
  void manager.short();
}
