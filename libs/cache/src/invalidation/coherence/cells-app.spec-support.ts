import { Controller, Get, Headers, Module, Param, Post, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { MiddlewareModule } from '@nest-quintet/middleware';
import { Database, F, Manager, ManagerFor, OrmModule } from '@nest-quintet/orm';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { setTimeout } from 'node:timers/promises';
import { PrismaClient } from '../../../../../apps/bookshop/src/generated/prisma/client.js';
import { schema } from '../../../../../apps/bookshop/src/generated/quintet/index.js';
import { CacheModule, CachePage, type CacheFactory } from '../../index.js';
import { CacheInvalidationModule } from '../index.js';

@ManagerFor('Book')
class Books extends Manager<'Book'> {}

@ManagerFor('Publisher')
class Publishers extends Manager<'Publisher'> {}

/** How a cell is read or written. */
export const ways = ['prisma', 'query set', 'raw', 'transaction'] as const;
export type Way = (typeof ways)[number];

const cells = { book: ['shop_book', 'pages'], publisher: ['shop_publisher', 'num_awards'] } as const;
export type Cell = keyof typeof cells;
export const cellNames = Object.keys(cells) as Cell[];

/** Serves numbers that are kept in columns of two tables, as pages; what is slow about them is said by headers. */
@Controller()
class Cells {
  constructor(
    private readonly books: Books,
    private readonly publishers: Publishers,
    private readonly database: Database,
  ) {}

  @Get('cells/:cell')
  @CachePage(60, { invalidateOn: 'auto', grace: '1m' })
  async one(@Param('cell') cell: Cell, @Headers('x-way') way: Way, @Headers('x-wait') wait: string) {
    await setTimeout(Number(wait) / 2);
    const value = await this.#read(cell, way);
    await setTimeout(Number(wait));
    return { [cell]: value };
  }

  @Get('all')
  @CachePage(60, { invalidateOn: 'auto' })
  async all(@Headers('x-way') way: Way, @Headers('x-wait') wait: string) {
    const values: Record<string, number> = {};
    for (const cell of cellNames) {
      values[cell] = await this.#read(cell, way);
      await setTimeout(Number(wait));
    }
    return values;
  }

  @Post('cells/:cell')
  async write(@Param('cell') cell: Cell, @Headers('x-way') way: Way, @Headers('x-wait') wait: string) {
    return { value: await this.#write(cell, way, Number(wait)) };
  }

  /** Writes and takes it back. */
  @Post('regrets/:cell')
  async regret(@Param('cell') cell: Cell, @Headers('x-way') way: Way) {
    await this.database.atomic(async () => {
      await this.#write(cell, way, 0);
      this.database.setRollback();
    });
    return {};
  }

  get #prisma(): PrismaClient {
    return this.database.client as PrismaClient;
  }

  async #read(cell: Cell, way: Way): Promise<number> {
    if (way === 'raw') {
      const [table, column] = cells[cell];
      const { rows } = await this.database.query(`SELECT ${column} FROM ${table} WHERE id = 1`, []);
      return Number(rows[0]![0]);
    }
    const isBook = cell === 'book';
    if (way === 'query set') {
      return isBook
        ? (await this.books.get({ id: 1 })).pages
        : (await this.publishers.get({ id: 1 })).numAwards;
    }
    if (isBook) return (await this.#prisma.book.findUniqueOrThrow({ where: { id: 1 } })).pages;
    return (await this.#prisma.publisher.findUniqueOrThrow({ where: { id: 1 } })).numAwards;
  }

  async #write(cell: Cell, way: Way, wait: number): Promise<number> {
    return this.database.atomic(async () => {
      if (way === 'raw') {
        const [table, column] = cells[cell];
        await this.#prisma.$executeRawUnsafe(`UPDATE ${table} SET ${column} = ${column} + 1 WHERE id = 1`);
      } else if (way === 'query set') {
        if (cell === 'book') await this.books.filter({ id: 1 }).update({ pages: F('pages').add(1) });
        else await this.publishers.filter({ id: 1 }).update({ numAwards: F('numAwards').add(1) });
      } else if (cell === 'book') {
        await this.#prisma.book.update({ where: { id: 1 }, data: { pages: { increment: 1 } } });
      } else {
        await this.#prisma.publisher.update({ where: { id: 1 }, data: { numAwards: { increment: 1 } } });
      }
      const value = await this.#read(cell, 'raw');
      await setTimeout(wait);
      return value;
    });
  }
}

export interface CellsOptions {
  readonly adapter: SqlMigrationAwareDriverAdapterFactory;
  readonly cache: CacheFactory;
  readonly platform: 'express' | 'fastify';
}

export async function openCells({ adapter, cache, platform }: CellsOptions): Promise<INestApplication> {
  @Module({
    imports: [
      OrmModule.forRoot({ adapter, client: (wrapped) => new PrismaClient({ adapter: wrapped }), schema }),
      OrmModule.forFeature([Books, Publishers]),
      CacheModule.forRoot({ caches: { default: cache } }),
      CacheInvalidationModule.forRoot(),
      MiddlewareModule.forRoot(),
    ],
    controllers: [Cells],
  })
  class App {}
  const http = platform === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = await NestFactory.create(App, http, { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  return app;
}
