import { Controller, Get, Injectable, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import request from 'supertest';
import type { App } from 'supertest/types.js';
import { PrismaClient } from '../../../../apps/bookshop/src/generated/prisma/client.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import type { StatementEvent } from '../database/database.js';
import { InjectPrisma } from '../database/inject-database.decorator.js';
import { Manager, ManagerFor } from '../manager/index.js';
import { OrmModule } from '../orm.module.js';
import { initialState } from '../query/state.js';
import { QuerySet } from '../query-set/query-set.js';
import { useQuerySets } from '../query-set/query-sets.spec-support.js';
import { assertNumQueries } from './assert-num-queries.js';
import { preventQueries } from './prevent-queries.js';
import { QueryLog } from './query-log.js';
import { statementShape } from './statement-shape.js';
import { UnexpectedQueriesError } from './unexpected-queries-error.js';

@Injectable()
@ManagerFor('Book')
class BookManager extends Manager<'Book'> {}

@Controller()
class BooksController {
  constructor(
    readonly books: BookManager,
    readonly queryLog: QueryLog,
    @InjectPrisma() readonly prisma: PrismaClient,
  ) {}

  @Get('once')
  async once(): Promise<number> {
    await this.books.selectRelated('publisher');
    return this.queryLog.current!.count;
  }

  @Get('each')
  async each(): Promise<unknown> {
    const publishers: unknown[] = [];
    for (const book of await this.books.orderBy('id').slice(0, 7)) {
      publishers.push(await this.prisma.publisher.findFirst({ where: { id: book.publisherId } }));
    }
    return this.queryLog.current!.count;
  }
}

describe('assertNumQueries()', () => {
  const sets = useQuerySets();
  const books = () => sets.of('Book');

  it('returns what the function returns where it sends as many statements', async () => {
    const rows = await assertNumQueries(2, () => books().prefetchRelated('authors'));
    expect(rows).toHaveLength(18);
    expect(await assertNumQueries(0, () => 'nothing')).toBe('nothing');
    await assertNumQueries(2, async () => {
      await sets.shop.prisma.book.count();
      await sets.shop.database.atomic(() => books().count());
    });
  });

  it('lists the statements, and where each comes from', async () => {
    const failing = assertNumQueries(1, async () => {
      await books().filter({ pages: 0 }).count();
      await sets.shop.prisma.author.findMany();
    });
    await expect(failing).rejects.toThrow(UnexpectedQueriesError);
    await expect(failing).rejects.toThrow(
      /^Expected 1 statements but 2 were sent:\n {2}1\. select count.*\n {5}from .*seeing\.spec\.ts:\d+.*\n {2}2\. SELECT .*\n {5}from .*seeing\.spec\.ts:\d+/,
    );
  });

  it('counts its own flow only', async () => {
    let other: Promise<unknown> | undefined;
    const gate = new Promise<void>((resolve) => {
      other = books()
        .count()
        .finally(() => resolve());
    });
    await assertNumQueries(1, async () => {
      await gate;
      await books().exists();
    });
    expect(await other).toBe(18);
    await assertNumQueries(0, () => books().count(), { using: 'replica' });
  });

  it('counts what is sent when the function fails no further', async () => {
    await expect(assertNumQueries(0, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
  });
});

describe('preventQueries()', () => {
  const sets = useQuerySets();

  it('refuses statements of QuerySets and of Prisma, in and out of transactions', async () => {
    const { database, prisma } = sets.shop;
    const seen: string[] = [];
    using _ = database.observe({ statement: ({ sql }) => void seen.push(sql) });
    await expect(preventQueries(() => sets.of('Book').count())).rejects.toThrow(UnexpectedQueriesError);
    await expect(preventQueries(() => prisma.book.findMany())).rejects.toThrow(
      /A statement was to be sent by .*seeing\.spec\.ts:\d+\)? where preventQueries\(\) allows none/,
    );
    await expect(preventQueries(() => prisma.$executeRaw`DELETE FROM shop_book`)).rejects.toThrow(
      'allows none',
    );
    await database.atomic(async () => {
      await expect(preventQueries(() => prisma.book.count())).rejects.toThrow(/allows none/);
      expect(await sets.of('Book').count()).toBe(18);
    });
    expect(seen).toHaveLength(1);
  });

  it('allows everything else, and everything afterwards', async () => {
    const query = sets.of('Book').filter({ pages: 0 });
    expect(await preventQueries(() => query.toSQL().sql)).toContain('select');
    await query;
    expect(await preventQueries(() => query)).toEqual(await query);
  });
});

describe('a StatementEvent', () => {
  const sets = useQuerySets();
  const events: StatementEvent[] = [];

  /** What a function sends. */
  async function sentBy(fn: () => Promise<unknown>): Promise<StatementEvent[]> {
    events.length = 0;
    using _ = sets.shop.database.observe({
      needsCallSite: true,
      statement: (event) => void events.push(event),
    });
    await fn();
    return [...events];
  }

  async function listed(): Promise<unknown> {
    return await sets.of('Book').filter({ pages: 1 }).orderBy('id');
  }

  const { prisma } = { prisma: () => sets.shop.prisma };
  const callers: Record<string, () => Promise<unknown>> = {
    listed,
    async ofMethod() {
      return await sets.of('Book').filter({ id: 1 }).get();
    },
    async ofPrisma() {
      return await prisma().book.findMany({ include: { authors: true } });
    },
    async ofMergedCalls() {
      return await Promise.all([1, 2].map((id) => prisma().book.findUnique({ where: { id } })));
    },
    async ofRawSql() {
      return await prisma().$queryRaw`SELECT 1`;
    },
    async ofTransaction() {
      return await sets.shop.database.atomic(() => prisma().book.count());
    },
    async ofWrite() {
      return await prisma().publisher.update({
        where: { id: 1 },
        data: { name: 'x', books: { updateMany: { where: {}, data: { pages: 1 } } } },
      });
    },
    async ofIteration() {
      for await (const book of sets.of('Book').slice(0, 1)) return book;
    },
  };

  for (const [name, caller] of Object.entries(callers)) {
    it(`says where it comes from: ${name}`, async () => {
      const sent = await sentBy(caller);
      expect(sent.length).toBeGreaterThan(0);
      for (const { callSite } of sent) {
        expect(callSite?.file).toMatch(/seeing\.spec\.ts$/);
      }
    });
  }

  it('says which transaction and savepoint it is in', async () => {
    const { database } = sets.shop;
    const [outer, inner, after] = await sentBy(() =>
      database.atomic(async () => {
        await sets.of('Book').count();
        await database.atomic(() => sets.of('Book').count());
        await sets.of('Book').count();
      }),
    );
    expect(outer).toMatchObject({ transaction: expect.any(String), rows: 1 });
    expect(outer).not.toHaveProperty('savepoint');
    expect(inner).toMatchObject({
      transaction: outer!.transaction,
      savepoint: expect.stringMatching(/^quintet_\d+$/),
    });
    expect(after).not.toHaveProperty('savepoint');
  });

  it('looks for no call site where nobody needs it', async () => {
    using _ = sets.shop.database.observe({ statement: (event) => void events.push(event) });
    events.length = 0;
    await sets.of('Book').count();
    expect(events).toHaveLength(1);
    expect(events[0]).not.toHaveProperty('callSite');
  });
});

describe('statementShape()', () => {
  it.each([
    ['select * from t where a = $1 and b in ($2, $3)', 'select * from t where a = ? and b in (?)'],
    ['select * from t where a = ? and b in (?,?, ?)', 'select * from t where a = ? and b in (?)'],
    ['insert into t values ($1, $2), ($3, $4)', 'insert into t values (?)'],
    ['select 1', 'select 1'],
  ])('brings %j into the form %j', (sql, shape) => expect(statementShape(sql)).toBe(shape));
});

describe('QueryLog', () => {
  let shop: TestDatabase;
  let app: INestApplication<App>;
  let log: QueryLog;
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  beforeAll(async () => {
    shop = await createTestDatabase();
    const { adapter, schema } = shop;
    const module = await Test.createTestingModule({
      imports: [
        OrmModule.forRoot({
          adapter,
          schema,
          client: (wrapped) => new PrismaClient({ adapter: wrapped }),
          queryLog: { limit: 20 },
        }),
        OrmModule.forFeature([BookManager]),
      ],
      controllers: [BooksController],
    }).compile();
    app = module.createNestApplication({ logger: false });
    await app.init();
    log = app.get(QueryLog);
  });
  afterAll(async () => {
    await app.close();
    await shop.close();
    warn.mockRestore();
  });

  it('keeps what each request sends, apart from the others', async () => {
    const responses = await Promise.all(
      ['/once', '/each', '/once'].map((path) => request(app.getHttpServer()).get(path).expect(200)),
    );
    expect(responses.map(({ text }) => Number(text))).toEqual([1, 8, 1]);
    expect(log.current).toBeUndefined();
  });

  it('warns once of statements that come again and again, and names the place', async () => {
    warn.mockClear();
    await request(app.getHttpServer()).get('/each').expect(200);
    await request(app.getHttpServer()).get('/once').expect(200);
    expect(warn.mock.calls.map(([message]) => message as string)).toEqual([
      expect.stringMatching(
        /^The same statement was sent 5 times in one request from BooksController\.each \(.*seeing\.spec\.ts:\d+\); load the rows at once, .*: SELECT /,
      ),
    ]);
  });

  it('keeps what a function sends that belongs to no request', async () => {
    const books = app.get(BookManager);
    const { result, queries } = await log.record(async () => {
      for (const id of [1, 2, 3]) await books.filter({ id }).exists();
      return books.count();
    });
    expect(result).toBe(18);
    expect(queries.count).toBe(4);
    expect(queries.statements[0]).toMatchObject({ parameters: [1], rows: 1, database: 'default' });
    expect(queries.milliseconds).toBeGreaterThan(0);
    expect(queries.repeated.map(({ statements }) => statements.length)).toEqual([3]);
  });

  it('keeps so many statements and counts all', async () => {
    const books = app.get(BookManager);
    const { queries } = await log.record(async () => {
      for (let pages = 0; pages < 25; pages++) await books.filter({ pages }).exists();
    });
    expect(queries.count).toBe(25);
    expect(queries.statements).toHaveLength(20);
    expect(queries.statements[0]?.parameters).toEqual([5]);
    expect(queries.repeated[0]?.statements).toHaveLength(20);
  });

  it('tells listeners as it happens', async () => {
    const heard: number[] = [];
    const listening = log.subscribe({ statement: (_, queries) => void heard.push(queries.count) });
    await request(app.getHttpServer()).get('/once').expect(200);
    listening[Symbol.dispose]();
    await request(app.getHttpServer()).get('/once').expect(200);
    expect(heard).toEqual([1]);
  });

  it('keeps nothing where it is not asked for', async () => {
    const { adapter, schema } = shop;
    const quiet = await Test.createTestingModule({
      imports: [
        OrmModule.forRoot({ adapter, schema, client: (wrapped) => new PrismaClient({ adapter: wrapped }) }),
      ],
    }).compile();
    const { queries } = await quiet
      .get(QueryLog)
      .record(() => new QuerySet({ database: shop.database }, initialState('Book')).count());
    expect(queries.count).toBe(0);
    await quiet.close();
  });
});
